"""Public facts: recorded with their sources, never counted, shown as awaiting proof (待核)."""

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlmodel import select

from pilot.domain.moment import moment
from pilot.domain.vocabulary import Indicator, Scope, Stage, Standing
from pilot.services import public_facts
from pilot.services.command import perform
from pilot.store import queries_counting, queries_goals
from pilot.store.engine import reading, writing
from pilot.store.models import Claim, JournalEntry, Project, PublicFact, Target
from tests import factories
from tests.factories import NOON

M1, M2 = Indicator.NEW_PILOT, Indicator.INDUSTRIALISED
CITY, BASE = Scope.CITY, Scope.BASE


@pytest.fixture
def people(engine):
    with writing(engine) as session:
        return factories.team(session)


@pytest.fixture
def recorded(engine, people):
    record(engine, people)
    return people


def record(engine, people):
    rows = public_facts.load()
    perform(engine, public_facts.record_facts, rows, by=people.manager.id, now=NOON)


def test_every_fact_of_the_ledger_has_a_source():
    rows = public_facts.load()

    assert len(rows) == 15
    assert all(row.fact and row.source for row in rows)
    assert Counter(row.subject for row in rows) == {
        "project": 8, "result": 1, "base": 3, "target": 3,
    }  # fmt: skip


def test_every_fact_is_kept_with_its_words_and_its_day(engine, recorded):
    with reading(engine) as session:
        facts = {row.fact: row for row in session.exec(select(PublicFact))}

    assert len(facts) == 15
    plan = next(row for text, row in facts.items() if "计划在2024年四季度" in text)
    assert (plan.as_of, plan.as_of_text, plan.suggests) == (None, "2024-10", None)
    assert plan.source == "辽宁日报 2024-10 盘锦专版"


def test_projects_are_registered_with_what_the_sources_say_and_nothing_else(engine, recorded):
    with reading(engine) as session:
        found = {row.name: row for row in session.exec(select(Project))}

    assert {name: (row.entry_stage, row.entered_on) for name, row in found.items()} == {
        "天然脂肪醇合成技术": (Stage.PILOT, date(2022, 10, 21)),
        "高分子材料特种功能添加剂": (Stage.PILOT, date(2022, 10, 21)),
        "年产10万吨新材料(MMA路线)": (Stage.INDUSTRY, date(2024, 6, 19)),
        "格林凯默（项目名未公布）": (Stage.INDUSTRY, date(2026, 1, 20)),
        "辽宁金发科技有限公司（项目名未公布）": (Stage.PILOT, date(2026, 1, 20)),
    }
    assert all(row.holder_id is row.area is row.budget is None for row in found.values())
    assert "天津大学" in found["天然脂肪醇合成技术"].source


def test_no_report_in_the_press_ever_counts(engine, recorded):
    with reading(engine) as session:
        standings = set(session.exec(select(Claim.standing)))

    assert standings == {Standing.PENDING}


@pytest.mark.parametrize(
    ("year", "pending"),
    [
        (2022, {(M1, CITY): 2, (M1, BASE): 1}),
        (2024, {(M1, CITY): 1, (M1, BASE): 1}),
        (2026, {(M1, CITY): 1, (M1, BASE): 1, (M2, CITY): 2, (M2, BASE): 2}),
    ],
)
def test_what_the_sources_suggest_awaits_proof_in_its_year(engine, recorded, year, pending):
    view = moment(NOON + timedelta(hours=1), year=year)
    with reading(engine) as session:
        totals = queries_counting.totals(session, recorded.base.id, view)

    assert totals == {(*place, Standing.PENDING): number for place, number in pending.items()}


def test_the_goals_of_2024_are_the_citys(engine, recorded):
    with reading(engine) as session:
        goals = {row.indicator: row for row in session.exec(select(Target))}

    assert {word.value: row.goal for word, row in goals.items()} == {"M1": 10, "M2": 4, "M3": 80}
    assert {(row.year, row.scope) for row in goals.values()} == {(2024, CITY)}
    assert goals[M1].source == "全年10个以上（辽宁日报 2024-10 盘锦专版）"


def test_recording_twice_adds_nothing(engine, recorded):
    with reading(engine) as session:
        before = [len(session.exec(select(kind)).all()) for kind in (PublicFact, Project, Claim)]
        assert not public_facts.unknown(session, recorded.base.id, public_facts.load())
    record(engine, recorded)

    with reading(engine) as session:
        after = [len(session.exec(select(kind)).all()) for kind in (PublicFact, Project, Claim)]
    assert after == before


def test_a_goal_that_is_already_set_stays(engine, people):
    rows = [row for row in public_facts.load() if row.goal]
    with writing(engine) as session:
        session.add(
            Target(
                base_id=people.base.id,
                year=2024,
                indicator=M1,
                scope=CITY,
                goal=12,
                source="市政府工作报告",
                recorded_at=NOON,
            )
        )
    perform(engine, public_facts.record_facts, rows, by=people.manager.id, now=NOON)

    with reading(engine) as session:
        kept = queries_goals.target(session, people.base.id, 2024, M1, CITY)
    assert (kept.goal, kept.source) == (12, "市政府工作报告")


def test_the_journal_has_one_entry_for_all_of_it(engine, recorded):
    with reading(engine) as session:
        entry = session.exec(select(JournalEntry)).one()

    assert (entry.action, entry.subject) == ("fact.record", "base")
