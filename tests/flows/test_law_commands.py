from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from pipeline.campaigns.campaign import template
from pipeline.workspace import Workspace

LOCAL = """云溪市城市绿化条例
（2018年8月29日云溪市人民代表大会常务委员会第十次会议通过　2018年9月21日江西省人民代表大会常务委员会批准）
第一条　为了城市绿化，制定本条例。
第二条　有下列情形之一的，由城市管理部门处罚：
（一）占用绿地的；
（二）砍伐树木的。
第三条　本条例自2018年12月1日起施行。"""
KEYS = [
    "text", "start", "end", "title", "canonical_title", "statute_id", "level", "document_number",
    "article", "article_suffix", "paragraph", "item", "subitem", "verdict", "suggestion", "version_date",
]  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def statute(tmp_path: Path) -> Path:
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "绿化条例.txt").write_text(LOCAL, encoding="utf-8")
    return folder


def zhiquan(workspace: Path, *words: object, given: str | None = None) -> Result:
    environment = {"ZHIQUAN_WORKSPACE": str(workspace)}
    result = CliRunner().invoke(app, [str(word) for word in words], env=environment, input=given)
    assert result.exit_code != 70, result.stderr
    return result


def cited(workspace: Path, text: str, as_of: str = "2026-03-01") -> list[dict[str, Any]]:
    result = zhiquan(workspace, "cite", text, "--as-of", as_of, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_cite_gives_one_object_a_provision_with_the_keys_of_the_contract(workspace: Path) -> None:
    text = "依据《行政许可法》第十二条至第十三条、第七十条第二款第（一）项，《合同法》"
    found = cited(workspace, text)
    assert [list(each) for each in found] == [KEYS] * 4
    assert [(each["article"], each["paragraph"], each["item"]) for each in found] == [
        (12, None, None), (13, None, None), (70, 2, 1), (None, None, None),
    ]  # fmt: skip
    assert {text[each["start"] : each["end"]] == each["text"] for each in found} == {True}
    first, missing, repealed = found[0], found[2], found[3]
    assert (first["title"], first["canonical_title"]) == ("行政许可法", "中华人民共和国行政许可法")
    assert (first["level"], first["verdict"], first["suggestion"]) == ("法律", "有效", None)
    assert (first["statute_id"], first["version_date"]) == ("law-行政许可法", "2019-04-23")
    assert (missing["verdict"], repealed["verdict"]) == ("条文不存在", "已废止")
    assert "第70条没有第2款" in missing["suggestion"]
    assert not workspace.exists(), "to ask writes nothing"


def test_an_instrument_that_is_not_held_keeps_the_name_that_is_printed(workspace: Path) -> None:
    (found,) = cited(workspace, "《关于修改<云溪县城区犬类管理办法>的决定》（云府发[2018]3号）")
    assert (found["verdict"], found["statute_id"], found["level"]) == ("未收录", None, None)
    assert found["canonical_title"] == "关于修改〈云溪县城区犬类管理办法〉的决定"
    assert found["document_number"] == "云府发〔2018〕3号"


def test_cite_judges_by_the_law_of_the_day_and_reads_standard_input(workspace: Path) -> None:
    assert cited(workspace, "《民法典》第一条", "2020-06-30")[0]["verdict"] == "尚未施行"
    piped = zhiquan(workspace, "cite", "-", "--json", given="《民法典》第一条\n")
    assert json.loads(piped.stdout)[0]["verdict"] == "有效"
    assert json.loads(zhiquan(workspace, "cite", "无", "--json").stdout) == []


def test_cite_for_people_is_a_table(workspace: Path) -> None:
    shown = zhiquan(workspace, "cite", "《行政许可法》第十二条至第十三条").stdout.splitlines()
    assert len(shown) == 3
    assert ("第12条" in shown[1], "第13条" in shown[2], "有效" in shown[2]) == (True, True, True)
    nothing = zhiquan(workspace, "cite", "无")
    assert (nothing.stdout, nothing.stderr) == ("", "没有找到引用的法律法规。\n")


def test_a_campaign_gives_the_day_of_the_law(workspace: Path) -> None:
    workspace.mkdir()
    Workspace(workspace).campaign.write_text(
        template().replace("# review_date = 2026-06-30", "review_date = 2020-06-30"), "utf-8"
    )
    found = json.loads(zhiquan(workspace, "cite", "《民法典》第一条", "--json").stdout)
    assert found[0]["verdict"] == "尚未施行"


def test_show_tells_versions_and_whether_an_article_is_there(workspace: Path) -> None:
    shown = json.loads(zhiquan(workspace, "law", "show", "《行政许可法》", "第八十三条", "--json").stdout)
    assert (shown["名称"], shown["效力"]) == ("中华人民共和国行政许可法", "有效")
    assert [(each["公布日期"], each["该条"]) for each in shown["各个版本"]][-1] == ("2019-04-23", "有")
    beyond = json.loads(zhiquan(workspace, "law", "show", "行政许可法", "84", "--json").stdout)
    assert beyond["各个版本"][-1]["该条"] == "没有"
    assert "最后一条" in zhiquan(workspace, "law", "show", "行政许可法").stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("show", "从来没有过的办法"), "没有收录“从来没有过的办法”"),
        (("show", "行政许可法", "十二"), "“十二”不是条的序号"),
        (("show",), "没有写“TITLE”"),
        (("import", "不在这里.docx"), "找不到“不在这里.docx”"),
        (("export", "--format", "xml"), "--format 不能写“xml”"),
        (("lst",), "list"),
    ],
)
def test_wrong_use_is_told_in_chinese(workspace: Path, words: tuple[str, ...], message: str) -> None:
    result = zhiquan(workspace, "law", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_an_imported_statute_is_understood_listed_used_and_exported(
    workspace: Path, statute: Path, tmp_path: Path
) -> None:
    assert cited(workspace, "《云溪市城市绿化条例》第四条")[0]["verdict"] == "未收录"
    result = zhiquan(workspace, "law", "import", statute, "--json")
    (row,) = json.loads(result.stdout)
    assert (result.exit_code, row["文件"], row["名称"]) == (0, "绿化条例.txt", "云溪市城市绿化条例")
    assert (row["条数"], row["款数"], row["项数"], row["施行日期"]) == (3, 3, 2, "2018-12-01")
    verdicts = [each["verdict"] for each in cited(workspace, "《云溪市城市绿化条例》第二条第（二）项、第四条")]
    assert verdicts == ["有效", "条文不存在"]
    assert [each["名称"] for each in json.loads(zhiquan(workspace, "law", "list", "--own", "--json").stdout)] == [
        "云溪市城市绿化条例"
    ]
    article = json.loads(zhiquan(workspace, "law", "show", "云溪市城市绿化条例", "1", "--json").stdout)
    assert article["各个版本"][0]["条文"] == "为了城市绿化，制定本条例。"
    assert [each["title"] for each in json.loads(zhiquan(workspace, "law", "export").stdout)] == ["云溪市城市绿化条例"]
    out = tmp_path / "own.csv"
    assert zhiquan(workspace, "law", "export", "--format", "csv", "--out", out).stdout == f"{out}\n"
    assert [line["articles"] for line in csv.DictReader(io.StringIO(out.read_text("utf-8-sig")))] == ["3"]


def test_several_statutes_of_one_file_are_told_one_by_one(workspace: Path, statute: Path) -> None:
    second = LOCAL.replace("云溪市城市绿化条例", "云溪市城市供水条例")
    (statute / "绿化条例.txt").write_text(f"{LOCAL}\n\n{second}", encoding="utf-8")
    result = zhiquan(workspace, "law", "import", statute)
    assert (result.exit_code, "共 1 个文件，收入 2 部" in result.stderr) == (0, True)
    assert cited(workspace, "《云溪市城市供水条例》第二条第（二）项")[0]["verdict"] == "有效"


def test_what_is_no_statute_is_said_and_is_status_3(workspace: Path, statute: Path) -> None:
    (statute / "通知.txt").write_text("关于开会的通知\n请准时到会。", encoding="utf-8")
    (statute / "坏.docx").write_bytes(b"PK\x03\x04 cut off")
    result = zhiquan(workspace, "law", "import", statute, "--json")
    taken = {row["文件"]: (row["收入"], row["说明"]) for row in json.loads(result.stdout)}
    assert result.exit_code == 3
    assert taken.pop("绿化条例.txt") == ("是", None)
    assert {mark for mark, _ in taken.values()} == {"否"}
    assert all(reason for _, reason in taken.values())


def test_a_damaged_library_is_told(workspace: Path) -> None:
    folder = Workspace(workspace).statutes
    folder.mkdir(parents=True)
    (folder / "library.sqlite").write_bytes(b"not a database" * 100)
    for words in (("cite", "《民法典》"), ("law", "list"), ("law", "export"), ("law", "import", workspace)):
        result = zhiquan(workspace, *words)
        assert (result.exit_code, "library.sqlite" in result.stderr) == (5, True)
