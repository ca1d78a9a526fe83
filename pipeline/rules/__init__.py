"""The checks: one small function a rule; wording, severity and basis are data in vocab/rules.csv.

Importing the package registers every rule; each module named here holds a family.
"""

from pipeline.rules import (
    across,
    basis,
    basis_rank,
    catalogue,
    charts,
    city,
    coding,
    document,
    fields,
    naming,
    publicity,
    punctuality,
    recognition,
    risk,
    risk_totals,
    statistics,
    time_limits,
    versions,
)

__all__ = [
    "across",
    "basis",
    "basis_rank",
    "catalogue",
    "charts",
    "city",
    "coding",
    "document",
    "fields",
    "naming",
    "publicity",
    "punctuality",
    "recognition",
    "risk",
    "risk_totals",
    "statistics",
    "time_limits",
    "versions",
]
