"""The facts about statutes that ship with the package (vocab/statutes).

In: ``statutes.json.gz`` as tools/compile_statutes.py writes it. Out: :class:`Facts`. Refuses: a damaged file, with
:class:`~pipeline.vocabulary.VocabularyError`: our own data being wrong is loud.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from pipeline.law.statute import Statute, from_json
from pipeline.vocabulary import VocabularyError

FILE = "statutes.json.gz"


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of a statute. kind: "short" (as good as the title), "old" (before a change of name), "incomplete"
    (lacks 暂行 or 试行). name: literal.
    """

    name: str
    statute_id: str
    kind: str


class Facts:
    """Statutes by id, decoded only when asked for: a run cites a few hundred of the thousands.

    built: the day on which the facts were collected. digest: of the file, the version of the statute library.
    """

    def __init__(self, records: Mapping[str, Any], digest: str) -> None:
        self.built = date.fromisoformat(records["built"])
        self.digest = digest
        self.aliases = tuple(Alias(*row) for row in records["aliases"])
        self._records: dict[str, Any] = {record["id"]: record for record in records["statutes"]}
        self._decoded: dict[str, Statute] = {}

    def titles(self) -> Iterator[tuple[str, str]]:
        """(id, full title) of every statute."""
        return ((each, record["title"]) for each, record in self._records.items())

    def orders(self) -> Iterator[tuple[str, str]]:
        """(id, order as printed) of every order known."""
        for each, record in self._records.items():
            for _, order in record.get("orders", ()):
                yield each, order

    def get(self, statute_id: str) -> Statute | None:
        """The statute of that id, or None."""
        if statute_id not in self._decoded:
            if statute_id not in self._records:
                return None
            self._decoded[statute_id] = from_json(self._records[statute_id])
        return self._decoded[statute_id]


@lru_cache(maxsize=1)
def shipped_facts() -> Facts:
    """The facts of the package, read once a process. Raises VocabularyError."""
    return read_facts(resources.files("vocab.statutes") / FILE)


def read_facts(file: Traversable) -> Facts:
    """The facts of one compiled file. Raises VocabularyError."""
    try:
        data = file.read_bytes()
        return Facts(json.loads(gzip.decompress(data)), hashlib.sha256(data).hexdigest())
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise VocabularyError(f"{file}: {error!r}") from error
