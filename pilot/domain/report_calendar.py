"""When a report of a period may be submitted, is due and is locked: three days, by a rule.

The defaults are this product's proposal; a base sets its own (上报日历). A day is “the n-th of
the m-th month after the period”: the 5th of the first one for a month. Source of 31 March for the
year: domain note §3.1 (annual reports of bases).
"""

import calendar
from dataclasses import dataclass
from datetime import date

from pilot.domain.errors import Invalid
from pilot.domain.report_periods import Period, PeriodKind, period_of

LATEST_MONTH = 12
BEFORE_USE = "启用本系统前的期间"


@dataclass(frozen=True, slots=True)
class After:
    """A day of a month after a period's last one; a day that the month lacks is its last."""

    months: int
    day: int

    def of(self, end: date) -> date:
        """The day itself, for a period that ends on `end`."""
        months = end.year * 12 + end.month - 1 + self.months
        year, month = months // 12, months % 12 + 1
        return date(year, month, min(self.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class CalendarRule:
    """When the window of a period opens, when it is due, when its data is locked.

    `templates` are the codes of the reports that are due for every such period.
    """

    opens: After
    due: After
    lock: After
    templates: tuple[str, ...] = ()

    def window(self, end: date) -> "Window":
        """The three days of a period that ends on `end`."""
        return Window(self.opens.of(end), self.due.of(end), self.lock.of(end))


@dataclass(frozen=True, slots=True)
class Window:
    """The submission window (填报窗口) of one report and its lock date (锁定日)."""

    opens_on: date
    due_on: date
    lock_on: date


DEFAULTS: dict[PeriodKind, CalendarRule] = {
    PeriodKind.MONTH: CalendarRule(After(1, 1), After(1, 5), After(1, 10), ("R1", "R3")),
    PeriodKind.QUARTER: CalendarRule(After(1, 1), After(1, 10), After(1, 15), ("R4",)),
    PeriodKind.YEAR: CalendarRule(
        After(1, 1), After(3, 31), After(4, 15), ("R1", "R2", "R5", "R9")
    ),
}


def windows(rule: CalendarRule, kind: PeriodKind, year: int) -> list[tuple[Period, Window]]:
    """The days of every period of a year by a rule, the earliest first (期限预览)."""
    found = periods(kind, date(year, 1, 1), date(year, 12, 31))
    return [(each, rule.window(each.last)) for each in found]


def check_rule(rule: CalendarRule) -> CalendarRule:
    """The rule, if its days are days after the period and stand in order; else Invalid."""
    for name, after in (("opens", rule.opens), ("due", rule.due), ("lock", rule.lock)):
        if not 1 <= after.months <= LATEST_MONTH or not 1 <= after.day <= 31:
            raise Invalid(name, "请填报告期后第 1 至 12 个月的 1 至 31 日。")
    in_order = [(each.months, each.day) for each in (rule.opens, rule.due, rule.lock)]
    if in_order != sorted(in_order):
        raise Invalid("due", "三个日期应依次为：窗口开放、报送截止、数据锁定。")
    return rule


def check_window(window: Window, end: date) -> Window:
    """The days of one report, if they stand in order after its period; else Invalid."""
    if not end < window.opens_on <= window.due_on <= window.lock_on:
        raise Invalid(
            "due_on", f"应依次为：报告期末 {end}、窗口开放、报送截止、数据锁定；请核对三个日期。"
        )
    return window


def is_before_use(due_on: date, since: date) -> bool:
    """Whether a report was due before its base came into the system, on the day `since`.

    Nobody can be late with it here: it was made, or not, elsewhere. It may still be prepared.
    """
    return due_on < since


def days_left(due_on: date, today: date, since: date) -> int | None:
    """Days until a report is due; negative once it is late, None if it cannot be late."""
    return None if is_before_use(due_on, since) else (due_on - today).days


def left_in_words(due_on: date, today: date, since: date) -> str:
    """The same for people."""
    days = days_left(due_on, today, since)
    if days is None:
        return BEFORE_USE
    if days == 0:
        return "今天截止"
    return f"距截止 {days} 天" if days > 0 else f"已逾期 {-days} 天"


def periods(kind: PeriodKind, first: date, last: date) -> list[Period]:
    """The periods of a kind that touch [first, last], the earliest first."""
    found = [period_of(first, kind)]
    while found[-1].next.first <= last:
        found.append(found[-1].next)
    return found
