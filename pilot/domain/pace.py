"""The straight line to a goal (平均进度): a tick for the eye, not a plan.

Goals of 4 or 10 units are lumpy and heavy in the last quarter; only the gates that are planned
say whether one will be met.
"""

from dataclasses import dataclass
from datetime import date

from pilot.domain.moment import Moment

CAUTION = "平均进度只是按天数折算的直线；项目数少、多在四季度过门，仅供参考。"


@dataclass(frozen=True, slots=True)
class Pace:
    """`expected` units by now on a straight line; `per_month` still needed, None once it is met.

    `months_left` includes the running month; 0 when the year is over.
    """

    expected: float
    months_left: int
    per_month: float | None


def pace(goal: int, counted: int, view: Moment) -> Pace:
    """Where a straight line to the year's goal stands at the view, and what is left a month."""
    first, last = date(view.year, 1, 1), date(view.year, 12, 31)
    days = (last - first).days + 1
    passed = min(max((view.as_of - first).days + 1, 0), days)
    left = _months_left(view)
    missing = max(goal - counted, 0)
    per_month = round(missing / left, 1) if left and missing else None
    return Pace(round(goal * passed / days, 1), left, per_month)


def _months_left(view: Moment) -> int:
    if view.as_of.year > view.year:
        return 0
    return 12 if view.as_of.year < view.year else 13 - view.as_of.month
