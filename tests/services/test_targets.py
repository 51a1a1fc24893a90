"""A year's goals with the text they come from, and the years that have been reported."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pilot.domain.draft_counting import TargetDraft
from pilot.domain.errors import Conflict, Invalid, NotAllowed, Refused
from pilot.domain.people import Role
from pilot.domain.vocabulary import Indicator, Scope
from pilot.services import targets
from pilot.store import queries_goals
from tests import factories
from tests.factories import NOON

TEN = TargetDraft(2026, Indicator.NEW_PILOT, Scope.CITY, 10, "2026 年市政府工作报告")


@pytest.fixture
def home(session):
    return factories.base(session)


@pytest.fixture
def manager(session, home):
    return factories.actor(session, home)


def save(session, by, draft=TEN, reason=""):
    return targets.save_target(session, draft, by=by, at=NOON, reason=reason)


def file(session, by, year=2025, cut_off=NOON, note="已报市科技局"):
    return targets.file_year(session, year, by=by, at=NOON, cut_off=cut_off, note=note)


def test_a_goal_keeps_the_text_it_comes_from(session, home, manager):
    save(session, manager)

    row = queries_goals.target(session, home.id, 2026, Indicator.NEW_PILOT, Scope.CITY)
    assert (row.goal, row.source) == (10, "2026 年市政府工作报告")


def test_the_goal_of_the_base_stands_beside_the_one_of_the_city(session, home, manager):
    save(session, manager)
    save(session, manager, replace(TEN, scope=Scope.BASE, goal=6))

    assert {row.scope: row.goal for row in queries_goals.targets(session, home.id)} == {
        Scope.CITY: 10,
        Scope.BASE: 6,
    }


def test_a_changed_goal_needs_its_reason(session, manager):
    save(session, manager)

    with pytest.raises(Invalid) as refused:
        save(session, manager, replace(TEN, goal=12))

    assert refused.value.field == "reason"


def test_a_changed_goal_replaces_the_old_one_and_grows_the_page_version(session, home, manager):
    save(session, manager)
    row = save(session, manager, replace(TEN, goal=12), reason="市政府调整")
    session.flush()

    assert (row.goal, row.rev, len(queries_goals.targets(session, home.id))) == (12, 2, 1)


def test_the_same_goal_again_is_refused(session, manager):
    save(session, manager)

    with pytest.raises(Conflict):
        save(session, manager, reason="再存一次")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"goal": 0}, "goal", id="of nothing"),
        pytest.param({"source": ""}, "source", id="without its source"),
        pytest.param({"year": 1999}, "year", id="of another century"),
        pytest.param({"indicator": Indicator.OUTWARD}, "indicator", id="of a neighbour count"),
    ],
)
def test_a_goal_is_refused(session, manager, change, field):
    with pytest.raises(Refused) as refused:
        save(session, manager, replace(TEN, **change))

    assert [problem.field for problem in refused.value.problems] == [field]


def test_a_reviewer_sets_no_goals(session, home):
    with pytest.raises(NotAllowed):
        save(session, factories.actor(session, home, Role.REVIEWER))


def test_a_reported_year_keeps_when_it_was_cut_off_and_what_was_said(session, home, manager):
    file(session, manager)

    [(filing, who)] = queries_goals.filings(session, home.id)
    assert (filing.year, filing.cut_off, who) == (2025, NOON, manager.name)


def test_a_year_is_reported_once(session, manager):
    file(session, manager)

    with pytest.raises(Conflict, match=manager.name):
        file(session, manager)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"note": " "}, "note", id="without a note"),
        pytest.param({"note": "长" * 301}, "note", id="with a note too long to keep"),
        pytest.param({"year": 2027}, "year", id="before it has begun"),
        pytest.param({"cut_off": NOON + timedelta(days=1)}, "cut_off", id="cut off tomorrow"),
        pytest.param(
            {"year": 2026, "cut_off": NOON - timedelta(days=365)}, "cut_off", id="cut off too soon"
        ),
    ],
)
def test_a_year_is_not_reported(session, manager, change, field):
    with pytest.raises(Invalid) as refused:
        file(session, manager, **change)

    assert refused.value.field == field


def test_the_officer_reports_a_year_and_a_reviewer_does_not(session, home):
    file(session, factories.actor(session, home, Role.OFFICER))

    with pytest.raises(NotAllowed):
        file(session, factories.actor(session, home, Role.REVIEWER), year=2024)
