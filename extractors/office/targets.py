"""Which kinds of file LibreOffice converts, and into which.

Out: :data:`TARGETS`. In a module of its own, so that asking it loads nothing that runs LibreOffice.
"""

from __future__ import annotations

from collections.abc import Mapping

from extractors.kinds import Kind

TARGETS: Mapping[Kind, str] = {
    Kind.DOC: "docx",
    Kind.RTF: "docx",
    Kind.ODT: "docx",
    Kind.ODS: "xlsx",
    Kind.XLSB: "xlsx",
}
"""What is made of files of each kind."""
