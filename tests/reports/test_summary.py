"""The goal cards: what they add up, at two times, and what stands beside the number."""

from datetime import date
from decimal import Decimal

import pytest

from pilot.domain.vocabulary import Gate, Indicator, LandingLevel, Scope, TransferMode
from pilot.reports import neighbours as beside
from pilot.reports import summary
from pilot.services import lifecycle, projects, results, transfers
from tests import factories, factories_goals, factories_registry
from tests.factories_goals import seen

JUNE = date(2026, 6, 30)
NEW_YEAR = date(2027, 1, 10)
FEBRUARY = date(2027, 2, 3)
DECEMBER = date(2026, 12, 31)


@pytest.fixture
def people(session):
    return factories.team(session)


def admitted(session, people, **fields):
    """A project admitted to the pilot on 11 February 2026."""
    return factories.before_gate(session, people, Gate.G2, **fields)


def cards(session, people, view):
    return summary.goal_cards(session, [people.base.id], view)


def card(session, people, view, indicator="M1", scope="city"):
    rows = cards(session, people, view)
    return rows[(rows.indicator_code == indicator) & (rows.scope == scope)].iloc[0]


def test_a_base_with_nothing_has_a_card_of_noughts_for_each_goal(session, people):
    rows = cards(session, people, seen(JUNE))

    assert list(zip(rows.indicator, rows.scope, strict=True)) == [
        ("M1", "city"), ("M2", "city"), ("M3", "city"),
    ]  # fmt: skip
    counts = ["counted", "month", "pending", "terminated", "late", "deducted", "distinct"]
    assert rows[counts].to_numpy().sum() == 0
    assert rows.goal.isna().all()


def test_a_target_of_the_base_adds_a_card_and_not_a_number(session, people):
    factories_goals.target(session, people, goal=10)
    factories_goals.target(session, people, goal=5, scope=Scope.BASE)
    admitted(session, people)
    admitted(session, people, in_base=False)

    rows = cards(session, people, seen(JUNE))

    shown = [(row.scope, row.counted, row.goal) for row in rows.itertuples() if row.goal]
    assert shown == [("city", 2, 10), ("base", 1, 5)]


def test_a_card_shows_rate_pace_and_what_is_needed(session, people):
    factories_goals.target(session, people, goal=10)
    admitted(session, people)

    row = card(session, people, seen(JUNE))

    assert (row.rate, row.expected, row.months_left, row.per_month) == (
        Decimal("10.0"), 5.0, 7, 1.3,
    )  # fmt: skip


def test_the_month_counts_only_what_happened_in_it(session, people):
    admitted(session, people)

    assert card(session, people, seen(date(2026, 2, 28), JUNE)).month == 1
    assert card(session, people, seen(date(2026, 3, 31), JUNE)).month == 0


def test_a_unit_that_lacks_a_proof_is_pending_and_not_counted(session, people):
    row = factories.before_gate(session, people, Gate.G3)
    plant = factories.plant(session, people, row)
    factories.level(session, people, plant, LandingLevel.L4, verified=False)

    shown = card(session, people, seen(JUNE), "M2")

    assert (shown.counted, shown.pending) == (0, 1)


def test_a_terminated_project_still_counts_and_is_named(session, people):
    row = admitted(session, people)
    lifecycle.move(
        session,
        row.id,
        "terminate",
        by=people.manager,
        at=factories.clock(session),
        reason="经济性",
    )

    shown = card(session, people, seen(JUNE))

    assert (shown.counted, shown.terminated) == (1, 1)


def test_the_same_day_last_year_is_compared(session, people):
    admitted(session, people)

    assert card(session, people, seen(date(2027, 2, 10))).last_year == 0
    assert card(session, people, seen(date(2027, 2, 11))).last_year == 1


class TestFiledYear:
    """2026 was filed on 10 January with one unit."""

    @pytest.fixture(autouse=True)
    def _filed(self, session, people):
        self.first = admitted(session, people)
        factories_goals.set_clock(session, NEW_YEAR)
        factories_goals.filing(session, people, 2026)

    def test_a_late_entry_moves_the_december_figure_as_known_today(self, session, people):
        factories_goals.set_clock(session, FEBRUARY)
        admitted(session, people)

        shown = card(session, people, seen(DECEMBER, FEBRUARY))

        assert (shown.counted, shown.filed, shown.late, shown.deducted) == (2, 1, 1, 0)
        assert shown.note == "2026 年度上报数 1，现为 2；2026 年度上报后补报 1 项"

    def test_what_was_known_in_january_stays_as_it_was(self, session, people):
        factories_goals.set_clock(session, FEBRUARY)
        admitted(session, people)

        shown = card(session, people, seen(DECEMBER, date(2027, 1, 31)))

        assert (shown.counted, shown.filed, shown.late, shown.note) == (1, 1, 0, None)

    def test_the_new_year_declares_what_came_late_without_counting_it(self, session, people):
        factories_goals.set_clock(session, FEBRUARY)
        admitted(session, people)

        shown = card(session, people, seen(FEBRUARY))

        assert (shown.counted, shown.late, shown.filed) == (0, 1, None)
        assert shown.note == "2026 年度上报后补报 1 项"

    def test_a_unit_voided_after_filing_is_deducted(self, session, people):
        factories_goals.set_clock(session, FEBRUARY)
        wrong, at = self.first.id, factories.clock
        lifecycle.ask_void(session, wrong, by=people.manager, at=at(session), reason="误登")
        lifecycle.void(session, wrong, by=people.decider, at=at(session), reason="误登")

        shown = card(session, people, seen(DECEMBER, FEBRUARY))

        assert (shown.counted, shown.filed, shown.late, shown.deducted) == (0, 1, 0, 1)

    def test_filed_plus_late_minus_deducted_is_the_live_number(self, session, people):
        factories_goals.set_clock(session, FEBRUARY)
        admitted(session, people)
        admitted(session, people)

        shown = card(session, people, seen(DECEMBER, FEBRUARY))

        assert shown.filed + shown.late - shown.deducted == shown.counted == 3

    def test_a_change_of_proof_alone_is_neither_late_nor_deducted(self, session, people):
        factories_goals.set_clock(session, FEBRUARY)
        factories.paper(session, people, self.first, "D06")

        shown = card(session, people, seen(DECEMBER, FEBRUARY))

        assert (shown.counted, shown.late, shown.deducted) == (1, 0, 0)


def test_a_result_with_two_receivers_is_one_result_and_two_contracts(session, people):
    result = factories_registry.result(session, people)
    for amount in ("120.50", "80.25"):
        sale = factories_registry.contract(session, people, amount=Decimal(amount))
        factories_registry.transfer(session, people, result_id=result.id, contract_id=sale.id)

    shown = card(session, people, seen(JUNE), "M3")

    assert (shown.counted, shown.contracts, shown.amount) == (1, 2, Decimal("200.75"))
    assert (shown.transferred, shown.licensed, shown.invested) == (1, 0, 0)


def split_package(session, people, whole=None, part=Decimal(50)):
    """A package and a part of it sold under one contract of 300万元, the part split off."""
    sale = factories_registry.contract(session, people, amount=Decimal(300))
    package = factories_registry.result(session, people)
    child = factories_registry.result(session, people, package_id=package.id)
    factories_registry.transfer(
        session, people, result_id=package.id, contract_id=sale.id, own_price=whole
    )
    sold = factories_registry.transfer(session, people, result_id=child.id, contract_id=sale.id)
    at = factories.clock
    results.split(
        session, child.id, by=people.manager, at=at(session), reason="单独定价", own_price=part
    )
    transfers.verify_transfer(session, sold.id, by=people.one, at=at(session))


def test_a_contract_over_two_results_is_paid_once(session, people):
    split_package(session, people)

    shown = card(session, people, seen(JUNE), "M3")

    assert (shown.counted, shown.contracts, shown.amount) == (2, 1, Decimal(300))


def test_results_with_prices_of_their_own_are_added_up(session, people):
    split_package(session, people, whole=Decimal(50), part=Decimal(50))

    assert card(session, people, seen(JUNE), "M3").amount == Decimal(100)


def test_modes_and_registered_contracts_stand_beside_the_number(session, people):
    licence = factories_registry.contract(
        session, people, registration_no="2026210200000001", registered_on=date(2026, 3, 20)
    )
    factories_registry.transfer(session, people, mode=TransferMode.LICENCE, contract_id=licence.id)
    factories_registry.transfer(session, people, mode=TransferMode.EQUITY)

    shown = card(session, people, seen(JUNE), "M3")

    assert (shown.transferred, shown.licensed, shown.invested, shown.registered) == (0, 1, 1, 1)


def test_an_unverified_transfer_adds_no_contract(session, people):
    factories_registry.transfer(session, people, verified=False)

    shown = card(session, people, seen(JUNE), "M3")

    assert (shown.counted, shown.pending, shown.contracts, shown.amount) == (0, 1, 0, 0)


def test_a_voided_transfer_leaves_the_contracts(session, people):
    row = factories_registry.transfer(session, people)
    transfers.void_transfer(
        session, row.id, by=people.manager, at=factories.clock(session), reason="误登"
    )

    shown = card(session, people, seen(JUNE), "M3")

    assert (shown.counted, shown.contracts, shown.amount) == (0, 0, 0)


def test_a_result_sold_again_in_a_later_year_is_distinct_once(session, people):
    result = factories_registry.result(session, people)
    factories_registry.transfer(session, people, result_id=result.id)
    factories_goals.set_clock(session, date(2027, 5, 1))
    again = factories_registry.contract(session, people, signed_on=date(2027, 4, 1))
    factories_registry.transfer(session, people, result_id=result.id, contract_id=again.id)

    shown = card(session, people, seen(date(2027, 6, 1)), "M3")

    assert (shown.counted, shown.last_year, shown.distinct) == (1, 1, 1)


def test_gates_planned_for_the_rest_of_the_year_make_the_forecast(session, people):
    factories_goals.target(session, people, goal=2)
    admitted(session, people)
    waiting = factories.before_gate(session, people, Gate.G1)
    projects.plan_gate(
        session, waiting.id, Gate.G1, date(2026, 9, 1), by=people.manager,
        at=factories.clock(session),
    )  # fmt: skip

    shown = card(session, people, seen(JUNE))

    assert (shown.planned, shown.light) == (1, "● 正常")
    assert card(session, people, seen(date(2026, 9, 17))).light == "■ 告警"


def test_what_is_counted_already_is_not_planned_again(session, people):
    factories_goals.target(session, people, Indicator.INDUSTRIALISED, goal=4)
    project = factories.before_gate(session, people, Gate.G4)
    projects.plan_gate(
        session, project.id, Gate.G4, date(2026, 9, 1), by=people.manager,
        at=factories.clock(session),
    )  # fmt: skip

    shown = card(session, people, seen(JUNE), "M2")

    assert (shown.counted, shown.planned) == (1, 0)


def test_the_trend_ends_at_the_number_on_the_card(session, people):
    admitted(session, people)
    admitted(session, people)

    rows = summary.trend(session, [people.base.id], seen(date(2026, 4, 2), JUNE))

    city = rows[(rows.indicator == "M1") & (rows.scope == "city")]
    assert list(zip(city.month, city.counted, strict=True)) == [(1, 0), (2, 2), (3, 2), (4, 2)]


def test_the_neighbours_are_counted_apart(session, people):
    factories.before_gate(session, people, Gate.G4)

    rows = beside.neighbours(session, [people.base.id], seen(JUNE))

    city = rows[rows.scope == "city"].set_index("code")
    assert list(city.index) == ["M2X", "M3X", "M3C", "L1", "L2", "L3", "L4", "L5"]
    assert list(city.counted) == [0, 0, 0, 1, 0, 0, 1, 0]


def test_another_base_is_not_seen(session, people):
    admitted(session, people)
    elsewhere = factories.team(session, "XX")

    assert card(session, elsewhere, seen(JUNE)).counted == 0


def test_indicators_are_words_of_the_vocabulary(session, people):
    rows = cards(session, people, seen(JUNE))

    assert [Indicator(value) for value in rows.indicator] == list(Indicator)[:3]
