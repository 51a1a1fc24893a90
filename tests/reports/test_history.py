"""The history of a project in words, from the journal; one catalogue of field names."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlmodel import SQLModel

from pilot.domain.moment import Moment
from pilot.domain.vocabulary import Conclusion, Gate, LandingLevel
from pilot.reports import history, project
from pilot.reports.fields import FIELDS, SILENT
from pilot.services import decisions, evidence, landing, lifecycle, projects, reviews
from pilot.services.command import perform
from pilot.store import queries_gates
from pilot.store.engine import reading, writing
from pilot.store.models import Project
from tests import factories

SOON = factories.NOON + timedelta(hours=1)
NOW = Moment(2026, date(2026, 6, 1), datetime(2026, 7, 1, tzinfo=UTC))


@pytest.mark.parametrize("table", FIELDS)
def test_every_column_has_a_name_or_is_left_out_on_purpose(table):
    columns = set(SQLModel.metadata.tables[table].columns.keys())
    assert columns - FIELDS[table].keys() - SILENT == set()


@pytest.mark.parametrize("table", FIELDS)
def test_the_catalogue_names_no_column_that_is_not_there(table):
    columns = set(SQLModel.metadata.tables[table].columns.keys())
    assert FIELDS[table].keys() - columns - {"sites"} == set()


@pytest.fixture
def people(engine):
    with writing(engine) as session:
        return factories.team(session)


def before(engine, people, gate=Gate.G0, **fields) -> int:
    with writing(engine) as session:
        return factories.before_gate(session, people, gate, **fields).id


def act(engine, verb, *args, by, **options):
    return perform(engine, verb, *args, by=by.id, now=SOON, **options).subject_id


def entries(engine, people, project_id, view=NOW):
    with reading(engine) as session:
        shown = project.head(session, people.manager, project_id, view)
        return history.history(session, shown, view).entries


def test_a_changed_field_is_told_as_old_and_new_with_who_when_and_why(engine, people):
    project_id = before(engine, people, budget=Decimal(100))
    with reading(engine) as session:
        draft = projects.draft_of(session.get(Project, project_id), ())
    act(
        engine, projects.edit, project_id, replace(draft, budget=Decimal(150), in_base=False),
        by=people.decider, reason="追加预算",
    )  # fmt: skip
    last = entries(engine, people, project_id)[0]
    assert (last.at, last.who, last.what) == ("2026-06-01 13:00", "示例经理乙", "修改项目")
    assert last.reason == "追加预算"
    assert last.changes == ("是否基地项目：是 → 否", "预算（万元）：100.00 → 150.00")


def test_a_new_project_is_told_without_blanks_and_noes(engine, people):
    draft = projects.ProjectDraft("示例项目", field="catalyst", sites=("liaobin",))
    project_id = act(engine, projects.register, draft, by=people.manager, on=date(2026, 5, 1))
    told = entries(engine, people, project_id)[0].changes
    assert "项目名称：示例项目" in told
    assert "技术领域：催化剂" in told
    assert "场地：辽滨" in told
    assert not [line for line in told if line.endswith(("：", "：否", "：None"))]


def test_names_stand_for_ids(engine, people):
    project_id = before(engine, people)
    act(engine, lifecycle.ask_void, project_id, by=people.manager, reason="重复")
    assert entries(engine, people, project_id)[0].changes == ("申请作废：示例经理甲",)


def test_a_decision_its_conditions_and_the_move_are_one_entry(engine, people):
    with writing(engine) as session:
        review = factories.at_gate(session, people, Gate.G1)
        factories.prove(session, people, review)
        factories.paper(session, people, session.get(Project, review.project_id), "D06")
    demand = decisions.ConditionDraft("补充检测", "示例负责人", date(2026, 9, 1))
    act(
        engine, decisions.decide, review.id, Conclusion.CONDITIONAL, by=people.decider,
        reason="尚可", held_on=date(2026, 2, 11), conditions=[demand],
    )  # fmt: skip
    told = entries(engine, people, review.project_id)[0]
    assert told.what == "作出评审结论"
    assert "G1 概念验证：有条件通过，评审日期 2026-02-11" in told.changes
    assert "条件：补充检测" in told.changes
    assert "阶段：概念验证·有条件 → 中试验证·有条件（2026-02-11 起）" in told.changes
    assert "新增中试项目（全市，2026 年）：计入 +1" in told.changes


def test_a_criterion_names_itself(engine, people):
    with writing(engine) as session:
        review = factories.at_gate(session, people, Gate.G1)
        row = next(r for r in queries_gates.checks(session, review.id) if r.doc_code is None)
    act(engine, reviews.check, row.id, "met", by=people.one)
    told = entries(engine, people, review.project_id)[0]
    assert told.changes == (f"{row.text} · 核对：未核对 → 符合",)


def test_scores_are_never_told(engine, people):
    with writing(engine) as session:
        review = factories.at_gate(session, people, Gate.G1)
    ids = [people.one.id, people.other.id]
    act(engine, reviews.assign, review.id, ids, by=people.manager)
    act(
        engine, reviews.score, review.id, by=people.one,
        technical=37, equipment=41, commercial=43, comment="数据不足",
    )  # fmt: skip
    told = entries(engine, people, review.project_id)
    assert told[0].changes == ("评分表已交；两份齐后在阶段门页公开",)
    assert told[1].changes == ("评审人：示例评审甲", "评审人：示例评审乙")


def test_a_replaced_paper_is_told_as_its_new_version(engine, people):
    project_id = before(engine, people)
    for title in ("小试报告", "小试报告（修订）"):
        act(engine, evidence.submit, project_id, "D02", by=people.manager, title=title)
    assert entries(engine, people, project_id)[0].changes == (
        "D02 第 2 版：已交",
        "名称：小试报告（修订）",
    )


def test_a_level_of_a_plant_belongs_to_the_projects_history(engine, people):
    with writing(engine) as session:
        row = factories.before_gate(session, people, Gate.G3)
        plant = factories.plant(session, people, row)
    step = act(
        engine, landing.reach, plant.id, LandingLevel.L4,
        by=people.manager, on=date(2026, 5, 1), proof="确认意见",
    )  # fmt: skip
    act(engine, landing.verify_step, step, by=people.one)
    told = entries(engine, people, row.id)
    assert told[0].changes[0] == "L4 · 核实人：示例评审甲"
    assert "产业化进度：L4 投产" in told[1].changes


def test_the_history_ends_where_the_view_knows_no_more(engine, people):
    project_id = before(engine, people)
    act(engine, projects.note, project_id, "第一次", by=people.manager)
    with reading(engine) as session:
        known = session.get(Project, project_id).touched_at
    act(engine, projects.note, project_id, "第二次", by=people.manager)
    then = Moment(2026, date(2026, 6, 1), known, live=False)
    assert [e.changes for e in entries(engine, people, project_id, then)] == [
        ("2026-06-01：第一次",)
    ]


def test_a_long_history_is_paged_latest_first(engine, people):
    project_id = before(engine, people)
    for number in range(history.PAGE + 1):
        act(engine, projects.note, project_id, f"第 {number} 次", by=people.manager)
    with reading(engine) as session:
        shown = project.head(session, people.manager, project_id, NOW)
        first, second = (history.history(session, shown, NOW, page) for page in (1, 2))
    assert (first.pages, len(first.entries), len(second.entries)) == (2, history.PAGE, 1)
    assert second.entries[0].changes == ("2026-06-01：第 0 次",)
