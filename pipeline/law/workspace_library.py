"""The statute library of a workspace: the shipped facts and what the office imported.

In: a :class:`~pipeline.workspace.Workspace`. Out: the :class:`~pipeline.law.statutes.StatuteLibrary` that a run or a
command judges by. Refuses an own library that cannot be read, with :class:`~pipeline.workspace.WorkspaceUnusable`.
"""

from __future__ import annotations

from functools import lru_cache

from pipeline.law.own_library import OwnLibraryUnusable, open_library
from pipeline.law.statutes import StatuteLibrary
from pipeline.workspace import Workspace, WorkspaceUnusable


@lru_cache(maxsize=1)
def shipped_library() -> StatuteLibrary:
    """The facts of the package alone, read once a process. Raises VocabularyError."""
    return open_library(None)


def library_of(workspace: Workspace) -> StatuteLibrary:
    """The shipped facts with the workspace's own statutes, which win. Raises WorkspaceUnusable, VocabularyError."""
    try:
        return open_library(workspace.statutes, shipped_library())
    except OwnLibraryUnusable as error:
        raise WorkspaceUnusable(str(error)) from error
