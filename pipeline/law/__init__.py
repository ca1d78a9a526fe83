"""Legal bases: the provisions that a text cites, and what became of them.

In: the basis text of a power, a Vocabulary. Out: citations with their spans (:mod:`pipeline.law.citations`) and what
other modules of this package make of them. Refuses nothing: a text without a citation gives none.
"""
