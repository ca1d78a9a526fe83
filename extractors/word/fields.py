r"""Complex fields of a Word paragraph: keeps instructions out of the text and prints the few fields that store no
result.

In: the field characters, instructions and texts of one paragraph, in order. Out: what is printed. Refuses nothing: text
inside an instruction that never ends is given back, so that a broken field swallows nothing.

Fields that Word prints from their instruction alone are circled characters (EQ \o\ac), fractions (EQ \f) and the
check boxes and lists of old forms. Source: ECMA-376 part 1, 17.16.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from extractors.word.numerals import circled
from extractors.word.ooxml import W, switched_on, value_of, whole

_EQUATION: Final = re.compile(r"\s*eq\b(.*)", re.IGNORECASE | re.DOTALL)
_OVERSTRIKE: Final = re.compile(r"\s*\\o\s*(?:\\a[clr]\s*)?\((.*)\)\s*", re.IGNORECASE | re.DOTALL)
_FRACTION: Final = re.compile(r"\s*\\f\s*\((.*)[,;，；](.*)\)\s*", re.IGNORECASE | re.DOTALL)
_CIRCLES: Final = frozenset("○〇◯⃝")


@dataclass(slots=True)
class Field:
    """A field that has begun: what stands in its instruction, in order, and the texts among it."""

    form: etree._Element | None
    shown_before: int  # how many pieces of text were printed before it
    separated: bool = False
    instruction: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)


def printed_without_result(ended: Field) -> tuple[str, bool]:
    """What a field prints that has no stored result, and whether that is all it prints (an unknown EQ is not)."""
    instruction = "".join(ended.instruction)
    if ended.form is not None:
        return _form_control(ended.form), True
    equation = _EQUATION.fullmatch(instruction)
    if equation is None:
        return "", True
    if match := _OVERSTRIKE.fullmatch(equation[1]):
        parts = [part.strip() for part in re.split(r"[,;，；]", match[1])]
        return _overstruck(parts), True
    if match := _FRACTION.fullmatch(equation[1]):
        return f"{match[1].strip()}/{match[2].strip()}", True
    return "", False


def _overstruck(parts: list[str]) -> str:
    """Characters printed over each other: a circle around a number has a character of its own."""
    inner = [part for part in parts if part not in _CIRCLES]
    if len(inner) == 1 and len(parts) > 1 and inner[0].isdecimal():
        return circled(int(inner[0]))
    return "".join(parts)


def _form_control(form: etree._Element) -> str:
    box = form.find(f"{W}checkBox")
    if box is not None:
        state = box.find(f"{W}checked")
        return "☒" if switched_on(state if state is not None else box.find(f"{W}default")) else "□"
    choices = form.find(f"{W}ddList")
    if choices is None:
        return ""
    chosen = whole(value_of(choices, f"{W}result") or value_of(choices, f"{W}default"))
    entries = [entry.get(f"{W}val", "") for entry in choices.iterfind(f"{W}listEntry")]
    return entries[chosen] if 0 <= chosen < len(entries) else ""
