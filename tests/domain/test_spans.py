"""Valid time: laying what became true over what was true before."""

import itertools
from datetime import date

import pytest

from pilot.domain.moment import FOREVER_DAY
from pilot.domain.spans import Span, overlay

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
