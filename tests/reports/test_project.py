"""A project at a view: what was true then, and what was known then."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from pilot.domain.errors import NotFound
from pilot.domain.moment import Moment, end_of_day
from pilot.domain.vocabulary import (
    Conclusion,
    EvidenceState,
    Gate,
    Indicator,
    LandingLevel,
    Scope,
    Stage,
    Standing,
    State,
)
from pilot.reports import blockers, effect, project, project_papers, project_proof, rounds
from pilot.services import evidence, lifecycle, projects
from pilot.store.models import Claim
from tests import factories, factories_registry
from tests.factories import clock

LATER = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
NOW = Moment(2026, date(2026, 6, 1), LATER)


@pytest.fixture
def people(session):
    return factories.team(session)


def on(day: date, *, known: datetime = LATER) -> Moment:
    return Moment(2026, day, known, live=False)


def head(session, people, row, view=NOW, reader=None):
    return project.head(session, reader or people.manager, row.id, view)


# --- the head ---


@pytest.mark.parametrize(
    ("day", "stage", "state", "gate"),
    [
        pytest.param(date(2026, 1, 5), Stage.POOL, State.ACTIVE, Gate.G0, id="the day it entered"),
        pytest.param(date(2026, 1, 6), Stage.POOL, State.AWAITING, Gate.G0, id="submitted"),
        pytest.param(date(2026, 1, 16), Stage.CONCEPT, State.ACTIVE, Gate.G1, id="G0 held"),
        pytest.param(date(2026, 2, 11), Stage.PILOT, State.ACTIVE, Gate.G2, id="G1 and admitted"),
    ],
)
def test_the_head_is_the_project_as_it_was_on_that_day(session, people, day, stage, state, gate):
    row = factories.before_gate(session, people, Gate.G2)
    shown = head(session, people, row, on(day))
    assert (shown.stage, shown.state, shown.next_gate) == (stage, state, gate)


def test_what_was_recorded_later_is_not_shown_as_known_then(session, people):
    row = factories.project(session, people)
    known = clock(session)
    factories.pass_gate(session, people, row, on=date(2026, 1, 6))
    then = on(date(2026, 6, 1), known=known)
    assert head(session, people, row, then).stage is Stage.POOL
    assert head(session, people, row, then).passed == frozenset()
    assert head(session, people, row).passed == {Gate.G0}


def test_before_its_first_day_a_project_is_not_there_and_the_sentence_says_when(session, people):
    row = factories.project(session, people)
    with pytest.raises(NotFound, match="截至 2026-01-04"):
        head(session, people, row, on(date(2026, 1, 4)))


def test_another_base_reads_nothing_and_the_province_everything(session, people):
    row = factories.project(session, people)
    stranger = factories.team(session, "YK")
    with pytest.raises(NotFound):
        head(session, people, row, reader=stranger.manager)
    assert head(session, people, row, reader=stranger.province).base == "示例中试基地"


def test_only_the_own_base_may_act_and_only_today(session, people):
    row = factories.project(session, people)
    stranger = factories.team(session, "YK")
    assert head(session, people, row).writable
    assert not head(session, people, row, replace(NOW, live=False)).writable
    assert not head(session, people, row, reader=stranger.province).writable


def test_days_in_stage_are_counted_to_the_view(session, people):
    row = factories.before_gate(session, people, Gate.G1)
    assert head(session, people, row, on(date(2026, 1, 26))).days_in_stage == 10


# --- papers, plans, runs, plants ---


def test_a_paper_reads_as_it_was_known_then(session, people):
    row = factories.project(session, people)
    evidence.submit(session, row.id, "D02", by=people.manager, at=clock(session), title="小试报告")
    between = clock(session)
    factories.paper(session, people, row, "D02", title="小试报告（修订）")
    states = [
        next(line for line in project_papers.papers(session, head(session, people, row, view), view)
             if line.doc_code == "D02")
        for view in (on(date(2026, 6, 1), known=between), NOW)
    ]  # fmt: skip
    assert [(line.state, line.version) for line in states] == [
        (EvidenceState.SUBMITTED, 1),
        (EvidenceState.QUALIFIED, 2),
    ]


def test_a_paper_past_its_validity_reads_as_expired_from_the_next_day(session, people):
    row = factories.project(session, people)
    factories.paper(session, people, row, "D02", valid_until=date(2026, 3, 1))
    seen = []
    for day in (date(2026, 3, 1), date(2026, 3, 2)):
        lines = project_papers.papers(session, head(session, people, row, on(day)), on(day))
        seen += [line.state for line in lines if line.doc_code == "D02"]
    assert seen == [EvidenceState.QUALIFIED, EvidenceState.EXPIRED]


def test_every_paper_names_the_gates_that_ask_for_it(session, people):
    row = factories.project(session, people)
    lines = project_papers.papers(session, head(session, people, row), NOW)
    asked = {line.doc_code: line.gates for line in lines}
    assert asked["D03"] == (Gate.G1, Gate.G3, Gate.G4)
    assert asked["D05"] == (Gate.G2,)


def test_a_slip_stays_visible(session, people):
    row = factories.project(session, people)
    for day, reason in ((date(2026, 7, 1), ""), (date(2026, 8, 1), "装置延期")):
        projects.plan_gate(
            session, row.id, Gate.G0, day, by=people.manager, at=clock(session), reason=reason
        )
    plans = project_proof.plan_frame(session, head(session, people, row), NOW)
    assert plans["计划日期"].tolist() == [date(2026, 7, 1), date(2026, 8, 1)]
    assert plans["现行"].tolist() == ["○ 已调整", "● 现行"]


def test_a_level_is_unverified_as_known_before_its_verification(session, people):
    row = factories.before_gate(session, people, Gate.G3)
    plant = factories.plant(session, people, row)
    step = factories.level(session, people, plant, LandingLevel.L4, verified=False)
    between = clock(session)
    factories.landing.verify_step(session, step.id, by=people.one, at=clock(session))
    seen = [
        project_proof.plants(session, head(session, people, row, view), view)[0].steps[0].checker
        for view in (on(date(2026, 6, 1), known=between), NOW)
    ]
    assert seen == ["", "示例评审甲"]


def test_a_level_is_not_withdrawn_before_its_day(session, people):
    row = factories.before_gate(session, people, Gate.G3)
    plant = factories.plant(session, people, row)
    step = factories.level(session, people, plant, LandingLevel.L4)
    factories.landing.withdraw_step(
        session, step.id, by=people.manager, at=clock(session), on=date(2026, 5, 20), reason="撤销"
    )
    seen = [
        project_proof.plants(session, head(session, people, row, view), view)[0].steps[0]
        for view in (on(date(2026, 5, 19)), on(date(2026, 5, 20)))
    ]
    assert [each.withdrawn_on for each in seen] == [None, date(2026, 5, 20)]


def test_runs_and_notes_of_later_days_are_left_out(session, people):
    row = factories.before_gate(session, people, Gate.G3)
    projects.note(
        session, row.id, "五月的进展", by=people.manager, at=clock(session), on=date(2026, 5, 1)
    )
    early, late = on(date(2026, 4, 5)), on(date(2026, 5, 1))
    shown = head(session, people, row, early)
    assert project_proof.run_frame(session, shown, early).empty
    assert not project_proof.run_frame(session, shown, late).empty
    assert not project.notes(session, row.id, early)
    assert [note["text"] for note in project.notes(session, row.id, late)] == ["五月的进展"]


def test_the_claims_of_a_project_are_those_that_stood_then(session, people):
    row = factories.before_gate(session, people, Gate.G2)
    known = clock(session)
    lifecycle.ask_void(session, row.id, by=people.manager, at=clock(session), reason="重复")
    lifecycle.void(session, row.id, by=people.decider, at=clock(session), reason="重复")
    then = on(date(2026, 6, 1), known=known)
    counted = project_proof.claim_frame(session, head(session, people, row, then), [], then)
    assert counted["情况"].tolist() == ["计入", "计入"]
    assert project_proof.claim_frame(session, head(session, people, row), [], NOW).empty


# --- rounds and decisions ---


def test_a_superseded_decision_still_stood_before_the_correction(session, people):
    review = factories.at_gate(session, people, Gate.G1)
    old = factories.decide(session, people, review, Conclusion.REJECT)
    between = clock(session)
    factories.decisions.correct(
        session, old.id, Conclusion.HOLD,
        by=people.decider, at=clock(session), reason="录错", held_on=old.held_on,
    )  # fmt: skip
    told = [
        [(each.conclusion, each.superseded) for each in rounds.rounds_of(
            session, review.project_id, view)[0].taken]
        for view in (on(date(2026, 6, 1), known=between), NOW)
    ]  # fmt: skip
    assert told == [
        [(Conclusion.REJECT, False)],
        [(Conclusion.HOLD, False), (Conclusion.REJECT, True)],
    ]


def test_a_round_waits_only_between_its_submission_and_its_decision(session, people):
    review = factories.at_gate(session, people, Gate.G0)
    before = clock(session)
    factories.prove(session, people, review)
    factories.decide(session, people, review)
    views = (on(date(2026, 1, 5), known=before), on(date(2026, 6, 1), known=before), NOW)
    assert [len(rounds.waiting(session, people.manager, view)) for view in views] == [0, 1, 0]


def test_what_waits_for_the_reader_comes_first(session, people):
    factories.at_gate(session, people, Gate.G0)
    scored = factories.at_gate(session, people, Gate.G1)
    ids = [people.one.id, people.other.id]
    factories.reviews.assign(session, scored.id, ids, by=people.manager, at=clock(session))
    duties = [(each.gate, each.duty) for each in rounds.waiting(session, people.one, NOW)]
    assert duties == [(Gate.G1, "请提交评分"), (Gate.G0, "")]
    assert rounds.waiting(session, people.decider, NOW)[0].duty == "请作结论"
    assert rounds.waiting(session, people.manager, NOW)[0].duty == ""


# --- what blocks, what would change ---


def test_before_a_round_papers_and_the_projects_own_guards_block(session, people):
    row = factories.before_gate(session, people, Gate.G3)
    found = blockers.blockers(session, head(session, people, row), NOW)
    assert found.title == "G3 中试验收：通过前须解决"
    assert [reason[:3] for reason in found.reasons] == ["D14", "D15", "D16", "D17", "D18"]
    assert "提交评审后由两位评审人评分" in found.hints


def test_in_a_round_every_guard_blocks(session, people):
    review = factories.at_gate(session, people, Gate.G1)
    row = session.get(factories.Project, review.project_id)
    found = blockers.blockers(session, head(session, people, row), NOW)
    assert found.title == "G1 概念验证：评审中"
    assert "评分表 0/2：两位评审人都提交后才能作结论" in found.reasons


def test_an_ended_project_lacks_nothing(session, people):
    row = factories.project(session, people)
    lifecycle.move(
        session, row.id, "terminate", by=people.manager, at=clock(session), reason="资金"
    )
    found = blockers.blockers(session, head(session, people, row), NOW)
    assert (found.title, found.reasons) == ("项目已结束：终止", ())


def claim(people, sign=1, **fields) -> Claim:
    values = {
        "base_id": people.base.id, "indicator": Indicator.NEW_PILOT, "scope": Scope.CITY,
        "standing": Standing.COUNTED, "unit_kind": "project", "unit_id": 1, "year": 2026,
        "effective_on": date(2026, 2, 11), "recorded_at": LATER, "definition_id": 1, "rule": "x",
    }  # fmt: skip
    return Claim(sign=sign, **(values | fields))


def test_an_effect_is_told_as_before_and_after_with_its_unit(session, people):
    rows = [claim(people), claim(people, -1, standing=Standing.PENDING)]
    told = [each.words for each in effect.effects(session, people.base.id, NOW, rows)]
    assert told == ["新增中试项目（全市，2026 年）：计入 0 → 1，待核 0 → -1"]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="nothing is added"),
        pytest.param([1, -1], id="one basis takes the place of another"),
    ],
)
def test_numbers_that_stay_are_not_told(session, people, rows):
    entries = [claim(people, sign) for sign in rows]
    assert effect.effects(session, people.base.id, NOW, entries) == []


def test_an_effect_that_begins_later_is_not_told_today(session, people):
    rows = [claim(people, effective_on=NOW.as_of + timedelta(days=1))]
    assert effect.effects(session, people.base.id, NOW, rows) == []


def test_a_day_ends_at_midnight_in_shanghai(session, people):
    row = factories.project(session, people)
    known = end_of_day(date(2026, 5, 31))
    with pytest.raises(NotFound):
        head(session, people, row, on(date(2026, 6, 1), known=known))


def test_a_code_is_found_however_its_letters_are_typed(session, people):
    row, result = factories.project(session, people), factories_registry.result(session, people)

    assert project.id_of(session, people.base.id, f" {row.code.lower()} ") == row.id
    assert project.result_id(session, people.base.id, result.code.lower()) == result.id
    assert project.id_of(session, people.base.id, "ZS-0") == 0
    assert project.result_id(session, people.base.id, "CG-0") == 0
