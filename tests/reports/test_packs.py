"""Frozen packs: the same bytes on either database, for ever; the check; what their files are."""

import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pilot.domain.errors import Conflict, Invalid
from pilot.domain.people import Role
from pilot.domain.report_periods import period
from pilot.domain.report_templates import Required
from pilot.reports import packs
from pilot.reports.pack_check import check
from pilot.reports.pack_files import drawn, read_again
from pilot.reports.report_files import members, pack
from pilot.services import packs as freezing
from pilot.services.packs import Signers
from tests import factories
from tests.export_portfolio import FORMULA, RARE, portfolio
from tests.factories import clock
from tests.furnished import furnished

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "packs.txt"
CODES = ["R1", "R2", "R3", "R4", "R5", "R6", "R8", "R9", "A62"]
YEAR, JUNE = period("2026"), period("2026-06")
NAMES = Signers("示例填报", "示例审核", "示例负责")


@pytest.fixture
def officer(session, monkeypatch):
    """Who freezes the portfolio of the exports."""
    monkeypatch.setattr(freezing, "product_version", lambda: "test")
    home = furnished(session, portfolio).people.base
    return factories.actor(session, home, Role.OFFICER, login="officer", name="示例上报")


def frozen(session, officer, folder, code="R2", when=YEAR, **options):
    """The bytes of a new pack, as they are exported again."""
    row = freezing.freeze(
        session, code, when, by=officer, at=clock(session), folder=folder, build=packs.build,
        signers=NAMES, **options,
    )  # fmt: skip
    return packs.frozen(session, officer, row.id, folder)[1]


def digests(content):
    manifest = json.loads(members(content)["manifest.json"])
    lines = [f"  {name} {one['sha256']}" for name, one in manifest["files"].items()]
    return "\n".join([f"{manifest['template']['code']} {check(content).sha256}", *lines])


def test_the_packs_of_every_delivered_report_are_the_golden_ones(session, officer, folder):
    found = [frozen(session, officer, folder, code) for code in CODES]

    assert [check(content).differences for content in found] == [()] * len(CODES)
    assert "\n".join(map(digests, found)) + "\n" == GOLDEN.read_text()


OLD_GOLDEN = GOLDEN.with_name("packs_renderer_1.txt")


def test_a_pack_of_the_first_renderer_is_drawn_and_verified_as_it_was(session, officer, folder):
    """The digests are those that the first renderer's packs had; only the pages differ since."""
    was = OLD_GOLDEN.read_text().split()
    old = dict(zip(was[::2], was[1::2], strict=True))
    packed = {code: frozen(session, officer, folder, code) for code in CODES}  # at their instants
    for code in ("R1", "R2", "A62"):
        files = members(packed[code])
        about = json.loads(files.pop("manifest.json"))
        again = drawn(read_again(files), 1)
        for name in ("index.html", "print.html"):
            assert check(again[name]).sha256 == old[f"{code}/{name}"]
        assert {name for name in files if files[name] != again[name]} == {
            "index.html", "print.html",
        }  # fmt: skip
        for name, body in again.items():
            about["files"][name] = {"sha256": check(body).sha256, "size": len(body)}
        manifest = json.dumps(about | {"renderer": 1}, ensure_ascii=False, indent=2) + "\n"
        assert check(pack({"manifest.json": manifest.encode(), **again})).differences == ()


def test_a_pack_of_a_later_renderer_is_not_said_to_be_whole(session, officer, folder):
    files = members(frozen(session, officer, folder))
    about = json.loads(files["manifest.json"]) | {"renderer": 99}
    files["manifest.json"] = (json.dumps(about, ensure_ascii=False, indent=2) + "\n").encode()
    [told] = check(pack(files)).differences
    assert "第 99 版生成方式" in told


def test_a_pack_says_what_it_is(session, officer, folder):
    about = json.loads(members(frozen(session, officer, folder))["manifest.json"])

    assert about["template"] == {"code": "R2", "version": 1}
    assert about["period"] == {"key": "2026", "first": "2026-01-01", "last": "2026-12-31"}
    assert (about["as_of"], about["rows"], about["product"]) == ("2026-06-01", 3, "test")
    assert about["signers"] == {"填报人": "示例填报", "审核人": "示例审核", "负责人": "示例负责"}
    assert "M1 第 1 版" in about["definitions"]


def test_a_preview_tells_what_the_template_itself_would_refuse(session, officer):
    def look(template):
        return packs.preview(session, officer, template, YEAR, clock(session), "/nowhere")

    template = next(
        one for _row, one in packs.templates_in_use(session, officer) if one.code == "R2"
    )
    assert look("R2").problems == ()
    place, column = next(
        (place, column)
        for place, column in enumerate(template.columns)
        if any(row[place] is None for row in look("R2").content.rows)
    )
    columns = list(template.columns)
    columns[place] = replace(column, required=Required())
    shown = look(replace(template, columns=tuple(columns)))
    assert [(one.row, one.column, one.message) for one in shown.problems] == [
        (number + template.levels, column.title, f"{column.title}未填写。")
        for number, row in enumerate(shown.content.rows, 1)
        if row[place] is None
    ]


def test_a_period_is_frozen_again_only_for_a_reason(session, officer, folder):
    first = frozen(session, officer, folder, when=JUNE)
    with pytest.raises(Conflict, match=r"2026年6月的 R2 已由 示例上报 于 .* 冻结"):
        frozen(session, officer, folder, when=JUNE)
    again = frozen(session, officer, folder, when=JUNE, reason="示例理由")

    assert first != again
    kept = packs.kept(session, officer, "R2", "2026-06")
    assert [who for _pack, who in kept] == ["示例上报", "示例上报"]


@pytest.mark.parametrize(
    ("code", "when", "says"),
    [
        ("R2", "2026-07", "还没有开始"),
        ("R9", "2026-05", "只用于年报"),
        ("R2", "2019", "只用于 2020-01-01 至"),
    ],
)
def test_what_cannot_be_frozen(session, officer, folder, code, when, says):
    with pytest.raises(Invalid, match=says):
        frozen(session, officer, folder, code, period(when))


def test_a_lost_or_damaged_file_is_told_and_never_made_anew(session, officer, folder):
    content = frozen(session, officer, folder)
    row, _who = packs.kept(session, officer)[0]
    file = folder / row.sha256[:2] / row.sha256[2:]
    file.write_bytes(content[:-1])
    with pytest.raises(Conflict, match="缺失或已损坏"):
        packs.frozen(session, officer, row.id, folder)


def test_the_table_is_what_a_spreadsheet_should_see(session, officer, folder):
    files = members(frozen(session, officer, folder))
    book = load_workbook(io.BytesIO(files["R2.xlsx"]))
    cover = {row[0].value: row[1].value for row in book["封面"].iter_rows(min_row=2)}
    sheet = book["项目台账"]

    assert cover["模板版本"] == "R2 第 1 版"
    assert cover["填报人"] == "示例填报"
    assert {str(one) for one in sheet.merged_cells.ranges} >= {"A1:A2", "F1:G1", "H1:I1"}
    assert [sheet["F1"].value, sheet["F2"].value] == ["下一阶段门", "名称"]
    assert sheet.freeze_panes == "B3"
    second = sheet[4]
    assert second[1].value == f"'{FORMULA}"
    assert (second[8].value, second[8].data_type) == ("91211102000000001N", "s")
    assert (second[17].value, second[17].data_type) == (123456789.05, "n")
    assert second[17].number_format == "#,##0.00"
    total = sheet[6]
    assert (total[0].value, total[17].value) == ("合计", 123457989.15)


def test_a_csv_has_one_line_of_headings_in_either_encoding(session, officer, folder):
    files = members(frozen(session, officer, folder))
    utf8, gb = files["R2.csv"], files["R2.gb18030.csv"]

    assert utf8.startswith(
        "\ufeff项目编号,项目名称,阶段,状态,进入本阶段日期,下一阶段门 / 名称".encode()
    )
    assert utf8.decode("utf-8-sig") == gb.decode("gb18030")
    lines = utf8.decode("utf-8-sig").split("\r\n")
    assert RARE in lines[1]
    assert lines[1].endswith(",0.10")
    assert len(lines) == 5


def test_the_pages_fetch_nothing_and_run_nothing(session, officer, folder):
    files = members(frozen(session, officer, folder, "R1"))
    for page in files["index.html"].decode(), files["print.html"].decode():
        for way in ("<script", "http:", "https:", "src=", "@import", "url("):
            assert way not in page


def test_a_count_leads_to_the_units_behind_it(session, officer, folder):
    page = members(frozen(session, officer, folder, "R1"))["index.html"].decode()

    assert '<a href="#M1-city">1</a>' in page
    section = page.partition('<h3 id="M1-city">')[2].partition("<h3")[0]
    assert "计入 1 项" in section
    assert "G1 概念验证评审：通过" in section


def _changed(files, name):
    data = json.loads(files["manifest.json"])
    data["files"][name] = {"sha256": check(files[name]).sha256, "size": len(files[name])}
    files["manifest.json"] = json.dumps(data, ensure_ascii=False, indent=2).encode() + b"\n"


@pytest.mark.parametrize("name", ["R2.csv", "R2.xlsx", "rows.json", "evidence.csv", "rules.txt"])
def test_a_changed_file_is_named(session, officer, folder, name):
    files = members(frozen(session, officer, folder))
    files[name] += b"x"
    assert check(pack(files)).differences == (
        f"文件 {name} 与清单中的 SHA-256 不符，冻结后被改动过。",
    )


def test_a_table_changed_together_with_its_manifest_is_found(session, officer, folder):
    files = members(frozen(session, officer, folder))
    files["R2.csv"] = files["R2.csv"].replace(b"0.10", b"9.10")
    _changed(files, "R2.csv")
    assert check(pack(files)).differences == ("文件 R2.csv 与由冻结数据重新生成的不同。",)


def test_a_lost_file_and_a_foreign_one_are_named(session, officer, folder):
    files = members(frozen(session, officer, folder))
    del files["print.html"]
    files["more.txt"] = b"x"
    assert check(pack(files)).differences == (
        "缺少文件 print.html。",
        "多出文件 more.txt，清单中没有。",
    )


@pytest.mark.parametrize("content", [b"", b"PK", b"x" * 100, pack({"a": b"b"})])
def test_what_is_no_pack_is_told(content):
    assert check(content).differences == (
        "这不是完整的报表包：打不开，或没有可读的 manifest.json。",
    )


def test_a_pack_cut_short_anywhere_is_told(session, officer, folder):
    content = frozen(session, officer, folder)
    for length in range(0, len(content), len(content) // 20):
        assert check(content[:length]).differences


def test_what_is_known_later_changes_no_frozen_byte(session, officer, folder):
    before = frozen(session, officer, folder, when=JUNE)
    session.info["clock"] = clock(session) + timedelta(days=40)
    factories.project(session, factories.team(session, "OT"))
    row, _who = packs.kept(session, officer)[0]
    assert packs.frozen(session, officer, row.id, folder)[1] == before
