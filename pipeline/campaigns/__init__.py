"""What a batch (批次) of the review asks for."""
