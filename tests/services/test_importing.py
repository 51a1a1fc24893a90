"""Import: every problem listed, all rows or none, twice is once, and back from an export."""

import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from openpyxl import Workbook, load_workbook
from sqlmodel import select

from pilot.domain.drafts import Number, ProjectDraft
from pilot.domain.errors import NotAllowed, Refused
from pilot.domain.identifiers import IdentifierKind
from pilot.domain.import_columns import ImportKind
from pilot.domain.moment import moment
from pilot.domain.people import Role
from pilot.domain.vocabulary import Gate, Stage, State
from pilot.reports import exports
from pilot.reports.columns import PROJECTS, RESULTS
from pilot.reports.exports import Encoding
from pilot.reports.templates import write_template
from pilot.services import importing, projects
from pilot.services.command import perform
from pilot.services.importing import Outcome
from pilot.services.importing import batch as batch_module
from pilot.services.importing import many_results as many_results_module
from pilot.services.importing.book import Book
from pilot.services.sheets import read_table
from pilot.store import journal
from pilot.store.engine import reading, writing
from pilot.store.models import (
    Claim,
    GatePlan,
    JournalEntry,
    Organisation,
    Project,
    ProjectSpan,
    Result,
    ResultHolder,
    ResultIdentifier,
    TransferSpan,
)
from tests import factories
from tests import factories_registry as registry
from tests.conftest import empty
from tests.export_portfolio import FORMULA, RARE, portfolio
from tests.factories import NOON

PATENT = "201911044411.X"
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def people(engine):
    """A base with code lists, a unit, an institute and a person to name."""
    return settled(engine)


def settled(engine):
    with writing(engine) as session:
        team = factories.team(session)
        registry.organisation(session, team, name="示例化工有限公司")
        registry.institute(session, team, name="示例研究所（大连）")
        registry.person(session, team, name="张工")
    return team


def as_csv(rows: list[dict], encoding: str = "utf-8-sig") -> bytes:
    text = io.StringIO(newline="")
    out = csv.DictWriter(text, list(rows[0]), lineterminator="\r\n")
    out.writeheader()
    out.writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows: list[dict]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    book.save(file)
    return file.getvalue()


def bring_in(engine, people, kind, data, *, apply_it=True, name="x.csv", now=LATER):
    table = read_table(data, name)
    return importing.run(engine, kind, table, by=people.manager.id, now=now, apply_it=apply_it)


def project_row(**fields) -> dict:
    row = {
        "项目编号": "ZS-2026-001",
        "项目名称": "示例催化剂中试",
        "成果持有方": "示例研究所（大连）",
        "项目经理": "张工",
        "所在区划代码": "211102",
        "预算（万元）": "120.50",
    }
    return row | fields


def result_row(**fields) -> dict:
    row = {
        "成果名称": "示例催化新工艺",
        "成果类型": "发明专利",
        "持有方": "示例研究所（大连）",
        "专利号": PATENT,
        "非密声明": "是",
    }
    return row | fields


def projects_of(engine) -> list[Project]:
    with reading(engine) as session:
        return list(session.exec(select(Project).order_by(Project.code)))


def count(engine, kind) -> int:
    with reading(engine) as session:
        return len(session.exec(select(kind)).all())


def told(batch) -> list[tuple]:
    return [(one.row, one.column, one.rule) for one in batch.problems if one.hard]


# --- checking and applying -----------------------------------------------------------------------


def test_checking_a_file_writes_nothing(engine, people):
    batch = bring_in(engine, people, ImportKind.PROJECTS, as_csv([project_row()]), apply_it=False)

    assert batch.totals[Outcome.NEW] == 1
    assert not batch.applied
    assert count(engine, Project) == count(engine, JournalEntry) == 0


def test_applying_a_good_file_is_one_entry_in_the_journal(engine, people):
    rows = [project_row(), project_row(项目编号="ZS-2026-002", 项目名称="示例二")]
    batch = bring_in(engine, people, ImportKind.PROJECTS, as_csv(rows))

    assert batch.applied
    assert [row.code for row in projects_of(engine)] == ["ZS-2026-001", "ZS-2026-002"]
    with reading(engine) as session:
        entry = session.exec(select(JournalEntry)).one()
    assert (entry.action, entry.reason) == ("import.apply", "导入项目：新增 2")


def test_one_bad_row_keeps_every_row_out(engine, people):
    rows = [project_row(), project_row(项目编号="ZS-2026-002", 成果持有方="没有登记的单位")]
    batch = bring_in(engine, people, ImportKind.PROJECTS, as_csv(rows))

    assert batch.refused
    assert told(batch) == [(3, "成果持有方", "unit-unknown")]
    assert count(engine, Project) == 0


def test_every_problem_of_every_row_is_listed(engine, people):
    rows = [
        project_row(项目经理="李工", 技术领域="烘焙"),
        project_row(**{"项目编号": "ZS-2026-002", "项目名称": "", "预算（万元）": "120美元"}),
    ]
    rows = [{"技术领域": ""} | row for row in rows]
    batch = bring_in(engine, people, ImportKind.PROJECTS, as_csv(rows))

    assert sorted(told(batch)) == [
        (2, "技术领域", "read-code"),
        (2, "项目经理", "person-unknown"),
        (3, "项目名称", "required"),
        (3, "预算（万元）", "read-money"),
    ]
    assert all(one.message and one.remedy for one in batch.problems)


def test_a_row_that_the_verb_refuses_keeps_every_row_out(engine, people, monkeypatch):
    monkeypatch.setattr(Book, "_judge", lambda *_: None)
    rows = [project_row(), project_row(项目编号="ZS-2026-002", 项目名称="")]
    table = read_table(as_csv(rows), "x.csv")

    with pytest.raises(Refused) as refused:
        perform(
            engine, importing.apply, ImportKind.PROJECTS, table, by=people.manager.id, now=LATER
        )

    assert [(one.row, one.column) for one in refused.value.problems] == [(3, "项目名称")]
    assert count(engine, Project) == 0


def test_only_a_manager_may_import(engine, people):
    with writing(engine) as session:
        visitor = factories.actor(session, people.base, Role.RESEARCHER)
    table = read_table(as_csv([project_row()]), "x.csv")

    with pytest.raises(NotAllowed):
        importing.run(engine, ImportKind.PROJECTS, table, by=visitor.id, now=LATER, apply_it=False)


# --- twice is once -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        pytest.param(ImportKind.PROJECTS, project_row(), id="projects"),
        pytest.param(ImportKind.RESULTS, result_row(), id="results without a code"),
        pytest.param(
            ImportKind.ORGANISATIONS,
            {"单位名称": "示例新材料厂", "单位类型": "企业", "统一社会信用代码": registry.uscc(77)},
            id="organisations",
        ),
    ],
)
def test_the_same_file_again_changes_nothing(engine, people, kind, row):
    first = bring_in(engine, people, kind, as_csv([row]))
    entries = count(engine, JournalEntry)
    again = bring_in(engine, people, kind, as_csv([row]))

    assert (first.totals[Outcome.NEW], again.totals[Outcome.UNCHANGED]) == (1, 1)
    assert not again.applied
    assert count(engine, JournalEntry) == entries


def test_a_check_keeps_no_row_and_counts_what_it_does_not_list(engine, people, monkeypatch):
    monkeypatch.setattr(importing.batch, "LISTED", 3)
    rows = [project_row(项目编号=f"ZS-2026-{n:03}", 项目经理="无此人") for n in range(1, 6)]
    batch = bring_in(engine, people, ImportKind.PROJECTS, as_csv(rows), apply_it=False)

    assert (len(batch.problems), batch.left_out, batch.refused) == (3, 2, True)
    assert (batch.rows, batch.totals[Outcome.REFUSED], batch.ready) == (5, 5, None)


@pytest.mark.parametrize(
    ("brought", "then"),
    [
        pytest.param(("ZS-2026-甲", "ZS-2026-012A"), "ZS-2026-001", id="of another make"),
        pytest.param(("ZS-2026-999", "ZS-2026-1000"), "ZS-2026-1001", id="past three digits"),
        pytest.param(("ZS-2026-0000005", "ZS-2026-041"), "ZS-2026-042", id="with more noughts"),
    ],
)
def test_a_project_is_numbered_after_the_codes_that_a_file_brought(engine, people, brought, then):
    rows = [project_row(项目编号=code, 项目名称=f"示例 {code}") for code in brought]
    assert bring_in(engine, people, ImportKind.PROJECTS, as_csv(rows)).applied

    draft = ProjectDraft(name="示例新项目")
    perform(engine, projects.register, draft, by=people.manager.id, now=LATER)

    assert then in {row.code for row in projects_of(engine)}


def test_only_what_differs_is_changed(engine, people):
    rows = [project_row(), project_row(项目编号="ZS-2026-002", 项目名称="示例二")]
    bring_in(engine, people, ImportKind.PROJECTS, as_csv(rows))
    rows[1]["预算（万元）"] = "99"
    batch = bring_in(engine, people, ImportKind.PROJECTS, as_csv(rows))

    assert [plan.outcome for plan in batch.ready.plans] == [Outcome.UNCHANGED, Outcome.CHANGED]
    assert [row.budget for row in projects_of(engine)] == [Decimal("120.50"), Decimal(99)]


def test_a_column_that_the_file_lacks_leaves_records_as_they_are(engine, people):
    bring_in(engine, people, ImportKind.PROJECTS, as_csv([project_row()]))
    fewer = [{"项目编号": "ZS-2026-001", "项目名称": "新的名称"}]
    bring_in(engine, people, ImportKind.PROJECTS, as_csv(fewer))

    row = projects_of(engine)[0]
    assert (row.name, row.budget, row.area) == ("新的名称", Decimal("120.50"), "211102")


def test_a_result_is_found_again_by_its_patent_number(engine, people):
    bring_in(engine, people, ImportKind.RESULTS, as_csv([result_row()]))
    renamed = result_row(成果名称="改了名称", 专利号=f"ZL {PATENT}")
    batch = bring_in(engine, people, ImportKind.RESULTS, as_csv([renamed]))

    assert batch.totals[Outcome.CHANGED] == 1
    assert count(engine, Result) == 1


def test_a_patent_of_another_result_is_a_problem(engine, people):
    bring_in(engine, people, ImportKind.RESULTS, as_csv([result_row()]))
    other = result_row(成果名称="另一项成果") | {"成果编号": "CG-2026-0009"}
    batch = bring_in(engine, people, ImportKind.RESULTS, as_csv([other]), apply_it=False)

    assert told(batch) == [(2, "专利号", "number-taken")]


def namesakes(engine, people, *units):
    """People called 李工, one at each unit."""
    with writing(engine) as session:
        known = {unit.name: unit.id for unit in session.exec(select(Organisation))}
        return [
            registry.person(session, people, name="李工", organisation_id=known.get(unit)).id
            for unit in units
        ]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        pytest.param("李工", None, id="of namesakes the holder's"),
        pytest.param("张工", None, id="one of that name anywhere"),
        pytest.param("王工", "person-unknown", id="nobody of that name"),
        pytest.param("赵工", "person-ambiguous", id="two, neither at a holder"),
    ],
)
def test_who_is_responsible_for_a_result_is_found_by_name(engine, people, name, rule):
    ids = namesakes(engine, people, "示例化工有限公司", "示例研究所（大连）")
    with writing(engine) as session:
        for _ in range(2):
            registry.person(session, people, name="赵工")
    batch = bring_in(engine, people, ImportKind.RESULTS, as_csv([result_row(成果负责人=name)]))

    assert told(batch) == ([(2, "成果负责人", rule)] if rule else [])
    with reading(engine) as session:
        found = session.exec(select(Result.contact_id)).all()
    assert len(found) == (rule is None)
    assert name != "李工" or found == [ids[1]]


def test_a_blank_cell_takes_the_person_away_and_a_missing_column_does_not(engine, people):
    (person_id,) = namesakes(engine, people, "示例研究所（大连）")
    seen = []
    for fields in ({"成果负责人": "李工"}, {"成果简介": "补充"}, {"成果负责人": ""}):
        bring_in(engine, people, ImportKind.RESULTS, as_csv([result_row(**fields)]))
        with reading(engine) as session:
            seen.append(session.exec(select(Result.contact_id)).one())
    assert seen == [person_id, person_id, None]


def test_two_rows_about_one_project_are_a_problem(engine, people):
    batch = bring_in(engine, people, ImportKind.PROJECTS, as_csv([project_row(), project_row()]))

    assert told(batch) == [(3, "项目编号", "row-twice")]


def test_a_unit_can_be_named_by_its_credit_code(engine, people):
    with reading(engine) as session:
        unit = session.exec(
            select(Organisation).where(Organisation.name == "示例化工有限公司")
        ).one()
    bring_in(engine, people, ImportKind.PROJECTS, as_csv([project_row(成果持有方=unit.uscc)]))

    assert projects_of(engine)[0].holder_id == unit.id


def test_a_name_and_a_code_of_different_units_are_a_problem(engine, people):
    with reading(engine) as session:
        unit = session.exec(
            select(Organisation).where(Organisation.name == "示例化工有限公司")
        ).one()
    row = project_row() | {"持有方统一社会信用代码": unit.uscc}
    batch = bring_in(engine, people, ImportKind.PROJECTS, as_csv([row]))

    assert told(batch) == [(2, "成果持有方", "unit-mismatch")]


# --- what a file may not do ----------------------------------------------------------------------


def test_a_new_project_may_be_taken_over_further_on(engine, people):
    row = project_row() | {"阶段": "中试验证", "进入本阶段日期": "2026-03-01"}
    row |= {"下一阶段门": "G2 准入投料", "计划日期": "2026-09-01"}
    bring_in(engine, people, ImportKind.PROJECTS, as_csv([row]))

    project = projects_of(engine)[0]
    assert (project.entry_stage, project.entered_on) == (Stage.PILOT, date(2026, 3, 1))
    with reading(engine) as session:
        plan = session.exec(select(GatePlan)).one()
    assert (plan.gate, plan.planned_on) == (Gate.G2, date(2026, 9, 1))


def test_an_import_never_moves_a_project_past_a_gate(engine, people):
    bring_in(engine, people, ImportKind.PROJECTS, as_csv([project_row()]))
    row = project_row() | {"阶段": "本地产业化", "状态": "已产业化"}
    batch = bring_in(engine, people, ImportKind.PROJECTS, as_csv([row]))

    assert told(batch) == [(2, "阶段", "moved-by-decision"), (2, "状态", "moved-by-decision")]
    assert projects_of(engine)[0].state is State.ACTIVE


@pytest.mark.parametrize(
    ("heading", "rule"), [("备注", "header-unknown"), ("名称 项目", "header-unknown")]
)
def test_a_column_nobody_knows_is_refused_and_not_passed_over(engine, people, heading, rule):
    batch = bring_in(engine, people, ImportKind.PROJECTS, as_csv([project_row() | {heading: ""}]))

    assert told(batch) == [(1, heading, rule)]
    assert count(engine, Project) == 0


def test_a_missing_column_is_named(engine, people):
    batch = bring_in(engine, people, ImportKind.RESULTS, as_csv([{"成果名称": "示例"}]))

    assert told(batch) == [
        (1, "成果类型", "header-missing"),
        (1, "持有方", "header-missing"),
        (1, "非密声明", "header-missing"),
    ]


def test_a_classified_result_is_refused(engine, people):
    batch = bring_in(engine, people, ImportKind.RESULTS, as_csv([result_row(非密声明="否")]))

    assert told(batch) == [(2, "非密声明", "classified")]


# --- how files are written -----------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_usual_encoding_is_read(engine, people, encoding):
    data = as_csv([project_row(项目名称=RARE)], encoding)
    bring_in(engine, people, ImportKind.PROJECTS, data)

    assert projects_of(engine)[0].name == RARE


@pytest.mark.parametrize(
    "written", ["2024-10-08", "2024/10/8", "2024.10.8", "2024年10月8日", "２０２４年１０月８日"]
)
def test_every_usual_way_to_write_a_day_is_read(engine, people, written):
    row = project_row() | {"进入本阶段日期": written}
    bring_in(engine, people, ImportKind.PROJECTS, as_csv([row]))

    assert projects_of(engine)[0].entered_on == date(2024, 10, 8)


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param(date(2024, 10, 8), id="a date"),
        pytest.param(datetime(2024, 10, 8, 9, 30), id="a time"),  # noqa: DTZ001
        pytest.param(45573, id="a serial number"),
        pytest.param("2024-10-08", id="a text"),
    ],
)
def test_a_day_in_a_workbook_is_read_whatever_its_cell_is(engine, people, cell):
    row = project_row() | {"进入本阶段日期": cell, "预算（万元）": 120.5}
    bring_in(engine, people, ImportKind.PROJECTS, as_xlsx([row]), name="x.xlsx")

    project = projects_of(engine)[0]
    assert (project.entered_on, project.budget) == (date(2024, 10, 8), Decimal("120.50"))


def test_full_width_digits_labels_and_codes_are_read(engine, people):
    row = project_row(**{"预算（万元）": "１２０．５"})
    row |= {"技术领域": "catalyst", "国民经济行业代码": "2661", "场地": "辽滨、双台子"}
    bring_in(engine, people, ImportKind.PROJECTS, as_csv([row]))

    project = projects_of(engine)[0]
    assert (project.budget, project.field) == (Decimal("120.50"), "catalyst")
    assert project.industry_edition == "GB/T 4754-2017"


def test_english_keys_are_headings_too(engine, people):
    rows = [{"code": "ZS-2026-001", "name": "示例", "area": "211102"}]
    bring_in(engine, people, ImportKind.PROJECTS, as_csv(rows))

    assert projects_of(engine)[0].name == "示例"


def test_every_heading_of_the_exported_list_can_be_imported():
    known = {column.heading for column in ImportKind.PROJECTS.columns}

    assert {column.heading for column in PROJECTS} <= known


def test_who_is_responsible_has_one_heading_in_template_and_export():
    template = {column.key: column.heading for column in ImportKind.RESULTS.columns}

    assert template["contact"] in [column.heading for column in RESULTS]


@pytest.mark.parametrize("kind", ImportKind)
def test_no_two_columns_share_a_name(kind):
    names = [name for column in kind.columns for name in set(column.names)]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("kind", ImportKind)
def test_the_template_can_be_filled_in_and_imported(engine, people, kind):
    file = io.BytesIO()
    with reading(engine) as session:
        write_template(session, people.base.id, kind, file)
    book = load_workbook(file)
    with writing(engine) as session:
        registry.result(session, people, title="示例可转成果")
    values = {
        ImportKind.PROJECTS: project_row(),
        ImportKind.RESULTS: result_row(),
        ImportKind.PERSONS: {"姓名": "示例王工", "人员类型": "项目经理"},
        ImportKind.TRANSFERS: {
            "成果名称": "示例可转成果",
            "转化方式": "自行投资实施转化",
            "转化日期": "2026-03-01",
        },
        ImportKind.ORGANISATIONS: {
            "单位名称": "示例新材料厂",
            "单位类型": "企业",
            "统一社会信用代码": registry.uscc(77),
        },
    }[kind]
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    sheet.append([values.get(heading) for heading in headings])
    filled = io.BytesIO()
    book.save(filled)

    batch = bring_in(engine, people, kind, filled.getvalue(), name="x.xlsx")

    assert batch.applied, told(batch)
    assert book.sheetnames[1:] == ["填写说明", "代码表"]


# --- there and back ------------------------------------------------------------------------------


def exported(engine, people, suffix) -> bytes:
    view = moment(LATER + timedelta(hours=2))
    file = io.BytesIO()
    with reading(engine) as session:
        asked = exports.asked(session, people.manager, "projects", view)
        if suffix == "xlsx":
            exports.write_xlsx(session, asked, file)
        else:
            encoding = Encoding.GB18030 if suffix == "gb18030" else Encoding.UTF8
            exports.write_csv(session, asked, file, encoding)
    return file.getvalue()


def named(suffix) -> str:
    return "x.xlsx" if suffix == "xlsx" else "x.csv"


@pytest.mark.parametrize("suffix", ["csv", "gb18030", "xlsx"])
def test_an_exported_list_brought_back_changes_nothing(engine, suffix):
    with writing(engine) as session:
        people = portfolio(session).people
    before = exported(engine, people, suffix)
    batch = bring_in(engine, people, ImportKind.PROJECTS, before, name=named(suffix))

    assert batch.totals[Outcome.UNCHANGED] == batch.rows == 3
    assert exported(engine, people, suffix) == before


def listed(data: bytes, suffix: str) -> object:
    """The list itself: a workbook also says where it comes from, and that is another base."""
    if suffix != "xlsx":
        return data
    return list(load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True))


@pytest.mark.parametrize("suffix", ["csv", "gb18030", "xlsx"])
def test_an_exported_list_brought_into_an_empty_base_is_exported_the_same(engine, suffix):
    with writing(engine) as session:
        people = portfolio(session).people
        other = factories.team(session, "QT")
        holder = session.exec(select(Organisation).order_by(Organisation.id)).first()
        registry.institute(session, other, name=holder.name, uscc=holder.uscc)
        registry.person(session, other, name="示例负责人")
    before = exported(engine, people, suffix)
    batch = bring_in(engine, other, ImportKind.PROJECTS, before, name=named(suffix))

    assert batch.applied, told(batch)
    assert listed(exported(engine, other, suffix), suffix) == listed(before, suffix)
    with reading(engine) as session:
        names = session.exec(select(Project.name).where(Project.base_id == other.base.id))
        assert FORMULA in set(names)


# --- many at once --------------------------------------------------------------------------------


def many_results() -> list[dict]:
    """New results of every shape: with and without code, numbers, shares; one in a package."""
    rows = [
        result_row(成果名称=f"示例成果{n}", 专利号="", 成果编号="", 所属成果包编号="", 标准编号="")
        for n in range(8)
    ]
    rows[0] |= {"专利号": PATENT, "标准编号": "GB/T 12345-2020"}
    rows[1] |= {"成果编号": "CG-2026-0007"}
    rows[2] |= {"持有方": "示例研究所（大连）、示例化工有限公司", "持有份额（%）": "60、40"}
    rows[4] |= {"所属成果包编号": "CG-2026-0007"}
    rows[5] |= {"成果编号": "CG-2026-10001", "成果简介": "第一行\n第二行"}
    for row in rows:
        row.setdefault("持有份额（%）", "")
        row.setdefault("成果简介", "")
    return rows


def records(engine) -> dict[str, list[dict]]:
    """Every row that an import of results leaves, and its journal entry without hash and key."""
    kinds = (Result, ResultHolder, ResultIdentifier, Claim, ProjectSpan, TransferSpan, JournalEntry)
    with reading(engine) as session:
        found = {}
        for kind in kinds:
            keys = kind.__table__.primary_key.columns
            rows = session.exec(select(kind).order_by(*keys)).all()
            hidden = {"hash", "previous", "key"} if kind is JournalEntry else set()
            found[kind.__tablename__] = [row.model_dump(exclude=hidden) for row in rows]
    return found


def test_new_results_as_a_whole_are_what_the_verb_writes_row_by_row(engine, people, monkeypatch):
    """The same file by the verb, then in an equal base as a whole: every record is equal."""
    data = as_csv(many_results())
    with monkeypatch.context() as patched:
        patched.setattr(many_results_module, "plain", lambda _plan: False)
        batch = bring_in(engine, people, ImportKind.RESULTS, data)
    assert batch.applied, told(batch)
    by_verb = records(engine)
    empty(engine)
    batch = bring_in(engine, settled(engine), ImportKind.RESULTS, data)

    assert batch.applied, told(batch)
    assert len(by_verb["result"]) == 8
    assert records(engine) == by_verb


def test_a_code_given_twice_is_told_by_its_row(engine, people):
    rows = many_results()[:2]
    rows[1]["成果编号"] = "CG-2026-0001"  # which the first row is given
    with pytest.raises(Refused) as refused:
        bring_in(engine, people, ImportKind.RESULTS, as_csv(rows))

    assert [(one.row, one.column) for one in refused.value.problems] == [(3, None)]
    assert count(engine, Result) == 0


def test_what_changed_between_check_and_turn_is_judged_anew(engine, people, monkeypatch):
    """Somebody enters the patent after the file was checked and before its turn."""
    real, number = batch_module.perform, Number(IdentifierKind.PATENT, PATENT)

    def late(*args, **options):
        with writing(engine) as session:
            registry.result(session, people, numbers=(number,))
        with writing(engine) as session:  # as every verb does, by its entry
            head = journal.lock(session, people.base.id)
            note = journal.Note(
                people.base.id, LATER, people.manager.id, "result.save", "result", 1
            )
            change = {"table": "result", "id": 1, "row": (1,), "fields": {"title": [None, "x"]}}
            journal.append(session, head, note, [change], LATER)
        return real(*args, **options)

    monkeypatch.setattr(batch_module, "perform", late)
    with pytest.raises(Refused) as refused:
        bring_in(engine, people, ImportKind.RESULTS, as_csv([result_row(成果编号="CG-2026-0009")]))
    assert [one.rule for one in refused.value.problems] == ["number-taken"]
