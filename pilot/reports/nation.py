"""全部基地: the goals of many bases in one table, from month-end counts and what came since."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pandas as pd
from sqlmodel import Session

from pilot.domain.moment import Moment, anniversary
from pilot.domain.vocabulary import GOALS, Indicator, Scope, Standing
from pilot.store import queries_overview, queries_snapshots


@dataclass(frozen=True, slots=True)
class Nation:
    """One row a goal and scope over all bases, and one row a base."""

    goals: pd.DataFrame
    bases: pd.DataFrame


def nation(session: Session, bases: Sequence[int], view: Moment) -> Nation:
    """The year's counts of these bases and their sums; the two scopes are never added."""
    month = replace(view, as_of=view.as_of.replace(day=1) - timedelta(days=1))
    a_year_ago = replace(view, as_of=anniversary(view.as_of, -1))
    now = queries_snapshots.claims(session, bases, view)
    before = queries_snapshots.claims(session, bases, month)
    then = queries_snapshots.claims(session, bases, a_year_ago)
    goals = queries_overview.goals(session, bases, view)
    places = [(indicator, scope) for indicator in GOALS for scope in (Scope.CITY, Scope.BASE)]
    rows = [
        {
            "指标": f"{indicator.value} {indicator.label}",
            "范围": scope.label,
            "已计入": (counted := _sum(now, indicator, scope, view.year)),
            "目标": sum(goal for _, i, s, goal in goals if (i, s) == (indicator, scope)) or None,
            "本月": counted - _sum(before, indicator, scope, view.year),
            "待核": _sum(now, indicator, scope, view.year, Standing.PENDING),
            "上年同期": _sum(then, indicator, scope, view.year - 1),
        }
        for indicator, scope in places
    ]
    names = queries_overview.bases(session, bases)
    each = [_base(base, name, now, goals, view) for base, name in names.items()]
    return Nation(pd.DataFrame(rows, dtype=object), pd.DataFrame(each, dtype=object))


def _base(base: int, name: str, now: Counter, goals: Sequence[tuple], view: Moment) -> dict:
    """A base's counts of the city scope beside its goals."""
    row: dict[str, Any] = {"基地": name}
    for indicator in GOALS:
        place = base, indicator, Scope.CITY
        row[f"{indicator.value} 已计入"] = now[*place, Standing.COUNTED, view.year]
        row[f"{indicator.value} 目标"] = next((g for *key, g in goals if tuple(key) == place), None)
    return row


def _sum(
    counted: Counter,
    indicator: Indicator,
    scope: Scope,
    year: int,
    standing: Standing = Standing.COUNTED,
) -> int:
    wanted = indicator, scope, standing, year
    return sum(number for (_, *place), number in counted.items() if tuple(place) == wanted)
