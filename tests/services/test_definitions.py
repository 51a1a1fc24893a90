"""A new version of a definition: what it governs, what it takes out of the count, who may."""

from dataclasses import replace
from datetime import date

import pytest

from pilot.domain.draft_counting import DefinitionDraft
from pilot.domain.errors import Conflict, Invalid, NotAllowed, Refused
from pilot.domain.moment import moment
from pilot.domain.people import Role
from pilot.domain.vocabulary import (
    AdmissionEvent,
    Gate,
    Indicator,
    LandingLevel,
    Scope,
    Standing,
)
from pilot.services import definitions, targets
from pilot.store import queries_counting
from tests import factories

FIRST_FEED = DefinitionDraft(
    indicator=Indicator.NEW_PILOT,
    valid_from=date(2026, 1, 1),
    text="以首次投料为准。",
    admission_event=AdmissionEvent.FIRST_FEED,
)


@pytest.fixture
def people(session):
    return factories.team(session)


@pytest.fixture
def admin(session, people):
    return factories.actor(session, people.base, Role.ADMIN, login="pj-admin")


def save(session, admin, draft=FIRST_FEED, reason="市科技局〔2026〕1号"):
    at = factories.clock(session)
    return definitions.save_definition(session, draft, by=admin, at=at, reason=reason)


def standing(session, base, indicator=Indicator.NEW_PILOT):
    rows = queries_counting.definitions(session, base.id)
    return [(r.version, r.valid_from, r.valid_to) for r in rows if r.indicator is indicator]


def counted(session, base, indicator=Indicator.NEW_PILOT):
    view = moment(factories.clock(session))
    totals = queries_counting.totals(session, base.id, view)
    return totals.get((indicator, Scope.CITY, Standing.COUNTED), 0)


def test_a_new_version_governs_from_its_first_day_and_the_older_one_ends_the_day_before(
    session, people, admin
):
    save(session, admin, replace(FIRST_FEED, valid_from=date(2026, 7, 1)))

    assert standing(session, people.base) == [
        (1, date(2020, 1, 1), date(2026, 6, 30)),
        (2, date(2026, 7, 1), date(9999, 12, 31)),
    ]


def test_a_version_that_begins_on_the_same_day_takes_the_place_of_the_older_one(
    session, people, admin
):
    save(session, admin, replace(FIRST_FEED, valid_from=date(2020, 1, 1)))

    assert standing(session, people.base) == [(2, date(2020, 1, 1), date(9999, 12, 31))]


def test_a_version_takes_the_place_of_those_that_would_begin_later(session, people, admin):
    save(session, admin, replace(FIRST_FEED, valid_from=date(2026, 7, 1)))
    save(session, admin, replace(FIRST_FEED, valid_from=date(2026, 3, 1), text="三月起。"))

    assert standing(session, people.base) == [
        (1, date(2020, 1, 1), date(2026, 2, 28)),
        (3, date(2026, 3, 1), date(9999, 12, 31)),
    ]


def test_a_new_pilot_admitted_but_not_fed_leaves_the_count_when_the_first_feed_decides(
    session, people, admin
):
    factories.before_gate(session, people, Gate.G2)
    before = counted(session, people.base)

    save(session, admin)

    assert (before, counted(session, people.base)) == (1, 0)


def test_the_reversal_says_which_version_and_why(session, people, admin):
    factories.before_gate(session, people, Gate.G2)
    row = save(session, admin)

    entries = queries_counting.recorded_at(session, people.base.id, row.recorded_at)

    assert {entry.reason for entry in entries} == {"口径变更 M1 v2：市科技局〔2026〕1号"}
    assert {(entry.scope, entry.sign) for entry in entries} == {(Scope.CITY, -1), (Scope.BASE, -1)}


def test_a_version_for_later_days_leaves_the_count_of_earlier_ones_alone(session, people, admin):
    factories.before_gate(session, people, Gate.G2)

    save(session, admin, replace(FIRST_FEED, valid_from=date(2026, 7, 1)))

    assert counted(session, people.base) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"text": " "}, "text", id="without a text"),
        pytest.param({"valid_from": None}, "valid_from", id="without a first day"),
        pytest.param({"threshold": "L9"}, "threshold", id="with a level that does not exist"),
        pytest.param(
            {
                "indicator": Indicator.INDUSTRIALISED,
                "threshold": LandingLevel.L5,
                "text": "进度达到L4投产的项目数。",
            },
            "text",
            id="whose words name another level",
        ),
    ],
)
def test_a_definition_is_refused(session, admin, change, field):
    with pytest.raises(Refused) as refused:
        save(session, admin, replace(FIRST_FEED, **change))

    assert [problem.field for problem in refused.value.problems] == [field]


def test_a_definition_needs_the_reason_it_changes_for(session, admin):
    with pytest.raises(Invalid) as refused:
        save(session, admin, reason=" ")

    assert refused.value.field == "reason"


def test_the_same_definition_again_is_refused(session, people, admin):
    same = queries_counting.definitions(session, people.base.id)[0]
    draft = DefinitionDraft(Indicator.NEW_PILOT, date(2026, 3, 1), same.text)

    with pytest.raises(Conflict, match="第 1 版"):
        save(session, admin, draft)


def test_no_version_may_begin_in_a_reported_year(session, people, admin):
    targets.file_year(
        session,
        2025,
        by=people.manager,
        at=factories.clock(session),
        cut_off=factories.NOON,
        note="已报市科技局",
    )

    with pytest.raises(Refused) as refused:
        save(session, admin, replace(FIRST_FEED, valid_from=date(2025, 7, 1)))

    assert "2026-01-01" in refused.value.problems[0].remedy


def test_only_an_administrator_changes_a_definition(session, people):
    with pytest.raises(NotAllowed):
        save(session, people.manager)


def test_the_threshold_of_the_other_indicators_is_not_touched(session, people, admin):
    draft = replace(
        FIRST_FEED, indicator=Indicator.INDUSTRIALISED, threshold=LandingLevel.L5, text="达产。"
    )
    save(session, admin, draft)

    assert standing(session, people.base)[0][0] == 1
    assert standing(session, people.base, Indicator.INDUSTRIALISED)[-1][0] == 2
