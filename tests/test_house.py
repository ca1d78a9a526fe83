"""The rules of the house: layers, tools, words and data hold together.

Every check names the offending file and line, so that a failure says what to mend.
"""

from __future__ import annotations

import ast
import csv
import fnmatch
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

import pipeline.rules  # noqa: F401  registers the rules
from pipeline.rules.registry import rule_codes
from pipeline.vocabulary import load_vocabulary

ROOT = Path(__file__).parent.parent
PRODUCT = ("extractors", "pipeline", "flows")
MODULES = sorted(path for package in PRODUCT for path in (ROOT / package).rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
VOCAB = ROOT / "vocab"
LONGEST = 450  # lines of a module

HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
RANGE = re.compile(".-.")
# The views and their columns are names that the contract gives, like the names of a function.
VIEW_NAMES = frozenset(
    re.findall(r"(?:VIEW main\.|AS )(\w+)", (ROOT / "pipeline/warehouse/sql/views.sql").read_text("utf-8"))
)
# Modules in which Chinese characters are code and not wording, with the reason. Patterns (re.…), ranges of
# characters, single characters (第, 条) and names of views and columns need no entry.
GRAMMAR = {
    "extractors/chinese_numerals.py": "numerals",
    "extractors/geometry/furniture.py": "parts of the pattern of page numbers",
    "extractors/markup/reader.py": "parts of a 来源位置",
    "extractors/word/numerals.py": "numerals of Word lists",
    "extractors/word/reader.py": "parts of a 来源位置",
    "extractors/word/story.py": "parts of a 来源位置",
    "extractors/workbook/date_format.py": "date formats of spreadsheets",
    "extractors/workbook/number_format.py": "number formats of spreadsheets",
    "pipeline/values/dates.py": "parts of the pattern of dates",
    "pipeline/values/grades.py": "parts of the pattern of grade distributions",
    "pipeline/interpretation/headings.py": "numerals",
    "pipeline/interpretation/roles.py": "ordinals",
    "pipeline/law/cited_law.py": "本法 means a law and no 办法",
    "pipeline/law/citations.py": "the grammar of citations: what leads to a title, refers back or stands behind one",
    "pipeline/law/document_numbers.py": "the grammar of orders and document numbers",
    "pipeline/law/importing.py": "the signs that end the name of a place",
    "pipeline/law/naming.py": "the two kinds of change that a version note names",
    "pipeline/law/orders.py": "the grammar of orders and announcements",
    "pipeline/law/provisions.py": "the grammar of citations",
    "pipeline/law/quotations.py": "the grammar of what introduces and ends a quotation",
    "pipeline/law/statute_heading.py": "the grammar of adoption notes and closing dates",
    "pipeline/law/statute_lines.py": "numerals of articles",
    "pipeline/law/statute_titles.py": "the state's name in titles, numerals and particles that a slip may not touch",
    "pipeline/law/titles.py": "the grammar of titles: what begins, ends and follows one",
    "pipeline/matching/power_name.py": "numerals",
    "pipeline/text/numerals.py": "numerals",
    "pipeline/text/normalization.py": "parts of the patterns of document numbers",
    "pipeline/values/time_limits.py": "the grammar of time limits",
}


def where(path: Path, line: int = 0) -> str:
    name = path.relative_to(ROOT).as_posix()
    return f"{name}:{line}" if line else name


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in MODULES:
        yield path, ast.parse(path.read_text("utf-8"))


def test_rules_wording_and_cases_are_the_same_set() -> None:
    cases = {path.stem for path in (ROOT / "tests" / "rules").glob("*.toml")}
    assert rule_codes() == set(load_vocabulary().rules) == cases


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        (sys.executable, "-m", "ruff", "check", "."),
        (sys.executable, "-m", "ruff", "format", "--check", "."),
        (sys.executable, "-m", "mypy"),
        (str(Path(sysconfig.get_path("scripts")) / "lint-imports"),),
    ],
    ids=lambda command: " ".join(Path(part).name for part in command if part not in (sys.executable, "-m")),
)
def test_the_tools_find_nothing(command: tuple[str, ...]) -> None:
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "NO_COLOR": "1"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_module_is_too_long_to_read() -> None:
    lengths = {where(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_every_module_and_public_name_says_what_it_is() -> None:
    """ruff (D) checks the rest; a module must say what comes in, what goes out, what it refuses."""
    silent = [where(path) for path, tree in trees() if not ast.get_docstring(tree)]
    assert silent == []


UNWANTED = {
    "a path of one machine": r"""["'`\s(=](?:/(?:home|root|Users|tmp|usr|opt|mnt|work|var)/|[A-Za-z]:\\{1,2}\w)""",
    "the host of a package registry": r"pypi\.\w+|pythonhosted|tsinghua|aliyun|mirrors?\.\w+\.|npmjs|index-url",
    "unfinished work": r"\b(?:TODO|FIXME)\b|raise NotImplementedError",
}


@pytest.mark.parametrize("what", UNWANTED)
def test_the_product_is_free_of(what: str) -> None:
    texts = [*MODULES, ROOT / "pyproject.toml", ROOT / "README.md", ROOT / ".ci" / "run"]
    texts += [path for folder in ("docs", "vocab") for path in (ROOT / folder).rglob("*") if path.is_file()]
    found = [
        f"{where(path, number)}: {line.strip()[:80]}"
        for path in texts
        if path.suffix in (".py", ".toml", ".md", ".csv", ".tsv", ".txt", "")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(UNWANTED[what], line)
    ]
    assert found == []


def test_no_error_is_swallowed_whole() -> None:
    everything = {"Exception", "BaseException"}
    found = []
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler):
                names = (
                    {each.id for each in ast.walk(node.type) if isinstance(each, ast.Name)} if node.type else everything
                )
                silent = all(isinstance(each, ast.Pass | ast.Continue) or _is_text(each) for each in node.body)
                if names & everything and silent:
                    found.append(where(path, node.lineno))
            elif _is_call_of(node, "suppress") and {ast.unparse(each) for each in node.args} & everything:
                found.append(where(path, node.lineno))
    assert found == []


def _is_call_of(node: ast.AST, *names: str) -> TypeGuard[ast.Call]:
    """Whether the node calls a function or method of one of these names."""
    if not isinstance(node, ast.Call):
        return False
    return (node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")) in names


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def chinese_literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and text of the Chinese string literals that are neither docstrings nor patterns."""
    skipped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re."):
            skipped |= {id(each) for each in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            words = HAN.findall(RANGE.sub("", node.value))
            if any(len(word) > 1 and word not in VIEW_NAMES for word in words):
                yield node.lineno, node.value


def test_chinese_words_live_in_vocab() -> None:
    found = {
        where(path, line): text
        for path, tree in trees()
        for line, text in chinese_literals(tree)
        if where(path) not in GRAMMAR
    }
    assert found == {}


def test_the_list_of_grammar_modules_has_no_idle_entry() -> None:
    used = {where(path) for path, tree in trees() if any(chinese_literals(tree))}
    assert set(GRAMMAR) - used == set()


TABLES = sorted([*VOCAB.rglob("*.csv"), *VOCAB.rglob("*.tsv")])


@pytest.mark.parametrize("path", TABLES, ids=where)
def test_a_table_of_words_is_well_formed(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream, delimiter="\t" if path.suffix == ".tsv" else ",", strict=True)
    assert len(set(header)) == len(header)
    assert [number for number, row in enumerate(rows, 2) if len(row) != len(header)] == []
    assert [row for row, count in Counter(map(tuple, rows)).items() if count > 1] == []
    readers = (module.read_text("utf-8") for module in MODULES if module.parent.name == "pipeline")
    assert any(path.name in text for text in readers), "no code reads it"


def test_a_heading_stands_once_in_one_context() -> None:
    counts = Counter(
        (heading.family, heading.text, heading.part, heading.without)
        for headings in load_vocabulary().headings.values()
        for heading in headings
    )
    assert [key for key, count in counts.items() if count > 1] == []


def test_every_heading_leads_to_a_column() -> None:
    vocabulary = load_vocabulary()
    fields = {(h.family, field) for headings in vocabulary.headings.values() for h in headings for field in h.fields}
    assert fields - set(vocabulary.columns) == set()


def label_calls() -> Iterator[tuple[str, str, bool]]:
    """Place, key and whether the key is whole, of each ``label("…")`` and ``label(f"…{…}")`` in the product.

    ``say`` of the command line looks below "cli.".
    """
    for path, tree in trees():
        for node in ast.walk(tree):
            if not _is_call_of(node, "label", "_label", "say") or not node.args:
                continue
            key, before = node.args[0], "cli." if _is_call_of(node, "say") else ""
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield where(path, node.lineno), before + key.value, True
            elif isinstance(key, ast.JoinedStr) and isinstance(key.values[0], ast.Constant):
                yield where(path, node.lineno), before + str(key.values[0].value), False


def test_every_label_that_code_asks_for_is_there() -> None:
    labels = load_vocabulary().labels
    missing = [
        (place, key)
        for place, key, whole in label_calls()
        if not (key in labels if whole else any(each.startswith(key) for each in labels))
    ]
    assert missing == []
    assert len(list(label_calls())) > 50


def test_a_label_says_which_facts_it_tells() -> None:
    """A brace that is no {name} would fail when a user needs the message most."""
    broken = {key: text for key, text in load_vocabulary().labels.items() if re.search(r"\{(?!\w+\})", text)}
    assert {key: text for key, text in broken.items() if "{{" not in text} == {}


def test_the_wheel_holds_every_package_and_every_data_file() -> None:
    setuptools = PROJECT["tool"]["setuptools"]
    include = setuptools["packages"]["find"]["include"]
    folders = [path.parent for package in (*PRODUCT, "vocab") for path in (ROOT / package).rglob("__init__.py")]
    names = {folder.relative_to(ROOT).as_posix().replace("/", ".") for folder in folders}
    assert {name for name in names if not any(fnmatch.fnmatchcase(name, pattern) for pattern in include)} == set()
    homeless = {path.parent for path in MODULES} - set(folders)
    assert homeless == set(), "a folder without __init__.py is no package"
    globs = setuptools["package-data"]
    left = [
        where(path)
        for package in (*PRODUCT, "vocab")
        for path in sorted((ROOT / package).rglob("*"))
        if path.is_file() and path.suffix not in (".py", ".pyc")
        if not _is_packed(path, globs)
    ]
    assert left == []


def _is_packed(path: Path, globs: dict[str, list[str]]) -> bool:
    return any(
        fnmatch.fnmatchcase(path.relative_to(folder).as_posix(), pattern) and ("/" in pattern or path.parent == folder)
        for package, patterns in globs.items()
        for pattern in patterns
        for folder in [ROOT / package.replace(".", "/")]
        if path.is_relative_to(folder)
    )


def test_the_search_for_chinese_words_sees_them() -> None:
    lines = ('"""模块"""', 'A = re.compile("职权[一二]")', 'B = "第", "[一-龥]", "职权目录"', 'C = f"{A}：重新报送"')
    source = "\n".join(lines)
    assert [line for line, _ in chinese_literals(ast.parse(source))] == [4]
