"""What a new definition would change, and the tables of definitions, goals and reported years."""

from dataclasses import replace
from datetime import date

import pytest

from pilot.domain.people import Role
from pilot.domain.vocabulary import Gate, Indicator, Scope, Standing
from pilot.reports import definitions as tables
from pilot.reports.definition_effect import consequences
from pilot.services import definitions
from pilot.store.models import Claim
from tests import factories, factories_goals
from tests.factories import clock
from tests.factories_goals import seen
from tests.services.test_definitions import FIRST_FEED

JUNE = date(2026, 6, 30)
CITY_2026 = (Indicator.NEW_PILOT, Scope.CITY, 2026)
NAMES = {("project", 1): ("ZS-2026-001", "甲"), ("project", 2): ("ZS-2026-002", "乙")}


def entry(unit_id=1, sign=-1, standing=Standing.COUNTED, on=date(2026, 2, 11)):
    """A ledger entry as a rehearsal returns it."""
    indicator, scope, year = CITY_2026
    return Claim(
        indicator=indicator, scope=scope, standing=standing, unit_kind="project",
        unit_id=unit_id, year=year, sign=sign, effective_on=on,
    )  # fmt: skip


def told(*rows):
    return consequences(rows, {CITY_2026: 10}, NAMES, JUNE)


def test_units_that_leave_are_named_beside_the_number():
    [found] = told(entry(1), entry(2))

    assert found.title == "新增中试项目 · 全市 · 2026：10 → 8"
    assert found.sentences == ["这 2 个将不再计入：ZS-2026-001 甲、ZS-2026-002 乙"]


def test_a_unit_that_only_changes_its_basis_is_no_consequence():
    assert told(entry(1, -1), entry(1, +1)) == []


def test_a_unit_that_goes_over_to_pending_is_told_twice():
    [found] = told(entry(1, -1), entry(1, +1, Standing.PENDING))

    assert (found.gone, found.waiting, found.after) == (["ZS-2026-001 甲"], ["ZS-2026-001 甲"], 9)


def test_a_unit_that_comes_in_is_named():
    [found] = told(entry(2, +1))

    assert (found.after, found.sentences) == (11, ["这 1 个将新计入：ZS-2026-002 乙"])


def test_what_takes_effect_only_later_does_not_change_todays_number():
    assert told(entry(on=date(2026, 12, 1))) == []


def test_nothing_to_add_is_no_consequence():
    assert told() == []


@pytest.fixture
def people(session):
    return factories.team(session)


@pytest.fixture
def admin(session, people):
    return factories.actor(session, people.base, Role.ADMIN, login="pj-admin")


def save(session, admin, draft=FIRST_FEED):
    return definitions.save_definition(
        session, draft, by=admin, at=clock(session), reason="市科技局〔2026〕1号"
    )


def pilots(session, people, view):
    rows = tables.versions(session, people.manager, view)
    return rows[rows.indicator == Indicator.NEW_PILOT.label]


def test_the_older_version_is_shown_as_ended_the_day_before(session, people, admin):
    save(session, admin)

    rows = pilots(session, people, seen(JUNE))

    assert list(rows.state) == ["已结束", "现行"]
    assert list(rows.valid_to) == ["2025-12-31", "长期"]
    assert rows.approved_by.iloc[1] == admin.name


def test_a_version_that_was_superseded_stays_readable(session, people, admin):
    save(session, admin, replace(FIRST_FEED, valid_from=date(2020, 1, 1)))

    assert list(pilots(session, people, seen(JUNE)).state) == ["已取代", "现行"]


def test_before_it_was_recorded_a_new_version_is_not_known(session, people, admin):
    factories_goals.set_clock(session, date(2026, 6, 10))
    save(session, admin)

    rows = pilots(session, people, seen(date(2026, 6, 5)))

    assert list(rows.state) == ["现行"]
    assert list(rows.valid_to) == ["长期"]


def test_a_version_for_next_year_has_not_come_into_force(session, people, admin):
    save(session, admin, replace(FIRST_FEED, valid_from=date(2027, 1, 1)))

    assert list(pilots(session, people, seen(JUNE)).state) == ["现行", "将生效"]


def test_the_form_starts_from_the_last_version_in_force(session, people, admin):
    save(session, admin)

    assert tables.latest(session, people.manager)[Indicator.NEW_PILOT] == FIRST_FEED


def test_a_reported_year_shows_what_was_reported_and_what_is_now(session, people):
    factories.before_gate(session, people, Gate.G2)
    factories_goals.filing(session, people)
    factories.before_gate(session, people, Gate.G2)

    [row] = tables.filings(session, people.manager, seen(JUNE)).itertuples()

    assert (row.year, row.M1, row.M2) == (2026, "1（现为 2）", "0")


def test_goals_are_listed_with_their_source(session, people):
    factories_goals.target(session, people)

    [row] = tables.targets(session, people.manager).itertuples()

    assert (row.year, row.indicator, row.scope, row.goal) == (2026, "新增中试项目", "全市", 10)
    assert row.source == "示例政府工作报告"
