"""Which code made a result: what is read again, or checked again, after the program changed.

Out: digests of the product's own sources, of the readers' libraries, and of the statutes that verdicts rest on.
Nothing is imported for it.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from pathlib import Path

# Libraries whose upgrade may change what is read from the same bytes.
_READERS = (
    "lxml", "openpyxl", "xlrd", "pdfplumber", "tablers", "pypdfium2", "pikepdf", "rapidocr", "onnxruntime",
    "opencv-python-headless", "jieba", "opencc",
)  # fmt: skip


# Packages of pipeline by what depends on them; the modules right under pipeline belong to reading.
_READING = ("interpretation", "reading", "text", "values")
_CHECKING = (
    "campaigns", "identity", "intake", "law", "matching", "naming", "recognition", "review", "rules", "warehouse",
)  # fmt: skip


@lru_cache(maxsize=1)
def reading_version() -> str:
    """Changes with the code that turns a file into records: extractors, the modules of pipeline, the libraries."""
    digest = hashlib.sha256()
    pipeline = resources.files("pipeline")
    _add_sources(digest, resources.files("extractors"), deep=True)
    _add_sources(digest, pipeline, deep=False)
    for package in _READING:
        _add_sources(digest, pipeline / package, deep=True)
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
    for package in _CHECKING:
        _add_sources(digest, resources.files("pipeline") / package, deep=True)
    return digest.hexdigest()


@lru_cache(maxsize=1)
def shipped_statutes_version() -> str:
    """Changes with the statutes that ship with the package."""
    digest = hashlib.sha256()
    for entry in sorted(resources.files("vocab.statutes").iterdir(), key=lambda each: each.name):
        if entry.name.endswith(".gz"):
            digest.update(entry.name.encode() + b"\0" + entry.read_bytes() + b"\0")
    return digest.hexdigest()


def statutes_version(folder: Path) -> str:
    """Changes with the shipped statutes and with the own ones in ``folder``. Raises OSError."""
    digest = hashlib.sha256(shipped_statutes_version().encode())
    for file in sorted(folder.glob("*.sqlite")):
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _add_sources(digest: hashlib._Hash, folder: Traversable, *, deep: bool) -> None:
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.name.endswith(".py"):
            digest.update(entry.name.encode() + b"\0" + entry.read_bytes() + b"\0")
        elif deep and entry.is_dir() and entry.name != "__pycache__":
            _add_sources(digest, entry, deep=True)
