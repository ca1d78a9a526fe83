"""The workspace's own statutes: WORKSPACE/statutes/library.sqlite.

In: statutes and the texts of their articles, as :mod:`pipeline.law.importing` reads them. Out: :class:`OwnLibrary`,
and :func:`open_library`, which joins it with the shipped facts. Refuses: a damaged file, with
:class:`OwnLibraryUnusable` naming it. Readers open the file read-only; nothing is written where nothing is imported.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipeline.law.statute import ArticleKey, Repeal, Statute, Version, from_json, to_json
from pipeline.law.statute_titles import folded
from pipeline.law.statutes import StatuteLibrary

FILE = "library.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS statute (id TEXT PRIMARY KEY, record TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS article (
    statute_id TEXT NOT NULL, version TEXT NOT NULL, number INTEGER NOT NULL, suffix INTEGER NOT NULL,
    text TEXT NOT NULL, PRIMARY KEY (statute_id, version, number, suffix)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS repeal (
    title TEXT NOT NULL, by_id TEXT NOT NULL, by TEXT NOT NULL, since TEXT NOT NULL, PRIMARY KEY (title, by_id)
) WITHOUT ROWID;
"""


class OwnLibraryUnusable(Exception):
    """The workspace's statute library cannot be read or written; the message names the file."""


@dataclass(frozen=True, slots=True)
class OwnRepeal:
    """A clause of an imported statute that repeals another: title as printed, the statute of the clause, since when."""

    title: str
    by_id: str
    by: str
    since: date | None


@dataclass(frozen=True, slots=True)
class OwnLibrary:
    """The library in one folder. Making the value touches no disk."""

    folder: Path

    @property
    def file(self) -> Path:
        """The database."""
        return self.folder / FILE

    def statutes(self) -> tuple[Statute, ...]:
        """Every statute imported. Raises OwnLibraryUnusable."""
        rows = self._select("SELECT record FROM statute ORDER BY id")
        try:
            return tuple(from_json(json.loads(record), own=True) for (record,) in rows)
        except (ValueError, KeyError, TypeError) as error:
            raise OwnLibraryUnusable(f"{self.file}: {error!r}") from error

    def repeals(self) -> tuple[OwnRepeal, ...]:
        """Every repeal that the imported statutes state. Raises OwnLibraryUnusable."""
        rows = self._select("SELECT title, by_id, by, since FROM repeal ORDER BY by_id, title")
        return tuple(OwnRepeal(t, i, by, date.fromisoformat(since) if since else None) for t, i, by, since in rows)

    def article_text(self, statute_id: str, version: date | None, key: ArticleKey) -> str | None:
        """The text of an article, a line a paragraph or item, or None. Raises OwnLibraryUnusable."""
        rows = self._select(
            "SELECT text FROM article WHERE (statute_id, version, number, suffix) = (?, ?, ?, ?)",
            (statute_id, version.isoformat() if version else "", *key),
        )
        return str(rows[0][0]) if rows else None

    def add(self, statute: Statute, texts: Iterable[tuple[ArticleKey, str]], repeals: Iterable[OwnRepeal]) -> Statute:
        """Stores a statute with one version; other versions imported before are kept. Returns what is stored.

        Raises OwnLibraryUnusable.
        """
        version = statute.versions[0]
        day = version.published.isoformat() if version.published else ""
        with self._writing() as database:
            row = database.execute("SELECT record FROM statute WHERE id = ?", (statute.id,)).fetchone()
            merged = merge(statute, from_json(json.loads(row[0]), own=True)) if row else statute
            record = json.dumps(to_json(merged), ensure_ascii=False)
            database.execute("INSERT OR REPLACE INTO statute VALUES (?, ?)", (statute.id, record))
            database.execute("DELETE FROM article WHERE (statute_id, version) = (?, ?)", (statute.id, day))
            database.executemany(
                "INSERT INTO article VALUES (?, ?, ?, ?, ?)",
                ((statute.id, day, number, suffix, text) for (number, suffix), text in texts),
            )
            database.executemany(
                "INSERT OR REPLACE INTO repeal VALUES (?, ?, ?, ?)",
                ((r.title, r.by_id, r.by, r.since.isoformat() if r.since else "") for r in repeals),
            )
        return merged

    def _select(self, query: str, values: tuple[str | int, ...] = ()) -> list[tuple[str, ...]]:
        if not self.file.exists():
            return []
        try:
            with closing(sqlite3.connect(f"{self.file.absolute().as_uri()}?mode=ro", uri=True)) as database:
                return database.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise OwnLibraryUnusable(f"{self.file}: {error}") from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.file)) as database, database:
                database.executescript(_SCHEMA)
                yield database
        except (OSError, sqlite3.Error) as error:
            raise OwnLibraryUnusable(f"{self.file}: {error}") from error


def merge(statute: Statute, other: Statute) -> Statute:
    """One statute of two records of it; where both know a thing, ``statute`` wins. Versions of both, by date."""
    versions: dict[date | None, Version] = {version.published: version for version in other.versions}
    versions.update((version.published, version) for version in statute.versions)
    ordered = tuple(sorted(versions.values(), key=lambda version: version.published or date.min))
    newest_own = bool(statute.versions) and ordered[-1] is statute.versions[-1]
    repeal = statute.repeal or other.repeal
    if newest_own and repeal is not None and repeal.since and (ordered[-1].published or date.min) > repeal.since:
        repeal = None  # a new instrument of the name of the one that was repealed
    history = tuple(sorted({**dict(other.history), **dict(statute.history)}.items()))
    orders = tuple({order: day for day, order in (*other.orders, *statute.orders)}.items())
    return replace(
        statute,
        issuer=statute.issuer or other.issuer,
        region=statute.region or other.region,
        versions=ordered,
        history=history,
        orders=tuple((day, order) for order, day in orders),
        repeal=repeal,
        vouched=statute.vouched if newest_own else other.vouched,
        expired=other.expired and not newest_own,
        founded=statute.founded or other.founded,
        renewed=statute.renewed or other.renewed,
    )


def open_library(folder: Path | None, shipped: StatuteLibrary | None = None) -> StatuteLibrary:
    """The shipped facts together with the workspace's own library, which wins. Raises OwnLibraryUnusable.

    folder: WORKSPACE/statutes, or None for the shipped facts alone. shipped: facts alone, where already loaded.
    """
    base = shipped if shipped is not None else StatuteLibrary()
    if folder is None:
        return base
    library = OwnLibrary(folder)
    own = {}
    for statute in library.statutes():
        known = base.get(statute.id)
        own[statute.id] = merge(statute, known) if known is not None else statute
    for repeal in library.repeals():
        ended = _ended(repeal, base, own)
        if ended is not None:
            own[ended.id] = ended
    return base.with_own(own.values()) if own else base


def _ended(repeal: OwnRepeal, base: StatuteLibrary, own: dict[str, Statute]) -> Statute | None:
    """The statute that an imported clause repeals, with its end; None where its end is known, or it was renewed."""
    key = folded(repeal.title)
    mine = next((statute for statute in own.values() if folded(statute.title) == key), None)
    match = base.find(repeal.title)
    known = mine or (base.get(match.statute_id) if not match.kind.wrong else None)
    end = Repeal(repeal.by, repeal.by_id, repeal.since)
    if known is None:
        return Statute(f"gone-{key}", repeal.title, None, repeal=end, own=True)
    # A clause that is older than the newest version ended a predecessor of the same name.
    newest = max((version.published for version in known.versions if version.published), default=None)
    if known.repeal is not None or repeal.since is None or (newest is not None and newest > repeal.since):
        return None
    return replace(known, repeal=end, own=True)
