"""The cover sheet of a submission (报送说明): batch, date, contact, scope, and what each file is.

In: the bytes of a .toml (bare Chinese keys are tolerated), or the Document of a .docx or .xlsx with the same labels.
Out: :class:`Cover`. Refuses nothing: what cannot be read becomes a remark, for a cover sheet never stops a submission.
The labels are lists of vocab/markers.csv (``cover_…``).
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any

from extractors.document import Document, Place, Table
from pipeline.record import Remark, RemarkKind
from pipeline.vocabulary import Vocabulary

MAX_BYTES = 1 << 16  # a cover sheet is a dozen lines


@dataclass(frozen=True, slots=True)
class Cover:
    """What the cover sheet says. supplement: 范围 (None: not said). types, scopes: per file name.

    remarks: what of it could not be read.
    """

    batch: str = ""
    date: dt.date | None = None
    contact: str = ""
    supplement: bool | None = None
    types: tuple[tuple[str, str], ...] = ()
    supplements: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @classmethod
    def unreadable(cls, detail: str) -> Cover:
        """A cover sheet that cannot be read; detail says why, for the finding."""
        return cls(remarks=(Remark(RemarkKind.COVER_SHEET, Place(), facts=(("detail", detail),)),))

    def to_json(self) -> dict[str, Any]:
        """As plain data, without the remarks; :meth:`from_json` is the inverse."""
        return {
            "batch": self.batch,
            "date": self.date.isoformat() if self.date else None,
            "contact": self.contact,
            "supplement": self.supplement,
            "types": [list(pair) for pair in self.types],
            "supplements": list(self.supplements),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Cover:
        """What :meth:`to_json` wrote."""
        return cls(
            data["batch"],
            dt.date.fromisoformat(data["date"]) if data["date"] else None,
            data["contact"],
            data["supplement"],
            tuple((name, kind) for name, kind in data["types"]),
            tuple(data["supplements"]),
        )


def is_cover(name: str, vocabulary: Vocabulary) -> bool:
    """Whether a file is a cover sheet: it lies in the unit's folder itself and bears the name."""
    path = PurePosixPath(name)
    return len(path.parts) == 1 and path.stem.strip() in vocabulary.markers["cover_name"]


def read_toml(data: bytes, vocabulary: Vocabulary) -> Cover:
    """The cover sheet of a .toml file."""
    if len(data) > MAX_BYTES:
        return Cover.unreadable(f"{len(data)} bytes")
    try:
        parsed = tomllib.loads(_with_quoted_keys(_decoded(data)))
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, UnicodeDecodeError
        return Cover.unreadable(str(error))
    return from_pairs(_flat(parsed), vocabulary)


def read_document(document: Document, vocabulary: Vocabulary) -> Cover:
    """The cover sheet of a .docx or .xlsx: label and value side by side in a table, or 批次：2024年 in a paragraph."""
    pairs: list[tuple[tuple[str, ...], Any]] = []
    for block in document.blocks:
        if isinstance(block, Table):
            pairs.extend(_table_pairs(block))
        elif match := _LINE.fullmatch(block.text.strip()):
            pairs.append(((match["label"],), match["value"]))
    cover = from_pairs(pairs, vocabulary)
    return cover if cover != Cover() else Cover.unreadable("")


def from_pairs(pairs: Iterable[tuple[tuple[str, ...], Any]], vocabulary: Vocabulary) -> Cover:
    """The cover sheet that labels and values make. What no label is known for is left alone."""
    cover = Cover()
    for path, value in pairs:
        key, text = path[-1].strip(), str(value).strip()
        if len(path) > 1:
            cover = _about_file(cover, path, text, vocabulary)
        elif not text:
            continue
        elif key in vocabulary.markers["cover_batch"]:
            cover = replace(cover, batch=text)
        elif key in vocabulary.markers["cover_date"]:
            date = _date(value)
            cover = replace(cover, date=date) if date else _with_remark(cover, text)
        elif key in vocabulary.markers["cover_contact"]:
            cover = replace(cover, contact=text)
        elif key in vocabulary.markers["cover_scope"]:
            supplement = _is_supplement(text, vocabulary)
            cover = _with_remark(cover, text) if supplement is None else replace(cover, supplement=supplement)
        elif "." in key:  # 职权目录.docx = 职权目录
            cover = replace(cover, types=(*cover.types, (key, text)))
    return cover


def _about_file(cover: Cover, path: tuple[str, ...], text: str, vocabulary: Vocabulary) -> Cover:
    """[类型] "a.docx" = "…" or ["a.docx"] 类型 = "…"; a file's own 范围 likewise."""
    for label, name in ((path[0], ".".join(path[1:])), (path[-1], path[-2])):
        if label in vocabulary.markers["cover_type"]:
            return replace(cover, types=(*cover.types, (name, text)))
        if label in vocabulary.markers["cover_scope"]:
            supplement = _is_supplement(text, vocabulary)
            if supplement is None:
                return _with_remark(cover, text)
            return replace(cover, supplements=(*cover.supplements, name)) if supplement else cover
    return cover


def _is_supplement(text: str, vocabulary: Vocabulary) -> bool | None:
    if any(word in text for word in vocabulary.markers["supplement"]):
        return True
    return False if any(word in text for word in vocabulary.markers["cover_full"]) else None


def _with_remark(cover: Cover, quote: str) -> Cover:
    return replace(cover, remarks=(*cover.remarks, Remark(RemarkKind.COVER_SHEET, Place(), quote)))


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")  # what Notepad of a Chinese Windows writes


_BARE_KEY = re.compile(r"""^(?P<before>\s*)(?P<key>[^\s"'#=\[\]{}][^"'#=\[\]{}]*?)(?P<after>\s*[=＝])""")
_BARE_HEADER = re.compile(r"""^\s*\[\s*(?P<key>[^"'\[\]]+?)\s*\]\s*(?:#.*)?$""")


def _with_quoted_keys(text: str) -> str:
    """TOML 1.0 wants keys with Chinese characters quoted; whoever fills in a cover sheet cannot know."""
    return "\n".join(_quoted_key(line) for line in text.splitlines())


def _quoted_key(line: str) -> str:
    if (match := _BARE_HEADER.match(line)) and not match["key"].isascii():
        return f'["{match["key"]}"]'
    if (match := _BARE_KEY.match(line)) and not (match["key"].isascii() and match["after"].endswith("=")):
        return f'{match["before"]}"{match["key"]}" = {line[match.end() :].strip()}'
    return line


def _flat(parsed: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in parsed.items():
        if isinstance(value, dict):
            yield from _flat(value, (*above, key))
        else:
            yield (*above, key), value


_LINE = re.compile(r"(?P<label>[^:：\n]{1,12})[:：](?P<value>.*)", re.DOTALL)
_DATE = re.compile(r"(?P<year>\d{4})\s*[-年./]\s*(?P<month>\d{1,2})\s*[-月./]\s*(?P<day>\d{1,2})\s*日?(?:[ T]\d.*)?")


def _table_pairs(table: Table) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Label and value in neighbouring cells of a row, any number of pairs a row."""
    for row in range(1, table.row_count + 1):
        cells = [cell.text.strip().rstrip(":：").strip() for cell in table.row_cells(row)]
        for label, value in pairwise(cells):
            yield (re.sub(r"\s", "", label) if "." not in label else label,), value


def _date(value: object) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    match = _DATE.fullmatch(str(value).strip())
    if not match:
        return None
    try:
        return dt.date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
