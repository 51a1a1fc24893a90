"""Reporting periods: what a key means, its days, and the periods around it."""

from datetime import date

import pytest

from pilot.domain.errors import Invalid
from pilot.domain.report_periods import PeriodKind, period, period_of


@pytest.mark.parametrize(
    ("key", "kind", "first", "last", "label", "previous"),
    [
        ("2024-10", "month", "2024-10-01", "2024-10-31", "2024年10月", "2024-09"),
        ("2024-01", "month", "2024-01-01", "2024-01-31", "2024年1月", "2023-12"),
        ("2024-02", "month", "2024-02-01", "2024-02-29", "2024年2月", "2024-01"),
        ("2024-12", "month", "2024-12-01", "2024-12-31", "2024年12月", "2024-11"),
        ("2024-Q1", "quarter", "2024-01-01", "2024-03-31", "2024年第一季度", "2023-Q4"),
        ("2024-Q4", "quarter", "2024-10-01", "2024-12-31", "2024年第四季度", "2024-Q3"),
        ("2024", "year", "2024-01-01", "2024-12-31", "2024年度", "2023"),
    ],
)
def test_what_a_key_means(key, kind, first, last, label, previous):
    found = period(key)
    assert (found.kind, found.key, found.label) == (kind, key, label)
    assert (found.first, found.last) == (date.fromisoformat(first), date.fromisoformat(last))
    assert found.previous.key == previous
    assert found.previous.next == found


@pytest.mark.parametrize(
    "key",
    ["", "2024-13", "2024-00", "2024-Q5", "2024-Q0", "24-10", "2024/10", "1999", "２０２４", "x"],
)
def test_what_is_no_period(key):
    with pytest.raises(Invalid, match="看不懂报告期"):
        period(key)


def test_a_key_may_be_typed_with_blanks_and_a_small_letter():
    assert period(" 2024-q4 ").key == "2024-Q4"


@pytest.mark.parametrize(
    ("day", "month", "quarter", "year"),
    [
        ("2024-01-01", "2024-01", "2024-Q1", "2024"),
        ("2024-03-31", "2024-03", "2024-Q1", "2024"),
        ("2024-04-01", "2024-04", "2024-Q2", "2024"),
        ("2024-12-31", "2024-12", "2024-Q4", "2024"),
    ],
)
def test_the_period_a_day_lies_in(day, month, quarter, year):
    day = date.fromisoformat(day)
    found = [period_of(day, kind) for kind in PeriodKind]
    assert [one.key for one in found] == [month, quarter, year]
    assert all(day in one and one.first - (one.last - one.first) not in one for one in found)
