"""Files made to harm, or broken: each with what it is named and the outcomes that are right for it.

In: nothing. Out: :func:`hostile_files`. An outcome is a reason of vocab/unreadable.csv, or LOADED or NO_REGISTER where
a file may be read for what it honestly holds. Each file is made by a function whose name says what is wrong with it.
"""

from __future__ import annotations

from tests.hostile.corpus import LOADED, NO_REGISTER, SECRET, SECRET_FILE, HostileFile, hostile_files

__all__ = ["LOADED", "NO_REGISTER", "SECRET", "SECRET_FILE", "HostileFile", "hostile_files"]
