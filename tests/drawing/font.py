"""The font in which tests draw pictures of pages: it comes inside a package, so that a bare machine has it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def noto_sans() -> str:
    """The path of Noto Sans CJK, a collection; ``SIMPLIFIED`` is the face for simplified Chinese."""
    found = find_spec("manimgx_fonts_cjk")
    assert found is not None and found.submodule_search_locations
    return str(Path(next(iter(found.submodule_search_locations))) / "NotoSansCJK-VF.otf.ttc")


SIMPLIFIED = 2
