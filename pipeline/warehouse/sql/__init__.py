"""The schema, its migrations and the Chinese views, as SQL."""

from __future__ import annotations

from importlib import resources


def views_sql() -> str:
    """The definitions of all views, to be run over the base tables."""
    return (resources.files(__name__) / "views.sql").read_text("utf-8")
