"""What a reviewer can decide on, looked up in the published warehouse by key.

In: keys as reviewers copy them from the views. Out: :class:`Known` for those that are there. Refuses a workspace
without a warehouse (QueryRefused).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from pipeline.vocabulary import load_vocabulary
from pipeline.warehouse.readonly_sql import QueryRefused, open_readonly
from pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Known:
    """A finding, a power or a unit. version: of the unit, for a power of its catalogue. present: it stands now.

    answered: the unit has given an answer to the finding. errors: open ones of a unit.
    """

    subject: str
    key: str
    unit: str
    version: int
    present: bool = True
    answered: bool = False
    errors: int = 0


_FOUND = """
SELECT 'finding', f.key, f.unit, l.version, f.stands, f.answer IS NOT NULL, 0
FROM base.known_findings f
JOIN base.latest_submissions l ON l.unit = f.unit
WHERE list_contains(?1, f.key)
UNION ALL
SELECT 'power', p.key, p.unit, l.version, bool_or(c.key IS NOT NULL), false, 0
FROM base.powers p
JOIN base.latest_registers l ON l.family = 'power' AND l.unit = p.unit
LEFT JOIN base.current_powers c ON c.unit = p.unit AND c.key = p.key
WHERE list_contains(?1, p.key)
GROUP BY p.key, p.unit, l.version
UNION ALL
SELECT 'unit', l.unit, l.unit, l.version, true, false, count(f.key)
FROM base.latest_submissions l
LEFT JOIN base.known_findings f ON f.unit = l.unit AND f.severity = 'E' AND f.state = 'finding.open'
WHERE list_contains(?1, l.unit) AND l.unit <> ''
GROUP BY l.unit, l.version
"""


def known_objects(workspace: Workspace, keys: Iterable[str]) -> dict[str, Known]:
    """The findings, powers and units that bear one of the keys. Raises QueryRefused."""
    connection = open_readonly(workspace)
    try:
        rows = connection.execute(_FOUND, [list(keys)]).fetchall()
    except duckdb.CatalogException as error:
        raise QueryRefused(load_vocabulary().label("sql.older")) from error
    finally:
        connection.close()
    return {row[1]: Known(*row) for row in rows}
