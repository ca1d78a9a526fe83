"""Does a document bear a classification mark (绝密 机密 秘密 ★)? Such a file is not copied and not loaded.

In: a Document. Out: yes or no. Only the printed mark counts (GB/T 9704: 密级★期限, or a line 密级：机密), never a text
that speaks of secrets, as the not-public catalogue does on every page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.document import Document, Table
from pipeline.vocabulary import Vocabulary, derived

# The mark stands on the first page: margins, texts of drawings, and the first lines and cells of the body.
_FIRST_BLOCKS = 12
_FIRST_CELLS = 60


@derived
def _mark(vocabulary: Vocabulary) -> re.Pattern[str]:
    levels = "|".join(r"\s*".join(word) for word in vocabulary.markers["classified_mark"])
    label = "|".join(r"\s*".join(word) for word in vocabulary.markers["classification_label"])
    return re.compile(
        rf"(?:{levels})\s*[★☆]|(?:\A|\s)(?:{label})\s*[：:]\s*(?:{levels})(?!\s*[、/或□])|\A\s*(?:{levels})\s*\Z"
    )


def is_classified(document: Document, vocabulary: Vocabulary) -> bool:
    """True when a classification mark is printed on the document."""
    mark = _mark(vocabulary)
    return any(mark.search(text) for text in _first_texts(document))


def _first_texts(document: Document) -> Iterator[str]:
    for paragraph in document.margins:
        yield paragraph.text
    for chart in document.charts:
        yield from (chart.title, *(node.text for node in chart.nodes))
    for block in document.blocks[:_FIRST_BLOCKS]:
        if isinstance(block, Table):
            # A cell that is only 秘密 inside a table is a value (a kind of secret); the star still marks.
            for cell in block.cells[:_FIRST_CELLS]:
                yield f"{cell.text} "[: len(cell.text)] if "★" in cell.text or "☆" in cell.text else ""
        else:
            yield block.text
