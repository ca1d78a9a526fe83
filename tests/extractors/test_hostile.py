"""Files made to harm, handed in together in one INBOX beside good ones, through the real sandbox with short limits.

Each ends in a reason that a clerk can read, or is read for what it honestly holds; none costs the others anything.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from extractors.sandbox import Sandbox
from pipeline.intake.taking_in import open_intake
from pipeline.reading.worker import prepare
from pipeline.vocabulary import load_vocabulary
from tests.builders import hostile_files
from tests.hostile import LOADED, NO_REGISTER, SECRET, SECRET_FILE
from tests.pipeline.submissions import AS_OF, catalogue, everything, rows

UNIT = "云溪县交通运输局"
SECONDS = 30.0  # no file of the corpus takes a tenth of it on an idle machine
MEGABYTES = 1024
GOOD = ("一.docx", "二.xlsx", "三.pdf", "四.ofd", "五.xls", "六.csv")
ODD_NAMES = ("换\n行.csv", "控\x07制\x1b[31m.csv", "长" * 83 + ".csv", "=1+1.csv", "'; DROP TABLE powers --.csv")
FILES = hostile_files()
STATES = {"已入库": LOADED, "无登记内容": NO_REGISTER}


@dataclass(frozen=True)
class Outcome:
    """What became of a file: its state or the code of its reason, and the sentence that is shown."""

    code: str
    sentence: str


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an INBOX that has been taken in, and its workspace."""
    place = tmp_path_factory.mktemp("hostile")
    secret = place / SECRET_FILE
    secret.write_text(SECRET, "utf-8")
    unit = place / "inbox" / UNIT
    unit.mkdir(parents=True)
    for file in FILES:
        data = file.make().replace(b"{secret}", secret.as_uri().encode())
        (unit / f"{file.name}.{file.suffix}").write_bytes(data)
    for number, name in enumerate((*GOOD, *ODD_NAMES)):
        catalogue(unit / name, [(f"XK-{number}", f"第{number}类道路运输经营许可", "行政许可")])
    with open_intake(
        place / "inbox",
        place / "data",
        as_of=AS_OF,
        jobs=2,
        sandbox=lambda jobs: Sandbox(jobs, SECONDS, MEGABYTES, prepare),
    ) as intake:
        intake.read_all()
        for files in intake.stale_units():
            intake.load(files)
        intake.publish()
    return place


@pytest.fixture(scope="module")
def outcomes(place: Path) -> dict[str, Outcome]:
    """What became of each file, by its name."""
    found = rows(place / "data", "SELECT 文件名, 状态, reason, 原因 FROM 来源文件 JOIN base.files ON name = 文件名")
    return {name: Outcome(STATES.get(state) or code, sentence or "") for name, state, code, sentence in found}


def test_the_corpus_is_large_and_no_file_of_it_stands_twice(place: Path) -> None:
    files = [path for path in (place / "inbox" / UNIT).iterdir() if path.name not in (*GOOD, *ODD_NAMES)]
    assert len({hashlib.sha256(path.read_bytes()).digest() for path in files}) == len(files) == len(FILES)
    assert len(files) >= 40


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_hostile_file_ends_in_its_reason(outcomes: dict[str, Outcome], file) -> None:  # type: ignore[no-untyped-def]
    name = f"{file.name}.{file.suffix}"
    found = [outcome for key, outcome in outcomes.items() if key == name or key.startswith(f"{name}/")]
    assert found, "the file is not in the list"
    if name.endswith(".zip"):
        assert {outcome.code for outcome in found} & set(file.outcomes)
    else:
        (outcome,) = found
        assert outcome.code in file.outcomes
    for outcome in found:
        assert outcome.code == LOADED or re.search("[\u4e00-\u9fff].*。$", outcome.sentence), outcome


@pytest.mark.parametrize("name", [*GOOD, *ODD_NAMES])
def test_a_good_file_among_them_is_loaded(place: Path, outcomes: dict[str, Outcome], name: str) -> None:
    assert outcomes[name].code == LOADED
    number = (*GOOD, *ODD_NAMES).index(name)
    powers = rows(place / "data", f"SELECT 权力编码, 职权类别 FROM 职权目录 WHERE 职权名称 LIKE '第{number}类%'")
    assert powers == [(f"XK-{number}", "行政许可")]


def test_no_file_of_this_machine_is_drawn_in(place: Path) -> None:
    stored = repr(everything(place / "data"))
    assert "道路运输经营许可" in stored
    assert SECRET not in stored


def test_nothing_is_written_outside_the_workspace(place: Path) -> None:
    assert {path.name for path in place.iterdir()} == {"inbox", "data", SECRET_FILE}
    assert not list(place.rglob("evil*"))


def test_the_sentences_are_those_of_the_vocabulary(outcomes: dict[str, Outcome]) -> None:
    reasons = load_vocabulary().reasons
    for outcome in outcomes.values():
        if outcome.code not in (LOADED, NO_REGISTER):
            pattern = re.sub(r"\\\{\w+\\\}", ".+", re.escape(reasons[outcome.code].reason))
            assert re.match(pattern, outcome.sentence), outcome
