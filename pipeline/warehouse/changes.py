"""What a version of a register changed against the version before it, field by field.

In: the rows of both versions as the base table has them, and the vocabulary. Out: rows of base.changes. Refuses
nothing. Serial numbers, places and layout are no content: a row that only moved has not changed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from pipeline.identity.item import code_key
from pipeline.identity.matching import alikeness
from pipeline.text.normalization import fold
from pipeline.vocabulary import Vocabulary
from pipeline.warehouse.staging import TEXT_COLUMN, Row

Record: TypeAlias = Mapping[str, Any]  # a row of a base table by column name

_NO_CONTENT = frozenset(
    (
        "unit", "version", "ordinal", "key", "register", "file", "sha256", "table_ordinal", "place", "section",
        "confidence", "other", "sequence",
    )
)  # fmt: skip
_NAMED_BY = {"power": "name", "risk": "risk_point", "statistics": "power_type", "post_power": "power_name"}
# A code is reused for another power now and then: below this likeness of the names a reviewer is asked.
_SAME_UNDER_ONE_CODE = 0.4


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Keys of rows that files list and that a reviewer has withdrawn: in the version that is loaded, and before it."""

    now: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()


def change_rows(
    family: str, before: Sequence[Record] | None, now: Sequence[Record], withdrawn: Withdrawn, words: Vocabulary
) -> Iterator[Row]:
    """Key, name, change, field, old, new, similarity and whether a reviewer has withdrawn it, of every change.

    before: None for a register that has no earlier version; then only withdrawals are told.
    """
    old = {row["key"]: row for row in before or () if row["key"] not in withdrawn.before}
    for row in now:
        key, name = row["key"], row[_NAMED_BY[family]]
        if key in withdrawn.now & withdrawn.before:
            continue  # it was gone already, only its file still stands
        if key in old and key not in withdrawn.now:
            yield from _modified(family, old[key], row, words)
        elif before is not None and key not in old:
            yield key, name, "added", None, None, None, None, False
        if key in withdrawn.now:
            yield key, name, "removed", None, None, None, None, True
    present = {row["key"] for row in now}
    for row in old.values():
        if row["key"] not in present:
            yield row["key"], row[_NAMED_BY[family]], "removed", None, None, None, None, False


def _modified(family: str, before: Record, now: Record, words: Vocabulary) -> Iterator[Row]:
    head = (now["key"], now[_NAMED_BY[family]])
    for column, old, new, field in _differences(family, before, now, words):
        if family == "power" and field == "name" and _is_renamed(before, now):
            alike = alikeness(fold(before["name"]), fold(now["name"]))
            yield *head, "renamed", column, old, new, alike, False
        else:
            yield *head, "modified", column, old, new, None, False


def _differences(
    family: str, before: Record, now: Record, words: Vocabulary
) -> Iterator[tuple[str, str | None, str | None, str]]:
    """View column, old and new value, and field, of everything that is not the same."""
    if (old := _register(before, words)) != (new := _register(now, words)):
        yield words.label(f"change.column.{family}"), old, new, "register"
    for field in now:
        if field in _NO_CONTENT or field.endswith("_value"):
            continue
        if field in TEXT_COLUMN and before[f"{field}_value"] != now[f"{field}_value"]:
            old, new = (_plain(row[f"{field}_value"]) or row[field] for row in (before, now))
            yield words.column(family, field), old, new, field
        elif not _same(before[field], now[field]):
            column = words.label(TEXT_COLUMN[field]) if field in TEXT_COLUMN else words.column(family, field)
            yield column, before[field], now[field], field
    if not _same(before["other"], now["other"]):
        yield words.label("column.other"), before["other"], now["other"], "other"


def _register(row: Record, words: Vocabulary) -> str | None:
    """Public or not, unit's or department's or post's: what the kind of register says of the item."""
    return words.labels.get(f"change.register.{row['register']}")


def _plain(value: Any) -> str | None:
    return None if value is None else str(value)


def _same(old: str | None, new: str | None) -> bool:
    """Another width, or other blanks and line breaks, are no other text."""
    return old == new or _bare(old) == _bare(new)


def _bare(text: str | None) -> str:
    return "".join(unicodedata.normalize("NFKC", text or "").split())


def _is_renamed(before: Record, now: Record) -> bool:
    """The name is another, and no code vouches for its being the same power."""
    old, new = fold(before["name"] or ""), fold(now["name"] or "")
    if not old or not new or old == new:
        return False
    code = code_key(now["code"] or "")
    vouched = bool(code) and code == code_key(before["code"] or "")
    return not vouched or alikeness(old, new) < _SAME_UNDER_ONE_CODE
