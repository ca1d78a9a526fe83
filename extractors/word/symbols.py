"""Characters of symbol fonts as Unicode: a letter in Wingdings prints a tick box and no letter.

In: a font name and a character. Out: the Unicode character that it prints, or the character itself where none is known.
Refuses nothing.

Source: Unicode L2/11-196 and L2/12-368 (Wingdings, Webdings) and the Adobe Symbol encoding; forms that Chinese fonts
and keyboards lack are given by their common look-alikes (□ for ◻).
"""

from __future__ import annotations

from typing import Final

_PRIVATE: Final = range(0xF020, 0xF100)  # where Windows maps the 8-bit codes of symbol fonts


def _series(first_code: int, first_sign: str, count: int) -> dict[int, str]:
    return {first_code + step: chr(ord(first_sign) + step) for step in range(count)}


_WINGDINGS: Final = {
    **_series(0x81, "①", 10),
    **_series(0x8C, "❶", 10),
    0x80: "⓪", 0x8B: "⓿", 0x6C: "●", 0x6E: "■", 0x6F: "□", 0x70: "□", 0x71: "❑", 0x72: "❒", 0x73: "⬧", 0x74: "⧫",
    0x75: "◆", 0x76: "❖", 0x77: "⬥", 0x78: "☒", 0x9E: "·", 0x9F: "•", 0xA1: "○", 0xA4: "◉", 0xA5: "◎",
    0xA7: "▪", 0xA8: "□", 0xAB: "★", 0xB6: "☆", 0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔",
    0xEF: "⇦", 0xF0: "⇨", 0xF1: "⇧", 0xF2: "⇩", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑", 0x28: "☎", 0x4A: "☺",
    0x4C: "☹", 0x46: "☞",
}  # fmt: skip
_WINGDINGS_2: Final = {
    **_series(0x6A, "①", 10),
    **_series(0x75, "❶", 10),
    0x69: "⓪", 0x74: "⓿", 0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA2: "■", 0xA3: "□",
}  # fmt: skip
_WEBDINGS: Final = {0x61: "✔", 0x63: "□", 0x67: "■", 0x6E: "●", 0x72: "✗"}
_SYMBOL: Final = {
    **dict(zip(b"abgdezhqiklmnxoprstufcyw", "αβγδεζηθικλμνξοπρστυφχψω", strict=True)),
    **dict(zip(b"ABGDEZHQIKLMNXOPRSTUFCYW", "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", strict=True)),
    0x2D: "−", 0xA3: "≤", 0xA5: "∞", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±",
    0xB2: "″", 0xA2: "′", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xD6: "√", 0xD7: "⋅",
    0xDB: "⇔", 0xDE: "⇒", 0xE5: "∑",
}  # fmt: skip
_FONTS: Final = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "webdings": _WEBDINGS, "symbol": _SYMBOL}
_TICKS: Final = frozenset("✓✔✗☑☒□")


def is_symbol_font(font: str | None) -> bool:
    """Whether a font prints other signs than its codes say."""
    return font is not None and font.lower() in _FONTS


def printed(text: str, font: str) -> str:
    """A text as a symbol font prints it; characters that the font has no known sign for are left as they are."""
    signs = _FONTS.get(font.lower(), {})
    return "".join(signs.get(_code(character), character) for character in text)


def tick_mark(text: str, font: str) -> str:
    """The tick or box that a bullet of a symbol font shows; "" for a bullet that is decoration only."""
    shown = printed(text, font)
    return shown if shown and all(character in _TICKS for character in shown) else ""


def _code(character: str) -> int:
    code = ord(character)
    return code - 0xF000 if code in _PRIVATE else code
