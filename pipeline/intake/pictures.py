"""Pictures of the cells that recognition read with doubt, cut from the archived originals, for the unit to compare.

In: a workspace, the open findings of one unit (rows of 问题清单), the hashes of its files. Out: the bytes of a PNG by
问题键. Cutting parses hostile files, so it runs in a worker. What cannot be cut has no picture; the finding says all
the same where to look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from extractors.document import Box, Place
from extractors.errors import Unreadable
from pipeline.intake.originals import original
from pipeline.intake.submitter import Submitter
from pipeline.workspace import Workspace

RULE = "X02"
MOST = 300  # pictures of one unit: a workbook with more opens slowly, and so bad a scan is to be made again


def pictures_of_doubt(
    workspace: Workspace,
    findings: Iterable[Mapping[str, Any]],
    hashes: Mapping[str, str],
    workers: Callable[[], AbstractContextManager[Submitter]],
) -> dict[str, bytes]:
    """The pictures of the first MOST doubtful cells. hashes: SHA-256 by name of the file in the unit's folder."""
    wanted: dict[str, list[tuple[str, Box]]] = {}
    count = 0
    for row in findings:
        box = _box(row) if row["规则"] == RULE else None
        if box is not None and row["来源文件"] in hashes and count < MOST:
            wanted.setdefault(hashes[row["来源文件"]], []).append((row["问题键"], box))
            count += 1
    if not wanted:
        return {}
    found: dict[str, bytes] = {}
    with workers() as sandbox:
        for sha256, cells in wanted.items():
            found |= _cut(workspace, sha256, cells, sandbox)
    return found


def _box(row: Mapping[str, Any]) -> Box | None:
    try:
        return Place.parse(row["来源位置"] or "").box
    except ValueError:
        return None


def _cut(workspace: Workspace, sha256: str, cells: list[tuple[str, Box]], sandbox: Submitter) -> dict[str, bytes]:
    from extractors.scan import pictures_of  # OpenCV: only where something was recognized

    try:
        made = sandbox.submit(pictures_of, original(workspace, sha256), [box for _, box in cells]).result()
    except (Unreadable, OSError):
        return {}
    return {key: picture for (key, _), picture in zip(cells, made, strict=True)}
