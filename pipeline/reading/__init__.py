"""One submitted file in a worker process: from its bytes to a reading."""
