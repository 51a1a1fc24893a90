"""What a gate decides: who, under which guards, what it changes, and how it is corrected."""

from datetime import date, timedelta
from threading import Thread

import pytest
from sqlmodel import Session

from pilot.domain.errors import Conflict, GuardFailed, Invalid, NotAllowed, PilotError, StalePage
from pilot.domain.gates import next_gate
from pilot.domain.moment import moment
from pilot.domain.vocabulary import (
    CheckState,
    Conclusion,
    Gate,
    Indicator,
    Scope,
    Stage,
    Standing,
    State,
)
from pilot.services import decisions, evidence, lifecycle, reviews
from pilot.services.command import Seen, perform, rehearse
from pilot.services.decisions import ConditionDraft
from pilot.store import queries_counting, queries_gates
from pilot.store.engine import reading, writing
from pilot.store.models import Decision, Project, Review
from tests import factories
from tests.factories import clock

HELD = date(2026, 2, 11)
LATER = factories.NOON + timedelta(hours=1)
DEMAND = ConditionDraft("补充第三方检测", "示例负责人", date(2026, 5, 1))


@pytest.fixture
def people(session):
    return factories.team(session)


def proven_round(session, people, gate=Gate.G1) -> Review:
    review = factories.at_gate(session, people, gate)
    factories.prove(session, people, review)
    return review


def project_of(session, review) -> Project:
    return session.get(Project, review.project_id)


def where(session, review) -> tuple[Stage, State]:
    project = project_of(session, review)
    return project.stage, project.state


def m1(session, people) -> int:
    totals = queries_counting.totals(session, people.base.id, moment(clock(session)))
    return totals.get((Indicator.NEW_PILOT, Scope.CITY, Standing.COUNTED), 0)


def test_who_submitted_does_not_decide(session, people):
    review = proven_round(session, people)
    with pytest.raises(NotAllowed, match="另一位管理人员"):
        decisions.decide(
            session, review.id, Conclusion.PASS,
            by=people.manager, at=clock(session), reason="通过", held_on=HELD,
        )  # fmt: skip


def test_a_decision_needs_a_reason(session, people):
    with pytest.raises(Invalid, match="理由"):
        factories.decide(session, people, proven_round(session, people), reason=" ")


@pytest.mark.parametrize(
    ("held_on", "sentence"),
    [
        pytest.param(date(2026, 1, 31), "不能早于提交评审", id="before the submission"),
        pytest.param(date(2026, 6, 2), "还没有到", id="in the future"),
    ],
)
def test_a_decision_is_held_between_submission_and_today(session, people, held_on, sentence):
    with pytest.raises(Invalid, match=sentence):
        factories.decide(session, people, proven_round(session, people), held_on=held_on)


def test_a_gate_with_everything_open_names_every_obstacle(session, people):
    review = factories.at_gate(session, people, Gate.G1)
    with pytest.raises(GuardFailed) as refused:
        factories.decide(session, people, review)
    lines = [row for row in queries_gates.checks(session, review.id)]
    required = [row for row in lines if row.requirement.value != "advisory"]
    assert len(refused.value.reasons) == len(required) + 1  # and the two cards


@pytest.mark.parametrize("conclusion", [Conclusion.SUPPLEMENT, Conclusion.HOLD, Conclusion.REJECT])
def test_what_is_no_pass_needs_no_proof_and_keeps_the_stage(session, people, conclusion):
    review = factories.at_gate(session, people, Gate.G1)
    factories.decide(session, people, review, conclusion)
    state = State.PAUSED if conclusion is Conclusion.HOLD else State.ACTIVE
    assert where(session, review) == (Stage.CONCEPT, state)
    assert review.closed_at is not None


def test_warnings_on_the_table_are_kept_with_the_decision(session, people):
    review = factories.at_gate(session, people, Gate.G1, readiness_level=1)
    factories.prove(session, people, review)
    assert "低于建议的 3 级" in factories.decide(session, people, review).warnings


def conditional(session, people, review, *conditions, **fields):
    return factories.decide(
        session, people, review, Conclusion.CONDITIONAL, conditions=conditions, **fields
    )


def test_a_conditional_pass_needs_conditions(session, people):
    with pytest.raises(Invalid, match="必须列出条件"):
        conditional(session, people, proven_round(session, people))


def test_other_conclusions_carry_no_conditions(session, people):
    with pytest.raises(Invalid, match="不能带条件"):
        factories.decide(session, people, proven_round(session, people), conditions=[DEMAND])


@pytest.mark.parametrize(
    ("demand", "sentence"),
    [
        pytest.param(ConditionDraft(" ", "甲", HELD), "条件 1 还没有写明内容", id="no text"),
        pytest.param(ConditionDraft("检测", "", HELD), "条件 1 还没有写明责任人", id="no owner"),
        pytest.param(ConditionDraft("检测", "甲", date(2026, 2, 1)), "早于评审", id="due before"),
        pytest.param(ConditionDraft("检测", "甲", None), "还没有写明期限", id="no day"),
    ],
)
def test_a_condition_says_what_who_and_by_when(session, people, demand, sentence):
    with pytest.raises(GuardFailed, match=sentence):
        conditional(session, people, proven_round(session, people), demand)


def test_what_conditions_and_the_gate_lack_is_said_at_once(session, people):
    review = factories.at_gate(session, people, Gate.G0, manager_id=None)
    with pytest.raises(GuardFailed) as refusal:
        conditional(session, people, review, ConditionDraft("", "", None))
    assert refusal.value.reasons == ["条件 1 还没有写明内容、责任人、期限。", "尚未指定项目经理"]


def test_a_conditional_pass_is_conditional_until_its_last_condition_is_closed(session, people):
    review = proven_round(session, people)
    conditional(session, people, review, DEMAND, DEMAND)
    assert where(session, review) == (Stage.CONCEPT, State.CONDITIONAL)
    for condition in queries_gates.open_conditions(session, review.project_id):
        assert where(session, review)[1] is State.CONDITIONAL
        lifecycle.close_condition(
            session, condition.id, by=people.manager, at=clock(session), note="已补"
        )
    assert where(session, review)[1] is State.ACTIVE


def test_open_conditions_outlive_a_withdrawn_submission(session, people):
    review = proven_round(session, people, Gate.G0)
    conditional(session, people, review, DEMAND)
    again = factories.round_at(session, people, project_of(session, review), on=date(2026, 3, 1))
    reviews.withdraw(session, again.id, by=people.manager, at=clock(session), reason="材料不全")
    assert where(session, review) == (Stage.CONCEPT, State.CONDITIONAL)


def test_g1_admits_when_the_agreement_is_in(session, people):
    review = proven_round(session, people)
    factories.paper(session, people, project_of(session, review), "D06")
    factories.decide(session, people, review, held_on=HELD)
    assert where(session, review) == (Stage.PILOT, State.ACTIVE)
    assert m1(session, people) == 1


def test_g1_without_the_agreement_waits_for_it(session, people):
    review = proven_round(session, people)
    factories.decide(session, people, review)
    project = project_of(session, review)
    assert (project.stage, m1(session, people)) == (Stage.CONCEPT, 0)
    assert next_gate(project.stage, project.state, frozenset({Gate.G0, Gate.G1})) is None


def test_g2_starts_the_running_period(session, people):
    review = proven_round(session, people, Gate.G2)
    factories.decide(session, people, review, held_on=date(2026, 3, 11))
    assert project_of(session, review).run_start == date(2026, 3, 11)


def test_g4_ends_the_project_as_industrialised(session, people):
    review = proven_round(session, people, Gate.G4)
    factories.decide(session, people, review)
    assert where(session, review) == (Stage.INDUSTRY, State.INDUSTRIALISED)


def test_g4_rests_on_a_plant_in_the_city(session, people):
    review = proven_round(session, people, Gate.G4)
    for landing in queries_gates.landings(session, review.project_id):
        landing.site_area = "210211"
    with pytest.raises(GuardFailed, match="没有达到口径门槛"):
        factories.decide(session, people, review)


def test_a_round_is_decided_once(session, people):
    review = proven_round(session, people)
    factories.decide(session, people, review)
    with pytest.raises(Conflict, match="已由 示例经理乙 作出“通过”的结论"):
        factories.decide(session, people, review)


def test_a_round_of_a_terminated_project_is_closed_with_it(session, people):
    review = proven_round(session, people)
    lifecycle.move(
        session, review.project_id, "terminate",
        by=people.manager, at=clock(session), on=HELD, reason="资金",
    )  # fmt: skip
    with pytest.raises(Conflict, match="随项目结束而关闭"):
        factories.decide(session, people, review)
    assert where(session, review)[1] is State.TERMINATED


def correct(session, people, old, conclusion, **fields):
    values = {"reason": "录错结论", "held_on": old.held_on} | fields
    return decisions.correct(
        session, old.id, conclusion, by=people.decider, at=clock(session), **values
    )


def test_a_correction_supersedes_and_keeps_the_old_decision(session, people):
    review = proven_round(session, people)
    old = factories.decide(session, people, review, Conclusion.REJECT)
    new = correct(session, people, old, Conclusion.PASS)
    both = queries_gates.decisions(session, review.project_id)
    mine = [row for row in both if row.review_id == review.id]
    assert [(row.sequence, row.conclusion) for row in mine] == [
        (1, Conclusion.REJECT),
        (2, Conclusion.PASS),
    ]
    assert new.id in {row.id for row in queries_gates.standing(both)}
    assert old.id not in {row.id for row in queries_gates.standing(both)}


def test_a_correction_takes_an_admission_back_and_its_count_with_it(session, people):
    review = proven_round(session, people)
    factories.paper(session, people, project_of(session, review), "D06")
    old = factories.decide(session, people, review)
    assert m1(session, people) == 1
    correct(session, people, old, Conclusion.SUPPLEMENT)
    assert where(session, review) == (Stage.CONCEPT, State.ACTIVE)
    assert m1(session, people) == 0


def test_a_decided_round_keeps_what_the_record_answered(session, people):
    review = factories.at_gate(session, people, Gate.G0, readiness_level=1)
    factories.decide(session, people, review)
    kept = {row.code: row.state for row in queries_gates.checks(session, review.id)}
    met, unmet = CheckState.MET, CheckState.UNMET
    assert kept == {"G0-C1": met, "G0-C2": met, "G0-C3": unmet}


def test_a_correction_leads_back_to_when_the_stage_really_began(session, people):
    review = proven_round(session, people)
    factories.paper(session, people, project_of(session, review), "D06")
    old = factories.decide(session, people, review)
    correct(session, people, old, Conclusion.SUPPLEMENT)
    spans = factories.spans(session, review.project_id)
    assert spans[-1].stage_since == date(2026, 1, 16)


def test_a_correction_may_name_an_earlier_day(session, people):
    review = proven_round(session, people)
    factories.paper(session, people, project_of(session, review), "D06")
    old = factories.decide(session, people, review, held_on=date(2026, 3, 20))
    correct(session, people, old, Conclusion.PASS, held_on=HELD)
    spans = factories.spans(session, review.project_id)
    assert [row.valid_from for row in spans if row.stage is Stage.PILOT] == [HELD]


def test_after_a_correction_to_an_earlier_day_the_project_goes_on_from_there(session, people):
    review = proven_round(session, people)
    factories.paper(session, people, project_of(session, review), "D06")
    old = factories.decide(session, people, review, held_on=date(2026, 3, 20))
    correct(session, people, old, Conclusion.PASS, held_on=HELD)
    project = project_of(session, review)
    assert factories.round_at(session, people, project, on=date(2026, 3, 1)).gate is Gate.G2


def test_a_correction_retires_the_conditions_of_the_old_decision(session, people):
    review = proven_round(session, people, Gate.G3)
    old = conditional(session, people, review, DEMAND)
    correct(session, people, old, Conclusion.PASS)
    assert queries_gates.open_conditions(session, review.project_id) == []
    assert where(session, review) == (Stage.PILOT, State.ACTIVE)


def test_a_correction_obeys_the_same_guards(session, people):
    review = factories.at_gate(session, people, Gate.G1)
    old = factories.decide(session, people, review, Conclusion.REJECT)
    with pytest.raises(GuardFailed):
        correct(session, people, old, Conclusion.PASS)


def test_who_submitted_does_not_correct(session, people):
    review = proven_round(session, people)
    old = factories.decide(session, people, review)
    with pytest.raises(NotAllowed):
        decisions.correct(
            session, old.id, Conclusion.REJECT,
            by=people.manager, at=clock(session), reason="错", held_on=old.held_on,
        )  # fmt: skip


def test_only_the_decision_that_stands_is_corrected(session, people):
    review = proven_round(session, people)
    old = factories.decide(session, people, review, Conclusion.REJECT)
    correct(session, people, old, Conclusion.PASS)
    with pytest.raises(Conflict, match="请更正最新的一个"):
        correct(session, people, old, Conclusion.HOLD)


def test_a_decision_that_others_rest_on_is_not_corrected(session, people):
    review = proven_round(session, people, Gate.G0)
    old = factories.decide(session, people, review)
    factories.round_at(session, people, project_of(session, review), on=date(2026, 3, 1))
    with pytest.raises(Conflict, match="此后项目又有变动"):
        correct(session, people, old, Conclusion.REJECT)


# --- through the command layer: previews, rivals, repeated clicks, stale pages ---


@pytest.fixture
def ready(engine):
    """A G1 round with everything proven and the agreement in, committed; and its people."""
    with writing(engine) as session:
        people = factories.team(session)
        review = proven_round(session, people)
        factories.paper(session, people, project_of(session, review), "D06")
        rival = factories.actor(session, people.base, login="rival", name="示例经理丙")
        return people, rival, review.id, review.project_id


def take(engine, review_id, by, conclusion=Conclusion.PASS, **options):
    values = {"reason": "资料齐全", "held_on": HELD} | options
    return perform(engine, decisions.decide, review_id, conclusion, by=by.id, now=LATER, **values)


def ledger(rows) -> list[tuple]:
    return [
        (row.indicator, row.scope, row.standing, row.unit_id, row.year, row.sign, row.effective_on)
        for row in rows
    ]


def test_the_preview_is_what_is_then_recorded(engine, ready):
    people, _, review_id, project_id = ready
    foreseen = rehearse(
        engine, decisions.decide, review_id, Conclusion.PASS,
        by=people.decider.id, now=LATER, reason="资料齐全", held_on=HELD,
    )  # fmt: skip
    with reading(engine) as session:
        assert queries_gates.open_review(session, project_id) is not None
        before = {entry.id for entry in queries_counting.all_entries(session, people.base.id)}
    take(engine, review_id, people.decider)
    with reading(engine) as session:
        after = queries_counting.all_entries(session, people.base.id)
    assert ledger(foreseen)
    assert ledger(foreseen) == ledger(row for row in after if row.id not in before)


def test_a_preview_says_why_it_cannot_be(engine, ready):
    people, _, review_id, _ = ready
    with pytest.raises(PilotError, match="条件"):
        rehearse(
            engine, decisions.decide, review_id, Conclusion.CONDITIONAL,
            by=people.decider.id, now=LATER, reason="有条件", held_on=HELD,
        )  # fmt: skip


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(engine, ready):
    people, rival, review_id, _ = ready
    answers: list[object] = []

    def attempt(who):
        try:
            answers.append(take(engine, review_id, who))
        except PilotError as error:
            answers.append(error.message)

    threads = [Thread(target=attempt, args=(who,)) for who in (people.decider, rival)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [answer for answer in answers if isinstance(answer, str)]
    assert len(told) == 1
    assert "已由" in told[0]
    assert "只读" in told[0]


def test_a_repeated_click_decides_once(engine, ready):
    people, _, review_id, project_id = ready
    first = take(engine, review_id, people.decider, key="form-1")
    again = take(engine, review_id, people.decider, key="form-1")
    assert (first.subject_id, first.repeated) == (again.subject_id, False)
    assert again.repeated
    with reading(engine) as session:
        made = queries_gates.decisions(session, project_id)
    assert [row.gate for row in made] == [Gate.G0, Gate.G1]


def test_a_page_that_shows_something_older_is_refused_with_who_changed_it(engine, ready):
    people, _, review_id, project_id = ready
    with reading(engine) as session:
        shown = Seen("project", project_id, session.get(Project, project_id).rev)
        row = next(r for r in queries_gates.checks(session, review_id) if r.doc_code is None)
    perform(
        engine, reviews.check, row.id, CheckState.UNMET,
        by=people.one.id, now=LATER, reason="数据有误",
    )  # fmt: skip
    with pytest.raises(StalePage, match="示例评审甲"):
        take(engine, review_id, people.decider, seen=shown)


def test_a_paper_that_lapsed_before_the_decision_blocks_it(session, people):
    review = proven_round(session, people)
    project = project_of(session, review)
    paper = evidence.submit(
        session, project.id, "D02", by=people.manager, at=clock(session),
        title="小试报告", issued_on=date(2026, 1, 1), valid_until=date(2026, 2, 1),
    )  # fmt: skip
    evidence.judge(session, paper.id, paper.state.QUALIFIED, by=people.one, at=clock(session))
    with pytest.raises(GuardFailed, match="D02 小试报告及数据：过期"):
        factories.decide(session, people, review, held_on=HELD)


def test_nothing_of_a_refused_decision_is_kept(engine, ready):
    people, _, review_id, project_id = ready
    with pytest.raises(PilotError):
        take(engine, review_id, people.decider, Conclusion.CONDITIONAL)
    with Session(engine) as session:
        assert session.get(Review, review_id).closed_at is None
        assert len(queries_gates.decisions(session, project_id)) == 1
        assert session.get(Decision, 2) is None
