"""The buttons know what the verbs will say: one list of reasons for every move."""

from datetime import date

import pytest

from pilot.domain.gates import MOVES
from pilot.domain.people import Role
from pilot.domain.vocabulary import Gate, State
from pilot.services import legality, lifecycle
from tests import factories
from tests.factories import clock


@pytest.fixture
def people(session):
    return factories.team(session)


def refusals(session, people, project, by=None):
    return legality.refusals(session, project.id, by=by or people.manager)


def possible(session, people, project, by=None) -> set[str]:
    found = refusals(session, people, project, by)
    assert found.keys() == MOVES.keys()
    return {action for action, why in found.items() if not why}


def test_a_project_in_the_pool_can_be_submitted_paused_or_ended(session, people):
    project = factories.project(session, people)
    assert possible(session, people, project) == {"submit", "pause", "terminate", "void", "merge"}


def test_a_project_that_waits_can_be_withdrawn(session, people):
    review = factories.at_gate(session, people, Gate.G0)
    project = session.get(factories.Project, review.project_id)
    assert possible(session, people, project) == {"withdraw", "terminate", "void", "merge"}


def test_after_g1_admission_says_what_it_lacks_and_submission_that_no_gate_waits(session, people):
    project = factories.before_gate(session, people, Gate.G1)
    factories.pass_gate(session, people, project, on=date(2026, 2, 1))
    found = refusals(session, people, project)
    assert found["admit"] == ["D06 中试服务/合作协议尚未合格"]
    assert found["submit"] == ["现在没有等待的阶段门。"]


def test_an_accepted_pilot_says_everything_that_landing_lacks(session, people):
    project = factories.before_gate(session, people, Gate.G3)
    assert refusals(session, people, project)["land"] == [
        "G3 中试验收尚未通过",
        "没有登记在盘锦注册、厂址在盘锦的实施企业",
    ]


def test_who_asked_for_a_void_cannot_confirm_it(session, people):
    project = factories.project(session, people)
    lifecycle.ask_void(session, project.id, by=people.manager, at=clock(session), reason="重复")
    assert "另一位" in refusals(session, people, project)["void"][0]
    assert "void" in possible(session, people, project, by=people.decider)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.OFFICER, Role.ADMIN])
def test_others_are_told_whose_work_it_is(session, people, role):
    project = factories.project(session, people)
    reader = factories.actor(session, people.base, role)
    found = refusals(session, people, project, by=reader)
    assert all("基地管理" in why[0] for why in found.values())


def test_after_an_end_only_voiding_is_left(session, people):
    project = factories.project(session, people)
    lifecycle.move(
        session, project.id, "terminate", by=people.manager, at=clock(session), reason="资金"
    )
    assert project.state is State.TERMINATED
    assert possible(session, people, project) == {"void"}
