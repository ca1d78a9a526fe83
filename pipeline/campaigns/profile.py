"""A TOML file that people edit by hand, read key by key: each mistake is told with its file, its line and its key.

In: the bytes of the file and the sentences for what may be wrong with it (vocab/labels.csv, ``campaign.*``). Out:
:class:`Section`, whose getters check types. Refuses: text that is not TOML, a value of another type, a key that nobody
asked for; all as the error class that the caller names.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from fractions import Fraction

_HEADER = re.compile(r"\s*(?P<open>\[{1,2})\s*(?P<name>[^\[\]]+?)\s*\]{1,2}\s*(?:#.*)?")
_KEY = re.compile(r"\s*(?P<name>[\w\"'.-]+)\s*=")
_AT_LINE = re.compile(r"at line (\d+)")

KeyPath = tuple[str | int, ...]


class ProfileError(Exception):
    """A hand-edited file is wrong. The message is for its editor; ``file``, ``line`` and ``key`` tell where."""

    def __init__(self, message: str, file: str, line: int | None, key: str) -> None:
        super().__init__(message)
        self.file = file
        self.line = line
        self.key = key

    def __reduce__(self) -> tuple[object, ...]:  # more arguments than args: would not survive pickling otherwise
        return type(self), (str(self), self.file, self.line, self.key)


class Profile:
    """One file: its text for the line numbers, its values, and the sentences of its errors."""

    def __init__(
        self, file: str, data: bytes, sentences: Mapping[str, str], error: type[ProfileError], kind: str = "campaign"
    ) -> None:
        """kind: of file, as ``<kind>.file`` of the sentences names it."""
        self.file = file
        self._sentences = sentences
        self._kind = sentences[f"{kind}.file"]
        self._error = error
        self._lines: list[str] = []
        try:
            text = data.decode("utf-8-sig").replace("\r\n", "\n")
            self._lines = text.split("\n")
            self._values: dict[str, object] = tomllib.loads(text)
        except UnicodeDecodeError as mistake:
            line = data[: mistake.start].count(b"\n") + 1
            raise self._say(line, "", "campaign.not_utf8", {}) from mistake
        except tomllib.TOMLDecodeError as mistake:
            at = _AT_LINE.search(str(mistake))
            raise self._say(
                int(at[1]) if at else len(self._lines), "", "campaign.not_toml", {"detail": mistake}
            ) from None

    def root(self) -> Section:
        """The top of the file."""
        return Section(self, self._values, ())

    def complaint(self, path: KeyPath, sentence: str, facts: Mapping[str, object]) -> ProfileError:
        """The error about the key at ``path``."""
        key = ".".join(str(part) for part in path if isinstance(part, str))
        return self._say(line_of(self._lines, path), key, sentence, facts)

    def _say(self, line: int | None, key: str, sentence: str, facts: Mapping[str, object]) -> ProfileError:
        message = self._sentences[sentence].format(kind=self._kind, file=self.file, line=line, key=key, **facts)
        return self._error(message, self.file, line, key)


class Section:
    """One table of the file. Each getter takes a key; ``finish`` complains of the keys that nobody took."""

    def __init__(self, profile: Profile, values: dict[str, object], path: KeyPath) -> None:
        self._profile = profile
        self._values = values
        self._path = path
        self._taken: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._values)

    def error(self, key: str, sentence: str, **facts: object) -> ProfileError:
        """The error about one key of this table, to be raised by the caller."""
        return self._profile.complaint((*self._path, key), sentence, facts)

    def error_in(self, key: str, number: int, sentence: str, **facts: object) -> ProfileError:
        """The error about the table ``number`` (from 0) of an array of tables, to be raised by the caller."""
        return self._profile.complaint((*self._path, key, number), sentence, facts)

    def text(self, key: str, default: str | None = None) -> str:
        """A string. Raises the profile's error when it is missing without default, or no string."""
        value = self._take(key, default)
        if value is None:
            raise self.error(key, "campaign.missing")
        if not isinstance(value, str):
            raise self.error(key, "campaign.want_text")
        return value.strip()

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        """One of a few words."""
        value = self.text(key, default)
        if value not in choices:
            raise self.error(key, "campaign.unknown_value", value=value, known="、".join(choices))
        return value

    def words(self, key: str) -> tuple[str, ...]:
        """A list of strings; empty when the key is missing."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise self.error(key, "campaign.want_list")
        return tuple(word.strip() for word in value)

    def flag(self, key: str, default: bool) -> bool:
        """A truth value."""
        value = self._take(key, default)
        if not isinstance(value, bool):
            raise self.error(key, "campaign.want_flag")
        return value

    def whole(self, key: str, default: int) -> int:
        """A whole number that is not below zero."""
        value = self._take(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.error(key, "campaign.want_number")
        return value

    def fraction(self, key: str) -> Fraction:
        """A part of one, written "1/3"; 0 when the key is missing."""
        text = self.text(key, "0")
        try:
            value = Fraction(text)
        except (ValueError, ZeroDivisionError) as error:
            raise self.error(key, "campaign.bad_fraction", value=text) from error
        if not 0 <= value < 1:
            raise self.error(key, "campaign.bad_fraction", value=text)
        return value

    def free_keys(self) -> tuple[str, ...]:
        """The keys of a table whose keys are free."""
        return tuple(self._values)

    def day(self, key: str) -> date | None:
        """A date without time, None when the key is missing."""
        value = self._take(key, None)
        if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
            raise self.error(key, "campaign.want_date")
        return value

    def days(self, key: str) -> tuple[date, ...]:
        """A list of dates; empty when the key is missing."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(type(each) is date for each in value):
            raise self.error(key, "campaign.want_dates")
        return tuple(value)

    def numbers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers; empty when the key is missing."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(type(each) is int for each in value):
            raise self.error(key, "campaign.want_numbers")
        return tuple(value)

    def is_table(self, key: str) -> bool:
        """Whether the value of a key is a table, which :meth:`section` reads."""
        return isinstance(self._values.get(key), dict)

    def section(self, key: str) -> Section:
        """A table below this one, an empty one when the key is missing."""
        value = self._take(key, {})
        if not isinstance(value, dict):
            raise self.error(key, "campaign.want_table")
        return Section(self._profile, value, (*self._path, key))

    def sections(self, key: str) -> Iterator[Section]:
        """The tables of an array of tables ([[key]])."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self.error(key, "campaign.want_tables")
        for number, each in enumerate(value):
            yield Section(self._profile, each, (*self._path, key, number))

    def finish(self) -> None:
        """Raises the profile's error about the first key that no getter asked for."""
        for key in self._values:
            if key not in self._taken:
                near = difflib.get_close_matches(key, self._taken, n=3, cutoff=0.4) or self._taken
                raise self.error(key, "campaign.unknown_key", known="、".join(near))

    def _take(self, key: str, default: object) -> object:
        self._taken.append(key)
        return self._values.get(key, default)


def line_of(lines: list[str], path: KeyPath) -> int:
    """The 1-based line that comes nearest to a key path, by scanning headers and keys; 1 when nothing fits.

    tomllib keeps no positions, so the first header or key that leads furthest along the path is taken.
    """
    nearest, line = 0, 1
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for number, text in enumerate(lines, start=1):
        if header := _HEADER.fullmatch(text):
            table = here = _header_path(header, counts)
        elif key := _KEY.match(text):
            here = (*table, *_parts(key["name"]))
        else:
            continue
        common = min(len(path), len(here))
        if common > nearest and path[:common] == here[:common]:
            nearest, line = common, number
    return line


def _header_path(header: re.Match[str], counts: dict[KeyPath, int]) -> KeyPath:
    """The path that a [table] or [[array]] header opens; ``counts`` remembers how many of each array came before."""
    path: KeyPath = ()
    names = _parts(header["name"])
    for position, name in enumerate(names, start=1):
        path = (*path, name)
        if position == len(names) and len(header["open"]) == 2:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _parts(name: str) -> list[str]:
    return [part.strip().strip("\"'") for part in name.split(".")]
