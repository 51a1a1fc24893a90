"""Reporting periods (报告期): a month, a quarter or a year of the calendar in Asia/Shanghai."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from pilot.domain.errors import Invalid
from pilot.domain.vocabulary import Term

_KEY = re.compile(r"(\d{4})(?:-(?:(\d{2})|Q([1-4])))?", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_QUARTERS = "一二三四"


class PeriodKind(Term):
    """How long a period is (报告期类型)."""

    MONTH = "month", "月报"
    QUARTER = "quarter", "季报"
    YEAR = "year", "年报"

    @property
    def months(self) -> int:
        """Its length in months."""
        return {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}[self]


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A reporting period: `first` and `last` day, both in. Made by `period` or `period_of`."""

    first: date
    kind: PeriodKind

    @property
    def key(self) -> str:
        """How it is written and stored: 2024-10, 2024-Q4 or 2024."""
        if self.kind is PeriodKind.MONTH:
            return f"{self.first:%Y-%m}"
        return (
            f"{self.year}-Q{self._quarter}" if self.kind is PeriodKind.QUARTER else f"{self.year}"
        )

    @property
    def last(self) -> date:
        """The last day, in."""
        return self.next.first - timedelta(days=1)

    @property
    def year(self) -> int:
        """The calendar year it lies in."""
        return self.first.year

    @property
    def label(self) -> str:
        """As people say it: 2024年10月, 2024年第四季度, 2024年度."""
        if self.kind is PeriodKind.MONTH:
            return f"{self.year}年{self.first.month}月"
        if self.kind is PeriodKind.QUARTER:
            return f"{self.year}年第{_QUARTERS[self._quarter - 1]}季度"
        return f"{self.year}年度"

    @property
    def next(self) -> "Period":
        """The period after, of the same kind."""
        return self._moved(self.kind.months)

    @property
    def previous(self) -> "Period":
        """The period before (上期), of the same kind."""
        return self._moved(-self.kind.months)

    def __contains__(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.first <= day <= self.last

    def __str__(self) -> str:
        """Its key."""
        return self.key

    @property
    def _quarter(self) -> int:
        return (self.first.month + 2) // 3

    def _moved(self, months: int) -> "Period":
        year, month = divmod(self.first.year * 12 + self.first.month - 1 + months, 12)
        return Period(date(year, month + 1, 1), self.kind)


def period(key: str) -> Period:
    """The period of a key: '2024-10', '2024-Q4' or '2024'. Invalid for anything else."""
    found = _KEY.fullmatch(key.strip().upper())
    if not found or not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
        raise _unreadable(key)
    year, month, quarter = int(found[1]), found[2], found[3]
    if month is not None:
        if not 1 <= int(month) <= 12:
            raise _unreadable(key)
        return Period(date(year, int(month), 1), PeriodKind.MONTH)
    if quarter is not None:
        return Period(date(year, 3 * int(quarter) - 2, 1), PeriodKind.QUARTER)
    return Period(date(year, 1, 1), PeriodKind.YEAR)


def period_of(day: date, kind: PeriodKind) -> Period:
    """The period of a kind that a day lies in."""
    months = kind.months
    return Period(date(day.year, (day.month - 1) // months * months + 1, 1), kind)


def _unreadable(key: str) -> Invalid:
    return Invalid(
        "period", f"看不懂报告期“{key[:20]}”：请写成 2024-10（月）、2024-Q4（季）或 2024（年）。"
    )
