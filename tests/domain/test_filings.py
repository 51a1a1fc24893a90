"""The report of a period: every state × person × action, its window, its unlocks."""

from datetime import UTC, date, datetime, timedelta

import pytest

from pilot.domain.errors import Conflict, Invalid, NotAllowed, PilotError
from pilot.domain.filings import (
    LONGEST_UNLOCK,
    MOVES,
    Facts,
    Side,
    check_move,
    check_unlock_end,
    cut_off,
    turn,
)
from pilot.domain.people import Actor, Role
from pilot.domain.report_calendar import (
    DEFAULTS,
    After,
    CalendarRule,
    Window,
    check_rule,
    check_window,
    days_left,
    left_in_words,
)
from pilot.domain.report_periods import PeriodKind
from pilot.domain.vocabulary import FilingState as State

TODAY = date(2026, 6, 1)
MAKER = Actor(1, 1, "示例填报人", frozenset({Role.OFFICER}))
OTHER = Actor(2, 1, "示例审核人", frozenset({Role.MANAGER}))
PEOPLE = {"maker": MAKER, "other": OTHER}

# action: (states, who may, to) — the specification, by hand; the other cells are refused
LEGAL: dict[str, tuple[str, str, str | None]] = {
    "start": ("empty", "maker other", "in_progress"),
    "submit": ("in_progress returned", "maker other", "submitted"),
    "recall": ("submitted", "maker", "in_progress"),
    "approve": ("submitted", "other", "approved"),
    "send_back": ("submitted", "other", "returned"),
    "decline": ("approved", "other", "returned"),
    "freeze": ("approved", "other", "frozen"),
    "ask_unlock": ("frozen", "maker other", None),
    "unlock": ("frozen", "other", "returned"),
    "refuse_unlock": ("frozen", "other", None),
    "relock": ("in_progress returned submitted approved", "maker other", "frozen"),
}


def facts(state: State, action: str = "") -> Facts:
    """Made by the maker, who has also asked for the unlock where one is needed."""
    asked = 1 if action in ("unlock", "refuse_unlock") else None
    until = TODAY if action == "relock" else None
    return Facts(state, TODAY, maker_id=1, asked_by=asked, unlocked_until=until)


def test_the_matrix_has_every_action():
    assert set(LEGAL) == set(MOVES)


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("state", list(State), ids=lambda state: state.value)
@pytest.mark.parametrize("action", list(MOVES))
def test_every_move_from_every_state_by_everybody(action, state, person):
    states, people, to = LEGAL[action]
    if state in states.split() and person in people.split():
        move = check_move(action, facts(state, action), PEOPLE[person], "理由")
        assert move.to == to
    else:
        with pytest.raises(PilotError):
            check_move(action, facts(state, action), PEOPLE[person], "理由")


@pytest.mark.parametrize("action", [move.action for move in MOVES.values() if move.needs_reason])
def test_a_move_that_needs_a_reason_asks_for_it(action):
    state = next(iter(MOVES[action].states))
    with pytest.raises(Invalid, match="必须写明理由"):
        check_move(action, facts(state, action), OTHER, " ")


def test_every_state_is_somebodys_turn_but_the_last():
    assert {state for state in State if turn(state) is None} == {State.FROZEN}
    assert {turn(state) for state in State} == {*Side, None}


@pytest.mark.parametrize(
    ("known", "by", "error"),
    [
        pytest.param(Facts(State.FROZEN, TODAY), OTHER, Conflict, id="nobody asked"),
        pytest.param(Facts(State.FROZEN, TODAY, asked_by=2), OTHER, NotAllowed, id="one's own"),
    ],
)
def test_nobody_unlocks_what_nobody_else_asked_for(known, by, error):
    with pytest.raises(error):
        check_move("unlock", known, by, "理由")


def test_a_second_request_waits_for_the_first():
    with pytest.raises(Conflict, match="等待批准"):
        check_move("ask_unlock", Facts(State.FROZEN, TODAY, asked_by=1), OTHER, "理由")


@pytest.mark.parametrize("state", [State.RETURNED, State.SUBMITTED, State.APPROVED])
def test_an_unlock_that_has_ended_leaves_the_report_frozen(state):
    ended = Facts(state, TODAY, maker_id=1, unlocked_until=TODAY - timedelta(days=1))
    last_day = Facts(state, TODAY, maker_id=1, unlocked_until=TODAY)

    assert (ended.standing, last_day.standing) == (State.FROZEN, state)
    for action in ("submit", "approve", "freeze"):
        with pytest.raises(Conflict, match="已上报"):
            check_move(action, ended, OTHER)


@pytest.mark.parametrize("days", [0, LONGEST_UNLOCK])
def test_an_unlock_ends_within_a_month(days):
    until = TODAY + timedelta(days=days)
    assert check_unlock_end(until, TODAY) == until


@pytest.mark.parametrize("until", [None, TODAY - timedelta(days=1), TODAY + timedelta(days=32)])
def test_an_unlock_without_such_an_end_is_refused(until):
    with pytest.raises(Invalid):
        check_unlock_end(until, TODAY)


def test_nothing_recorded_after_the_lock_date_goes_in_unless_it_is_unlocked():
    late = datetime(2026, 6, 20, 3, 0, tzinfo=UTC)
    early = datetime(2026, 6, 3, 3, 0, tzinfo=UTC)
    lock_on = date(2026, 6, 10)

    assert cut_off(early, lock_on, unlocked=False) == early
    assert cut_off(late, lock_on, unlocked=False) == datetime(2026, 6, 10, 15, 59, 59, 999999, UTC)
    assert cut_off(late, lock_on, unlocked=True) == late


# --- the calendar --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frequency", "end", "window"),
    [
        pytest.param("month", "2024-10-31", "2024-11-01 2024-11-05 2024-11-10", id="month"),
        pytest.param("month", "2024-12-31", "2025-01-01 2025-01-05 2025-01-10", id="December"),
        pytest.param("quarter", "2024-12-31", "2025-01-01 2025-01-10 2025-01-15", id="quarter"),
        pytest.param("year", "2024-12-31", "2025-01-01 2025-03-31 2025-04-15", id="year"),
    ],
)
def test_the_default_windows(frequency, end, window):
    found = DEFAULTS[PeriodKind(frequency)].window(date.fromisoformat(end))
    assert f"{found.opens_on} {found.due_on} {found.lock_on}" == window


def test_a_day_that_the_month_lacks_is_its_last():
    assert After(2, 31).of(date(2025, 12, 31)) == date(2026, 2, 28)
    assert After(2, 31).of(date(2023, 12, 31)) == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        pytest.param(CalendarRule(After(1, 6), After(1, 5), After(1, 9)), "due", id="order"),
        pytest.param(CalendarRule(After(0, 1), After(1, 5), After(1, 9)), "opens", id="no month"),
        pytest.param(CalendarRule(After(1, 1), After(1, 5), After(1, 32)), "lock", id="no day"),
    ],
)
def test_a_rule_that_is_no_calendar_is_refused(rule, field):
    with pytest.raises(Invalid) as refused:
        check_rule(rule)
    assert refused.value.field == field


def test_the_days_of_one_report_stand_in_order_after_its_period():
    end = date(2026, 5, 31)
    good = Window(date(2026, 6, 1), date(2026, 6, 5), date(2026, 6, 5))
    assert check_window(good, end) == good
    with pytest.raises(Invalid):
        check_window(Window(end, date(2026, 6, 5), date(2026, 6, 10)), end)


@pytest.mark.parametrize(
    ("due", "days", "words"),
    [
        pytest.param("2026-06-05", 4, "距截止 4 天", id="ahead"),
        pytest.param("2026-06-01", 0, "今天截止", id="today"),
        pytest.param("2026-05-30", -2, "已逾期 2 天", id="late"),
        pytest.param("2026-05-20", -12, "已逾期 12 天", id="due on the first day of all"),
        pytest.param("2026-05-19", None, "启用本系统前的期间", id="due before there was a base"),
    ],
)
def test_how_long_is_left(due, days, words):
    due, since = date.fromisoformat(due), date(2026, 5, 20)

    assert days_left(due, TODAY, since) == days
    assert left_in_words(due, TODAY, since) == words
