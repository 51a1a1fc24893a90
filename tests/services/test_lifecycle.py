"""The moves of a project that no gate decides, and what each asks for first."""

from datetime import date

import pytest

from pilot.domain.errors import Conflict, GuardFailed, Invalid, NotAllowed, NotFound, PilotError
from pilot.domain.people import Role
from pilot.domain.vocabulary import (
    Conclusion,
    EvidenceState,
    Gate,
    Indicator,
    LandingLevel,
    Stage,
    State,
)
from pilot.services import evidence, lifecycle, projects
from pilot.services.decisions import ConditionDraft
from pilot.services.projects import ProjectDraft
from pilot.store import queries_gates
from pilot.store.models import Project
from tests import factories
from tests.factories import clock


@pytest.fixture
def people(session):
    return factories.team(session)


def move(session, people, project, action, **fields):
    values = {"reason": "示例理由", "on": date(2026, 5, 20)} | fields
    return lifecycle.move(
        session, project.id, action, by=people.manager, at=clock(session), **values
    )


def test_a_pause_and_its_end_are_two_moves_with_reasons(session, people):
    project = factories.project(session, people)
    move(session, people, project, "pause")
    assert project.state is State.PAUSED
    move(session, people, project, "resume", on=date(2026, 5, 25))
    taken = queries_gates.moves(session, project.id)
    assert [(row.action, row.effective_on.day) for row in taken] == [("pause", 20), ("resume", 25)]


def test_a_move_with_a_door_of_its_own_is_refused_here(session, people):
    project = factories.project(session, people)
    with pytest.raises(Invalid, match="专门的办理入口"):
        move(session, people, project, "admit")


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        pytest.param(date(2026, 1, 4), "早于上一次变动", id="before it entered"),
        pytest.param(date(2026, 6, 2), "还没有到", id="in the future"),
    ],
)
def test_moves_are_recorded_in_order(session, people, on, sentence):
    with pytest.raises(Invalid, match=sentence):
        move(session, people, factories.project(session, people), "pause", on=on)


# --- admission ---


def test_admission_takes_effect_on_the_later_of_review_and_agreement(session, people):
    project = factories.before_gate(session, people, Gate.G1)
    factories.pass_gate(session, people, project, on=date(2026, 2, 1))
    factories.paper(session, people, project, "D06", issued_on=date(2026, 4, 20))
    lifecycle.admit(session, project.id, by=people.manager, at=clock(session))
    assert project.stage is Stage.PILOT
    span = next(s for s in factories.spans(session, project.id) if s.stage is Stage.PILOT)
    assert (span.valid_from, span.stage_since) == (date(2026, 4, 20), date(2026, 4, 20))
    assert factories.count(session, people, Indicator.NEW_PILOT) == 1


def test_admission_may_reach_back_behind_a_later_move(session, people):
    project = factories.before_gate(session, people, Gate.G1)
    factories.pass_gate(session, people, project, on=date(2026, 2, 1))
    move(session, people, project, "pause", on=date(2026, 4, 1))
    move(session, people, project, "resume", on=date(2026, 5, 1))
    factories.paper(session, people, project, "D06", issued_on=date(2026, 3, 1))
    lifecycle.admit(session, project.id, by=people.manager, at=clock(session))
    seen = [(s.valid_from, s.stage, s.state) for s in factories.spans(session, project.id)][-3:]
    assert seen == [
        (date(2026, 3, 1), Stage.PILOT, State.ACTIVE),
        (date(2026, 4, 1), Stage.PILOT, State.PAUSED),
        (date(2026, 5, 1), Stage.PILOT, State.ACTIVE),
    ]


def test_admission_names_everything_that_is_missing(session, people):
    project = factories.before_gate(session, people, Gate.G1)
    with pytest.raises(GuardFailed) as refused:
        lifecycle.admit(session, project.id, by=people.manager, at=clock(session))
    assert refused.value.reasons == ["G1 概念验证评审尚未通过", "D06 中试服务/合作协议尚未合格"]


def test_an_agreement_without_a_day_does_not_admit(session, people):
    project = factories.before_gate(session, people, Gate.G1)
    factories.pass_gate(session, people, project, on=date(2026, 2, 1))
    factories.paper(session, people, project, "D06", issued_on=None)
    with pytest.raises(GuardFailed, match="没有签订日期"):
        lifecycle.admit(session, project.id, by=people.manager, at=clock(session))


# --- landing ---


def accepted(session, people):
    project = factories.before_gate(session, people, Gate.G3)
    factories.pass_gate(session, people, project, on=date(2026, 4, 10))
    return project


def land(session, people, project):
    return lifecycle.land(
        session, project.id, by=people.manager, at=clock(session), on=date(2026, 5, 20)
    )


def test_landing_asks_for_acceptance_and_a_local_plant(session, people):
    project = factories.before_gate(session, people, Gate.G3)
    with pytest.raises(GuardFailed) as refused:
        land(session, people, project)
    assert refused.value.reasons == [
        "G3 中试验收尚未通过",
        "没有登记在盘锦注册、厂址在盘锦的实施企业",
    ]


@pytest.mark.parametrize(
    "place",
    [
        pytest.param({"reg_area": "210200"}, id="company elsewhere"),
        pytest.param({"site_area": "210211"}, id="site elsewhere"),
    ],
)
def test_landing_asks_for_company_and_site_in_the_city(session, people, place):
    project = accepted(session, people)
    factories.level(
        session, people, factories.plant(session, people, project, **place), LandingLevel.L1
    )
    with pytest.raises(GuardFailed, match="没有登记在盘锦注册、厂址在盘锦"):
        land(session, people, project)


def test_landing_asks_for_a_verified_level(session, people):
    project = accepted(session, people)
    plant = factories.plant(session, people, project)
    factories.level(session, people, plant, LandingLevel.L1, verified=False)
    with pytest.raises(GuardFailed, match="没有经核实的 L1"):
        land(session, people, project)


def test_an_accepted_project_with_a_signed_plant_lands(session, people):
    project = accepted(session, people)
    factories.level(session, people, factories.plant(session, people, project), LandingLevel.L1)
    land(session, people, project)
    assert (project.stage, project.state) == (Stage.INDUSTRY, State.ACTIVE)


# --- ends ---


def test_elsewhere_needs_a_plant_outside(session, people):
    project = accepted(session, people)
    with pytest.raises(GuardFailed, match="厂址在外地"):
        move(session, people, project, "elsewhere")
    factories.plant(session, people, project, site_area="210211")
    move(session, people, project, "elsewhere")
    assert project.state is State.ELSEWHERE


def test_unlanded_is_only_said_of_an_accepted_pilot(session, people):
    project = factories.before_gate(session, people, Gate.G3)
    with pytest.raises(GuardFailed, match="G3 中试验收尚未通过"):
        move(session, people, project, "unlanded")


def test_an_installed_unit_is_dealt_with_before_the_project_ends(session, people):
    project = factories.project(session, people, installed=True)
    with pytest.raises(GuardFailed, match="D18"):
        move(session, people, project, "terminate")
    factories.paper(session, people, project, "D18")
    move(session, people, project, "terminate")
    assert project.state is State.TERMINATED


def test_a_terminated_project_still_counts(session, people):
    project = factories.before_gate(session, people, Gate.G2)
    move(session, people, project, "terminate")
    assert factories.count(session, people, Indicator.NEW_PILOT) == 1


def test_a_void_takes_two_people_and_the_count_back(session, people):
    project = factories.before_gate(session, people, Gate.G2)
    with pytest.raises(GuardFailed, match="先由一人申请"):
        void(session, people.decider, project)
    lifecycle.ask_void(session, project.id, by=people.manager, at=clock(session), reason="重复登记")
    assert factories.count(session, people, Indicator.NEW_PILOT) == 1
    with pytest.raises(NotAllowed, match="第二人"):
        void(session, people.manager, project)
    void(session, people.decider, project)
    assert project.state is State.VOIDED
    assert factories.count(session, people, Indicator.NEW_PILOT) == 0


def void(session, who, project):
    return lifecycle.void(session, project.id, by=who, at=clock(session), reason="重复登记")


def test_a_voided_project_reads_as_voided_from_its_first_day(session, people):
    project = factories.project(session, people)
    lifecycle.ask_void(session, project.id, by=people.manager, at=clock(session), reason="重复")
    void(session, people.decider, project)
    assert [s.state for s in factories.spans(session, project.id)] == [State.VOIDED]


def merge(session, people, project, into):
    return lifecycle.merge(
        session, project.id, into.id, by=people.manager, at=clock(session), reason="同一技术"
    )


def test_a_merged_project_stops_counting_and_names_the_other(session, people):
    first, second = (factories.before_gate(session, people, Gate.G2) for _ in range(2))
    merge(session, people, second, first)
    assert (second.state, second.merged_into_id) == (State.MERGED, first.id)
    assert factories.count(session, people, Indicator.NEW_PILOT) == 1


def test_merging_never_goes_in_a_circle(session, people):
    first, second = (factories.project(session, people) for _ in range(2))
    merge(session, people, second, first)
    with pytest.raises(Conflict):
        merge(session, people, first, second)
    with pytest.raises(Conflict):
        merge(session, people, first, first)


def test_nothing_is_merged_into_what_was_voided(session, people):
    first, second = (factories.project(session, people) for _ in range(2))
    lifecycle.ask_void(session, first.id, by=people.manager, at=clock(session), reason="重复")
    void(session, people.decider, first)
    with pytest.raises(Conflict, match="作废"):
        merge(session, people, second, first)


# --- conditions ---


def conditional(session, people):
    review = factories.at_gate(session, people, Gate.G0)
    factories.prove(session, people, review)
    demand = ConditionDraft("补充协议", "示例负责人", date(2026, 3, 1))
    factories.decide(session, people, review, Conclusion.CONDITIONAL, conditions=[demand])
    return queries_gates.open_conditions(session, review.project_id)[0]


def close(session, people, condition, **fields):
    values = {"note": "已补充"} | fields
    return lifecycle.close_condition(
        session, condition.id, by=people.manager, at=clock(session), **values
    )


def test_closing_a_condition_says_how_and_happens_once(session, people):
    condition = conditional(session, people)
    with pytest.raises(Invalid, match="怎样满足"):
        close(session, people, condition, note=" ")
    close(session, people, condition)
    with pytest.raises(Conflict, match="已经关闭"):
        close(session, people, condition)


def test_the_last_condition_clears_the_project(session, people):
    condition = conditional(session, people)
    close(session, people, condition)
    last = queries_gates.moves(session, condition.project_id)[-1]
    assert (last.action, last.to_state) == ("clear", State.ACTIVE)


def test_a_paused_project_stays_paused_when_its_condition_is_closed(session, people):
    condition = conditional(session, people)
    project = session.get(Project, condition.project_id)
    move(session, people, project, "pause")
    close(session, people, condition)
    assert project.state is State.PAUSED


def test_a_resumed_project_with_open_conditions_is_conditional_again(session, people):
    condition = conditional(session, people)
    project = session.get(Project, condition.project_id)
    move(session, people, project, "pause")
    move(session, people, project, "resume", on=date(2026, 5, 21))
    assert project.state is State.CONDITIONAL


# --- what is recorded about a project ---


def test_a_gate_date_is_changed_with_a_reason_and_the_old_one_stays(session, people):
    project = factories.project(session, people)
    plan(session, people, project, date(2026, 7, 1))
    with pytest.raises(Invalid, match="原计划 2026-07-01"):
        plan(session, people, project, date(2026, 8, 1))
    plan(session, people, project, date(2026, 8, 1), reason="装置延期")
    assert queries_gates.plans(session, project.id)[Gate.G0].planned_on == date(2026, 8, 1)
    assert factories.spans(session, project.id)[-1].next_planned_on == date(2026, 8, 1)


def plan(session, people, project, on, **fields):
    return projects.plan_gate(
        session, project.id, Gate.G0, on, by=people.manager, at=clock(session), **fields
    )


def test_a_run_belongs_to_the_pilot_stage(session, people):
    with pytest.raises(Invalid, match="只有中试验证阶段"):
        factories.run(session, people, factories.project(session, people))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        pytest.param({"run_no": " "}, "批次号", id="no number"),
        pytest.param({"ended_on": date(2026, 3, 31)}, "不能早于", id="ends before it begins"),
        pytest.param({"ended_on": date(2026, 6, 2)}, "还没有到", id="in the future"),
    ],
)
def test_what_a_run_must_say(session, people, fields, sentence):
    project = factories.before_gate(session, people, Gate.G2)
    with pytest.raises(Invalid, match=sentence):
        factories.run(session, people, project, **fields)


def test_a_form_with_several_errors_names_each(session, people):
    with pytest.raises(PilotError) as refused:
        factories.project(session, people, name=" ", field="不存在", reaction_grade=9)
    assert {one.field for one in refused.value.problems} == {"name", "field"}


def test_a_project_of_another_base_is_not_found(session, people):
    project = factories.project(session, people)
    stranger = factories.team(session, "YK")
    with pytest.raises(NotFound):
        move(session, stranger, project, "pause")


def test_a_reviewer_moves_nothing(session, people):
    project = factories.project(session, people)
    reviewer = factories.actor(session, people.base, Role.REVIEWER)
    with pytest.raises(NotAllowed):
        lifecycle.move(session, project.id, "pause", by=reviewer, at=clock(session), reason="示例")


def test_a_paper_that_is_only_handed_in_does_not_admit(session, people):
    project = factories.before_gate(session, people, Gate.G1)
    factories.pass_gate(session, people, project, on=date(2026, 2, 1))
    row = evidence.submit(
        session, project.id, "D06", by=people.manager, at=clock(session), title="合作协议"
    )
    assert row.state is EvidenceState.SUBMITTED
    with pytest.raises(GuardFailed, match="D06"):
        lifecycle.admit(session, project.id, by=people.manager, at=clock(session))


@pytest.mark.parametrize(
    "change",
    [
        lambda s, p, who: projects.edit(s, p.id, ProjectDraft(name="改名"), **who),
        lambda s, p, who: projects.note(s, p.id, "进展", **who),
        lambda s, p, who: evidence.submit(s, p.id, "D01", title="示例", **who),
    ],
    ids=["edit", "note", "paper"],
)
def test_a_voided_project_is_read_only(session, people, change):
    project = factories.project(session, people)
    lifecycle.ask_void(session, project.id, by=people.manager, at=clock(session), reason="重复")
    lifecycle.void(session, project.id, by=people.decider, at=clock(session), reason="重复")

    with pytest.raises(Conflict, match="作废，内容只读"):
        change(session, project, {"by": people.manager, "at": clock(session)})
