"""Exports: the same rows as on the page, the same bytes on both databases and every time."""

import csv
import hashlib
import io
import json
import os
import tracemalloc
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlmodel import Session

from pilot.domain.errors import NotAllowed, NotFound
from pilot.domain.formula import unmark
from pilot.domain.people import Role
from pilot.domain.vocabulary import Scope
from pilot.reports import exports, tables
from pilot.reports.exports import Encoding
from pilot.reports.tables import TABLES, Chosen
from pilot.services import projects
from pilot.store import journal
from pilot.store.models import Project, ProjectSpan
from tests import factories
from tests.export_portfolio import FORMULA, QUOTED, RARE, Portfolio, portfolio
from tests.factories import clock
from tests.furnished import furnished

GOLDEN = Path(__file__).resolve().parents[1] / "golden"


@pytest.fixture
def made(session: Session) -> Portfolio:
    return furnished(session, portfolio)


def as_csv(session, made, name, *, view=None, encoding=Encoding.UTF8, **chosen) -> bytes:
    file = io.BytesIO()
    asked = exports.asked(session, made.people.manager, name, view or made.view, Chosen(**chosen))
    exports.write_csv(session, asked, file, encoding)
    return file.getvalue()


def as_rows(data: bytes, codec: str = "utf-8-sig") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(codec), newline="")))


def as_book(session, made, name):
    file = io.BytesIO()
    exports.write_xlsx(session, exports.asked(session, made.people.manager, name, made.view), file)
    return load_workbook(file)


def test_every_list_is_written_byte_for_byte_as_agreed(session, made):
    """PILOT_GOLDEN=write writes the agreed files anew; read the difference before committing."""
    found = {name: as_csv(session, made, name) for name in TABLES}
    if os.environ.get("PILOT_GOLDEN") == "write":
        for name, data in found.items():
            (GOLDEN / f"{name}.csv").write_bytes(data)
    agreed = {name: (GOLDEN / f"{name}.csv").read_bytes() for name in TABLES}
    assert [name for name in TABLES if found[name] != agreed[name]] == []


def test_a_csv_begins_with_the_byte_order_mark_and_ends_its_lines_with_crlf(session, made):
    data = as_csv(session, made, "projects")

    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\xef\xbb\xbf") == 1
    assert data.endswith(b"\r\n")
    assert data.count(b"\r\n") == 1 + 3  # the headings and three projects


def test_gb18030_keeps_characters_that_gbk_does_not_have(session, made):
    data = as_csv(session, made, "projects", encoding=Encoding.GB18030)

    assert RARE in {row["项目名称"] for row in as_rows(data, "gb18030")}
    with pytest.raises(UnicodeEncodeError):
        RARE.encode("gbk")


def test_text_that_a_spreadsheet_would_run_carries_the_mark(session, made):
    names = [row["项目名称"] for row in as_rows(as_csv(session, made, "projects"))]

    assert "'" + FORMULA in names
    assert FORMULA in [unmark(name) for name in names]


def test_quotes_and_commas_survive(session, made):
    names = [row["项目名称"] for row in as_rows(as_csv(session, made, "projects"))]

    assert QUOTED in names


def test_money_is_exact_with_two_decimals(session, made):
    budgets = [row["预算（万元）"] for row in as_rows(as_csv(session, made, "projects"))]

    assert budgets == ["0.10", "123456789.05", "1200.00"]


def test_words_codes_days_and_instants_are_written_for_people(session, made):
    project = as_rows(as_csv(session, made, "projects"))[1]
    claim = as_rows(as_csv(session, made, "claims"))[0]

    assert project["阶段"] == "储备"
    assert project["技术领域"] == "催化剂"
    assert project["场地"] == "辽滨、双台子"
    assert project["是否基地项目"] == "是"
    assert project["计划日期"] == "2026-07-01"
    assert claim["登记时间"].endswith("+08:00")


def test_projects_are_sorted_by_code_and_claims_by_goal(session, made):
    codes = [row["项目编号"] for row in as_rows(as_csv(session, made, "projects"))]
    claims = [
        (row["指标代码"], row["统计范围"]) for row in as_rows(as_csv(session, made, "claims"))
    ]

    assert codes == sorted(codes)
    assert claims == [("M1", "基地"), ("M1", "全市"), ("M3", "全市"), ("M3", "全市")]


def test_a_claim_says_what_it_rests_on(session, made):
    admitted, transferred = (as_rows(as_csv(session, made, "claims"))[at] for at in (0, 2))

    assert admitted["依据"] == (
        "G1 概念验证评审：通过（2026-02-11）；D06 D06 示例材料（2026-01-20）"
    )
    assert "合同 0012345678901234（2026-03-01 签订）" in transferred["依据"]


def test_the_page_shows_what_the_file_holds(session, made):
    asked = exports.asked(session, made.people.manager, "projects", made.view)
    shown, about = exports.preview(session, asked, limit=2)
    written = as_rows(as_csv(session, made, "projects"))

    assert about["行数"] == 3
    assert shown["name"].tolist() == [unmark(row["项目名称"]) for row in written[:2]]
    assert shown["budget"].tolist() == [Decimal("0.10"), Decimal("123456789.05")]


def test_the_second_page_of_a_list_goes_on_where_the_first_ended(session, made):
    place = TABLES["projects"], [made.people.base.id], made.view
    whole = tables.frame(session, *place)["code"].tolist()

    assert tables.frame(session, *place, limit=2)["code"].tolist() == whole[:2]
    assert tables.frame(session, *place, limit=2, offset=2)["code"].tolist() == whole[2:]


def test_a_list_narrowed_to_the_base_leaves_out_the_others(session, made):
    rows = as_rows(as_csv(session, made, "projects", scope=Scope.BASE))

    assert [row["是否基地项目"] for row in rows] == ["是", "是"]


def test_an_export_as_known_then_is_the_same_after_later_changes(session, made):
    then = replace(made.view, known_at=clock(session), live=False)
    before = {name: as_csv(session, made, name, view=then) for name in TABLES}

    draft = replace(projects.draft_of(made.admitted, ()), name="改名", budget=Decimal(7))
    later = {"by": made.people.manager, "at": clock(session) + timedelta(days=3)}
    projects.edit(session, made.admitted.id, draft, **later)
    factories.project(session, made.people, name="后来登记的项目")

    assert {name: as_csv(session, made, name, view=then) for name in TABLES} == before


def test_the_metadata_says_what_the_file_is(session, made):
    asked = exports.asked(session, made.people.manager, "projects", made.view)
    about = json.loads(exports.as_json(exports.csv_metadata(session, asked, Encoding.UTF8)))

    assert about["表名"] == "项目台账"
    assert about["年度"] == 2026
    assert about["截至日期"] == about["知悉日期"] == "2026-06-01"
    assert "M1 第 1 版" in about["口径版本"]
    assert about["行数"] == 3
    assert asked.stem == "项目台账_2026年_截至2026-06-01_知悉2026-06-01"


def test_every_file_carries_where_the_journal_of_each_base_stood(session, made):
    place = made.people.base, made.people.manager
    for sequence in (1, 2):
        head = journal.lock(session, place[0].id)
        at = clock(session)
        note = journal.Note(place[0].id, at, place[1].id, "project.note", "project", sequence)
        journal.append(session, head, note, [], at)
    then, now = (entry.at for entry in factories.entries(session, place[0]))
    asked = exports.asked(session, place[1], "projects", replace(made.view, known_at=now))
    past = replace(asked, view=replace(made.view, known_at=then, live=False))

    [anchor] = exports.metadata(session, asked, 3)["日志锚"]
    [older] = exports.metadata(session, past, 3)["日志锚"]
    assert anchor.startswith("PJ-2-2026")
    assert older.startswith("PJ-1-2026")
    assert ("日志锚", anchor) in exports.shown(exports.metadata(session, asked, 3))


def test_the_checksum_in_the_metadata_is_that_of_the_file(session, made):
    asked = exports.asked(session, made.people.manager, "claims", made.view)
    about = exports.csv_metadata(session, asked, Encoding.GB18030)
    data = as_csv(session, made, "claims", encoding=Encoding.GB18030)

    assert about["SHA-256"] == hashlib.sha256(data).hexdigest()


def test_a_workbook_holds_texts_numbers_and_no_formula(session, made):
    sheet = as_book(session, made, "projects")["项目台账"]
    headings = [cell.value for cell in sheet[1]]
    row = {heading: cell for heading, cell in zip(headings, sheet[3], strict=True)}

    assert (row["项目名称"].data_type, row["项目名称"].value) == ("s", "'" + FORMULA)
    assert (row["项目编号"].data_type, row["项目编号"].number_format) == ("s", "@")
    assert (row["预算（万元）"].data_type, row["预算（万元）"].value) == ("n", 123456789.05)
    assert row["预算（万元）"].number_format == "#,##0.00"
    assert row["计划日期"].value == "2026-07-01"
    assert sheet.freeze_panes == "A2"
    assert all(cell.hyperlink is None for line in sheet.iter_rows() for cell in line)


def test_a_long_number_stays_a_text_in_a_workbook(session, made):
    sheet = as_book(session, made, "transfers")["成果转化明细"]
    headings = [cell.value for cell in sheet[1]]
    cell = sheet[2][headings.index("合同编号")]

    assert (cell.data_type, cell.value) == ("s", "0012345678901234")


def test_a_workbook_explains_itself_on_a_sheet_of_its_own(session, made):
    notes = dict(as_book(session, made, "projects")["说明"].iter_rows(values_only=True))

    assert notes["表名"] == "项目台账"
    assert notes["行数"] == "3"
    assert "M3 第 1 版" in notes["口径版本"]


def test_the_same_view_gives_the_same_workbook(session, made):
    asked = exports.asked(session, made.people.manager, "projects", made.view)
    files = [io.BytesIO(), io.BytesIO()]
    for file in files:
        exports.write_xlsx(session, asked, file)

    assert files[0].getvalue() == files[1].getvalue()


def test_a_researcher_may_not_export(session, made):
    visitor = factories.actor(session, made.people.base, Role.RESEARCHER)

    with pytest.raises(NotAllowed):
        exports.asked(session, visitor, "projects", made.view)


def test_an_unknown_list_is_refused(session, made):
    with pytest.raises(NotFound):
        exports.asked(session, made.people.manager, "account", made.view)


def test_only_the_province_gets_the_rows_of_another_base(session, made):
    other = factories.team(session, "QT")
    factories.project(session, other, name="别的基地的项目")
    mine, all_bases = (
        exports.asked(session, who, "projects", made.view)
        for who in (made.people.manager, other.province)
    )

    assert "别的基地的项目" not in names_in(session, mine)
    assert {"别的基地的项目", RARE} <= names_in(session, all_bases)


def names_in(session, asked) -> set[str]:
    rows = tables.rows(session, asked.table, asked.base_ids, asked.view)
    return {row[2] for row in rows}


def test_four_times_the_rows_take_no_more_memory(session, made):
    ready = [copies_of(made, session, range(2_000)), copies_of(made, session, range(2_000, 8_000))]
    peaks = []
    for projects_and_spans in ready:
        for table, rows in zip((Project, ProjectSpan), projects_and_spans, strict=True):
            session.execute(table.__table__.insert(), rows)
        peaks.append(peak_of(session, made))

    assert peaks[1] < 1.3 * peaks[0]


def copies_of(made, session, numbers: range) -> tuple[list[dict], list[dict]]:
    """Rows of projects and of their spans: the verbs would take minutes."""
    span = factories.spans(session, made.formula.id)[-1]
    codes = [f"ZZ-{number:06d}" for number in numbers]
    whole = [row.model_dump(exclude={"id"}) for row in (made.formula, span)]
    return tuple([values | {"code": code} for code in codes] for values in whole)


def peak_of(session, made) -> int:
    asked = exports.asked(session, made.people.manager, "projects", made.view)
    tracemalloc.start()
    with open(os.devnull, "wb") as nowhere:
        about = exports.write_csv(session, asked, nowhere, Encoding.UTF8)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert about["行数"] in (2_003, 8_003)
    return peak
