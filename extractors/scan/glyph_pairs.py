"""The characters of a cell, line by line → the same with what belongs together made to agree.

In: the signs of the lines of one cell or paragraph. Out: the same signs: brackets as wide as their partners, quotation
marks that open and close by turns, ①②③ restored where their order shows them. What is changed loses confidence unless
its partner vouches for it; nothing is added or dropped, nothing is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.scan.glyph_shapes import CIRCLED, QUOTES, SUSPECTED, WIDE, Sign, is_han

PARTNERS = {"（": "）", "(": ")", "《": "》", "〈": "〉", "【": "】", "〔": "〕", "[": "]", "{": "}"}
ENDS = "。；;，,"
BEFORE_ITEM = "；;。：:，,）)”"
NARROW_NUMERALS = "123456789"
NEAR = 4
"""Characters before and after a sign that tell in which script it stands."""


def agreeing(lines: Sequence[Sequence[Sign]]) -> list[list[Sign]]:
    """The lines with brackets, quotation marks and item numbers that agree."""
    signs = [sign for line in lines for sign in line]
    starts = {sum(len(line) for line in lines[:n]) for n in range(len(lines))}
    _pair_brackets(signs)
    _settle_rest(signs)
    _pair_quotes(signs)
    _circle_items(signs, starts)
    rest = iter(signs)
    return [[next(rest) for _ in line] for line in lines]


def _pair_brackets(signs: list[Sign]) -> None:
    """Give an unsure bracket the width of its partner, and an opening bracket the kind that its partner has."""
    opened: list[int] = []
    closing = {PARTNERS[key]: key for key in PARTNERS} | {">": "<"}
    for n, sign in enumerate(signs):
        if sign.text in PARTNERS or sign.text == "<":
            opened.append(n)
        elif sign.text in closing and opened:
            at = opened.pop()
            first = signs[at]
            round_pair = first.text in "（(" and sign.text in "）)"
            if round_pair and first.either_width and not sign.either_width:
                signs[at] = replace(first, text=closing[sign.text], either_width=False)
            elif round_pair and sign.either_width and not first.either_width:
                signs[n] = replace(sign, text=PARTNERS[first.text], either_width=False)
            elif round_pair and (first.text == "（") != (sign.text == "）"):
                # Hardly anyone mixes them: the white that makes one of them wide is there, the other's may be covered.
                changed, text = (at, "（") if first.text == "(" else (n, "）")
                sure = min(signs[changed].confidence, SUSPECTED)
                signs[changed] = replace(signs[changed], text=text, confidence=sure, either_width=False)
            elif sign.text == ">" and first.text in "《〈":
                signs[n] = replace(sign, text=PARTNERS[first.text], confidence=min(sign.confidence, SUSPECTED))
            elif first.text == "{" and sign.text in "）)":
                signs[at] = replace(first, text=closing[sign.text], confidence=min(first.confidence, SUSPECTED))
            elif first.text in "（(" and sign.text == "}":
                signs[n] = replace(sign, text=PARTNERS[first.text], confidence=min(sign.confidence, SUSPECTED))
            elif sign.text in "》〉" and first.text in "（(<":
                signs[at] = replace(first, text=closing[sign.text], confidence=min(first.confidence, SUSPECTED))


def _settle_rest(signs: list[Sign]) -> None:
    """What nothing tells is wide beside Chinese characters, as such text is set, and else as it was read."""
    for n, sign in enumerate(signs):
        if sign.either_width:
            beside = [s.text for s in (*signs[max(0, n - NEAR) : n], *signs[n + 1 : n + 1 + NEAR])]
            wide = any(is_han(text) or text in "》《”“" for text in beside)
            text = sign.text.translate(WIDE) if wide else sign.text
            signs[n] = replace(sign, text=text, either_width=False)


def _pair_quotes(signs: list[Sign]) -> None:
    """Quotation marks open and close by turns; a straight one between figures stays (an inch, a second)."""
    is_open = False
    chinese = any(is_han(sign.text) for sign in signs)
    for n, sign in enumerate(signs):
        if sign.text not in QUOTES or not chinese:
            continue
        is_open = _opens(signs, n, not is_open)
        meant = "“" if is_open else "”"
        if sign.text != meant:
            sure = sign.confidence if sign.text == '"' else min(sign.confidence, SUSPECTED)
            signs[n] = replace(sign, text=meant, confidence=sure)


def _opens(signs: Sequence[Sign], n: int, by_turn: bool) -> bool:
    """Whether a quotation mark opens: by the turn, unless it stands where only the other one can."""
    if n + 1 == len(signs) or (n + 2 == len(signs) and signs[n + 1].text in ENDS):
        return False
    return by_turn or (n > 0 and signs[n - 1].text in "：:")


def _circle_items(signs: list[Sign], starts: set[int]) -> None:
    """Bare numerals in a run of item numbers of which any is circled, or as wide as in a circle, are circled too."""
    items = [n for n in range(len(signs)) if _is_item(signs, n, starts)]
    if not any(signs[n].text in CIRCLED or (len(items) > 1 and _is_round(signs, n)) for n in items):
        return
    expected = 0
    for n in items:
        text = signs[n].text
        value = CIRCLED.find(text) + 1 or int(text)
        if text in CIRCLED or value == expected + 1:
            expected = value
            if text not in CIRCLED:
                signs[n] = replace(signs[n], text=CIRCLED[value - 1], confidence=min(signs[n].confidence, SUSPECTED))


def _is_round(signs: Sequence[Sign], n: int) -> bool:
    """Whether the ink of a numeral is as wide and high as that of the word after it."""
    box, word = signs[n].box, signs[n + 1].box
    return box is not None and word is not None and min(box.width, box.height) > 0.75 * max(word.width, word.height)


def _is_item(signs: Sequence[Sign], n: int, starts: set[int]) -> bool:
    """Whether a numeral stands where the number of an item does: first, or after a pause, before a word."""
    if signs[n].text not in CIRCLED and signs[n].text not in NARROW_NUMERALS:
        return False
    before = n in starts or n == 0 or signs[n - 1].text in BEFORE_ITEM
    return before and n + 1 < len(signs) and (is_han(signs[n + 1].text) or signs[n + 1].text in "“《")
