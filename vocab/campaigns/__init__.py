"""Campaign profiles: what a batch (批次) requires, as data."""
