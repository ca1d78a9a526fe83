"""Readers: a file's bytes become a :class:`~extractors.document.Document`. They know files, no law and no register."""
