"""Every reason for not reading a file has its sentence, whose places are filled wherever it is raised."""

import ast
import importlib
import pkgutil
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import extractors
from extractors.errors import Unreadable
from pipeline.vocabulary import load_vocabulary

# Told by the pipeline and not by a reader, among others.
OTHER_REASONS = {"classified", "no_unit"}
SOURCES = sorted(Path(extractors.__file__).parent.rglob("*.py"))


def subclasses(kind: type[Unreadable]) -> Iterator[type[Unreadable]]:
    yield kind
    for sub in kind.__subclasses__():
        yield from subclasses(sub)


def places(template: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(template) if field is not None}


def test_each_reason_has_a_sentence():
    for module in pkgutil.walk_packages(extractors.__path__, "extractors."):
        importlib.import_module(module.name)
    assert {kind.code for kind in subclasses(Unreadable)} | OTHER_REASONS <= set(load_vocabulary().reasons)


@pytest.mark.parametrize("text", load_vocabulary().reasons.values(), ids=lambda text: text.code)
def test_sentences_are_whole(text):
    for sentence in (text.reason, text.advice):
        assert sentence.endswith("。")
        assert "," not in sentence


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_facts_fill_the_sentence_wherever_a_reason_is_raised(source):
    codes = {kind.__name__: kind.code for kind in subclasses(Unreadable)}
    reasons = load_vocabulary().reasons
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in codes:
            text = reasons[codes[node.func.id]]
            wanted = places(text.reason) | places(text.advice)
            given = {keyword.arg for keyword in node.keywords}
            assert wanted <= given, f"{source.name}:{node.lineno}: {node.func.id} without {wanted - given}"
