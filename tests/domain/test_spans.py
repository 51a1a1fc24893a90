"""Valid time: laying what became true over what was true before."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilot.domain.moment import FOREVER, FOREVER_DAY
from pilot.domain.spans import LONGEST, Span, last_ends, length, overlay

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in range(1, 5))


def span(start: date, end: date = FOREVER_DAY, **values: object) -> Span:
    return Span(start, end, {"stage": "pool", "name": "甲"} | values)


def days(spans: list[Span]) -> list[tuple]:
    return [(one.start, one.end, one.values["stage"], one.values["name"]) for one in spans]


def test_a_change_from_a_later_day_cuts_the_span_in_two():
    assert days(overlay([span(JAN)], {"stage": "concept"}, FEB)) == [
        (JAN, FEB, "pool", "甲"),
        (FEB, FOREVER_DAY, "concept", "甲"),
    ]


def test_a_change_from_the_first_day_replaces_the_span():
    assert days(overlay([span(JAN)], {"stage": "concept"}, JAN)) == [
        (JAN, FOREVER_DAY, "concept", "甲")
    ]


def test_a_change_before_the_first_span_reaches_back():
    assert days(overlay([span(FEB)], {"stage": "concept"}, JAN)) == [
        (JAN, FOREVER_DAY, "concept", "甲")
    ]


def test_a_backdated_change_keeps_what_changed_after_it():
    before = [span(JAN, MAR), span(MAR, stage="concept")]
    assert days(overlay(before, {"name": "乙"}, FEB)) == [
        (JAN, FEB, "pool", "甲"),
        (FEB, MAR, "pool", "乙"),
        (MAR, FOREVER_DAY, "concept", "乙"),
    ]


def test_a_change_may_end():
    assert days(overlay([span(JAN)], {"stage": "concept"}, FEB, MAR)) == [
        (JAN, FEB, "pool", "甲"),
        (FEB, MAR, "concept", "甲"),
        (MAR, FOREVER_DAY, "pool", "甲"),
    ]


def test_the_end_day_is_out():
    cut = overlay([span(JAN)], {"stage": "concept"}, FEB, MAR)
    assert [one.values["stage"] for one in cut if one.start <= MAR < one.end] == ["pool"]


def test_neighbours_that_say_the_same_become_one():
    before = [span(JAN, MAR), span(MAR, stage="concept")]
    assert days(overlay(before, {"stage": "concept"}, JAN)) == [(JAN, FOREVER_DAY, "concept", "甲")]


@pytest.mark.parametrize("start", [JAN, FEB, MAR, APR])
def test_spans_never_leave_a_gap(start):
    before = [span(FEB, MAR), span(MAR, stage="concept")]
    after = overlay(before, {"name": "乙"}, start)
    assert all(one.end == other.start for one, other in itertools.pairwise(after))
    assert after[0].start == min(start, FEB)
    assert after[-1].end == FOREVER_DAY


@pytest.mark.parametrize(
    ("days", "wanted"),
    [(0, 0), (1, 1), (3, 1), (4, 2), (15, 2), (16, 3), (1023, 5), (1024, 6), (4095, 6), (4096, 7)],
)
def test_a_length_is_the_power_of_four_that_is_longer(days, wanted):
    assert length(JAN, JAN + timedelta(days=days)) == wanted
    start = datetime(2026, 1, 1, 7, tzinfo=UTC)
    assert length(start, start + timedelta(days=days + 1, microseconds=-1)) == wanted


def test_what_has_no_end_is_among_the_longest():
    assert length(JAN, FOREVER_DAY) == length(datetime(2026, 1, 1, tzinfo=UTC), FOREVER) == LONGEST


SPENT = st.timedeltas(timedelta(0), timedelta(days=6000))
LEFT = st.timedeltas(timedelta(microseconds=1), timedelta(days=6000))


@given(spent=SPENT, left=LEFT)
def test_a_span_ends_no_later_than_the_last_of_its_length(spent, left):
    start = datetime(2026, 1, 1, 7, tzinfo=UTC)
    at, end = start + spent, start + spent + left
    assert end <= last_ends(at).get(length(start, end), FOREVER)
    if start.date() < end.date():
        days = length(start.date(), end.date())
        assert end.date() <= last_ends(at.date()).get(days, FOREVER_DAY)
