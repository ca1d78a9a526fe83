"""Which unit a document names as its author: a fill-in line (填报单位：…) or the title (云溪县水利局职权目录).

In: texts in printed order. Out: the unit's name, "" when none can be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.interpretation.sections import SectionReader
from pipeline.vocabulary import Vocabulary

LONGEST_TITLE = 60
_SHORTEST_UNIT = 3
_QUOTES = str.maketrans("", "", "《》〈〉“”\"' \t\n\r　\xa0")


def unit_in(texts: Iterable[str], sections: SectionReader, vocabulary: Vocabulary) -> str:
    """The unit that the texts name; a fill-in line goes before a title."""
    listed = list(texts)
    for text in listed:
        if unit := sections.unit_label_value(text):
            return unit
    for text in listed:
        if unit := _in_title(text, vocabulary):
            return unit
    return ""


def _in_title(text: str, vocabulary: Vocabulary) -> str:
    """The longest opening of a title that ends like a body and after which the title goes on as titles do."""
    title = text.translate(_QUOTES)
    if not title or len(title) > LONGEST_TITLE or re.search(r"[。；;：:]", title):
        return ""
    tails = tuple(
        dict.fromkeys((*vocabulary.markers["unit_tail"], *(w for row in vocabulary.register_titles for w in row.words)))
    )
    best = ""
    for suffix in vocabulary.markers["unit_suffix"]:
        for found in re.finditer(re.escape(suffix), title):
            name, rest = title[: found.end()], title[found.end() :]
            if len(name) >= _SHORTEST_UNIT and rest.startswith(tails) and len(name) > len(best):
                best = name
    return best if best and any(word in title for word in vocabulary.markers["title_word"]) else ""
