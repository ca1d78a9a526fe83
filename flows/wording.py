"""What the command line says: sentences of vocab/labels.csv under ``cli.``, filled with facts; and how it ends.

Out: :func:`say`, :class:`Exit`, :class:`Stop`. Refuses a key without a sentence (KeyError): that is our own fault.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from pipeline.vocabulary import load_vocabulary


class Exit(IntEnum):
    """Exit status, as the contract has it."""

    DONE = 0
    FAIL_ON = 1
    USAGE = 2
    QUARANTINE = 3
    BUSY = 4
    UNUSABLE = 5
    INTERNAL = 70  # EX_SOFTWARE of <sysexits.h>: a fault of this program
    INTERRUPTED = 130


class Stop(Exception):
    """A command cannot go on; the message, for the user, says why and what to do."""

    def __init__(self, message: str, status: Exit = Exit.USAGE) -> None:
        super().__init__(message)
        self.status = status


def say(key: str, **facts: object) -> str:
    """The sentence ``cli.<key>`` with its {named} places filled."""
    return load_vocabulary().label(f"cli.{key}").format(**facts)


def label(key: str) -> str:
    """What a user reads for a machine key of the pipeline (``severity.E``)."""
    return load_vocabulary().label(key)


def nearest(given: str, known: Iterable[str]) -> str:
    """A hint at the known names that look like the given one, "" where none does."""
    from rapidfuzz import fuzz, process

    found = process.extract(given, list(known), scorer=fuzz.WRatio, limit=3, score_cutoff=50)
    if not found:
        return ""
    return say("nearest", names=label("list.or").join(name for name, _, _ in found))
