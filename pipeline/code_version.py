"""Which code made a result: what is read again, or checked again, after the program changed.

Out: digests of the product's own sources and of the readers' libraries. Nothing is imported for it.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable

# Libraries whose upgrade may change what is read from the same bytes.
_READERS = (
    "lxml", "openpyxl", "python-calamine", "pdfplumber", "tablers", "pypdfium2", "pikepdf", "jieba", "opencc",
)  # fmt: skip


@lru_cache(maxsize=1)
def reading_version() -> str:
    """Changes with the code that turns a file into records: extractors, the modules of pipeline, the libraries."""
    digest = hashlib.sha256()
    for package in ("extractors", "pipeline"):
        _add_sources(digest, resources.files(package), deep=package == "extractors")
    for name in _READERS:
        try:
            digest.update(f"{name} {metadata.version(name)}\0".encode())
        except metadata.PackageNotFoundError:
            digest.update(f"{name} absent\0".encode())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def checking_version() -> str:
    """Changes with the code that turns records into findings; :func:`reading_version` is part of it."""
    digest = hashlib.sha256(reading_version().encode())
    _add_sources(digest, resources.files("pipeline") / "rules", deep=True)
    return digest.hexdigest()


def _add_sources(digest: hashlib._Hash, folder: Traversable, *, deep: bool) -> None:
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.name.endswith(".py"):
            digest.update(entry.name.encode() + b"\0" + entry.read_bytes() + b"\0")
        elif deep and entry.is_dir() and entry.name != "__pycache__":
            _add_sources(digest, entry, deep=True)
