"""Scans and photographs of pages: pictures become characters and rules, which extractors/geometry makes tables of.

In: picture files, and pages of PDF files without a text layer that can be trusted. Out: what the readers of digital
files give, with a confidence for each character; :func:`picture_of` shows a place again. Nothing is downloaded: the
network for recognition comes in the wheel of rapidocr.
"""

from extractors.scan.crop import picture_of, pictures_of

__all__ = ["picture_of", "pictures_of"]
