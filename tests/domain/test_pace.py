"""The straight line to a goal, at the ends of the year and in its middle."""

from datetime import UTC, date, datetime

import pytest

from pilot.domain.moment import Moment
from pilot.domain.pace import pace

NOW = datetime(2027, 3, 1, tzinfo=UTC)


def view(as_of: date) -> Moment:
    return Moment(2026, as_of, NOW)


@pytest.mark.parametrize(
    ("as_of", "expected", "months_left"),
    [
        pytest.param(date(2026, 1, 1), 0.0, 12, id="the first day"),
        pytest.param(date(2026, 7, 2), 5.0, 6, id="the middle of the year"),
        pytest.param(date(2026, 12, 31), 10.0, 1, id="the last day"),
        pytest.param(date(2027, 3, 1), 10.0, 0, id="a year that is over"),
        pytest.param(date(2025, 11, 1), 0.0, 12, id="a year that has not begun"),
    ],
)
def test_the_line_runs_from_nothing_to_the_goal(as_of, expected, months_left):
    line = pace(10, 0, view(as_of))

    assert (line.expected, line.months_left) == (expected, months_left)


@pytest.mark.parametrize(
    ("counted", "per_month"),
    [
        pytest.param(4, 1.0, id="six units in six months"),
        pytest.param(10, None, id="the goal is met"),
        pytest.param(12, None, id="more than the goal"),
    ],
)
def test_what_is_needed_a_month_is_what_is_left(counted, per_month):
    assert pace(10, counted, view(date(2026, 7, 2))).per_month == per_month


def test_nothing_can_be_needed_when_the_year_is_over():
    assert pace(10, 4, view(date(2027, 3, 1))).per_month is None
