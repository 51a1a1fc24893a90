"""指标汇总: the goal cards, their trend and the counts beside them; one frame for page and export.

Every number is a sum over the ledger; the statements are as many whatever the data's size.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

import pandas as pd
from sqlmodel import Session

from pilot.domain.lights import goal_light
from pilot.domain.moment import Moment
from pilot.domain.pace import pace
from pilot.domain.vocabulary import GOALS, Indicator, Scope
from pilot.store import queries_filed, queries_overview, queries_transfers

Place: TypeAlias = tuple[int, Indicator, Scope]
Facts: TypeAlias = dict[str, Any]

_BY_GATES = (Indicator.NEW_PILOT, Indicator.INDUSTRIALISED)
_COUNTS = ("counted", "month", "pending", "last_year", "distinct", "terminated", "planned")
_TRANSFERS = ("contracts", "amount", "transferred", "licensed", "invested", "registered")
_COLUMNS = (
    "base_id", "base", "indicator_code", "indicator", "scope", "headline", "year", "goal",
    "month", "counted", "rate", "pending", "terminated", "late", "deducted", "filed",
    "last_year", "distinct", *_TRANSFERS, "expected", "months_left", "per_month", "planned",
    "light", "light_reason", "note",
)  # fmt: skip


def goal_cards(session: Session, bases: Sequence[int], view: Moment) -> pd.DataFrame:
    """One row per base, goal and scope that has a target or is the definition's headline.

    Counts are of the view's year; `goal`, `rate`, `filed` and the pace are None where there is
    no target, no filed year; amounts in 万元. Base and city scope are never added.
    """
    names = queries_overview.bases(session, bases)
    goals = {
        (base, indicator, scope): goal
        for base, indicator, scope, goal in queries_overview.goals(session, bases, view)
    }
    headlines = {
        (base, indicator): scope
        for base, indicator, scope in queries_overview.headlines(session, bases, view)
    }
    facts = _facts(session, bases, view)
    rows = [
        _card(names, place, goals.get(place), place[2] is headlines.get(place[:2]), facts, view)
        for place in _places(names, goals, headlines)
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS), dtype=object)


def trend(session: Session, bases: Sequence[int], view: Moment) -> pd.DataFrame:
    """Cumulative counted units at the end of each month begun by the view, per goal and scope.

    What takes effect after the year (a unit handed on later) is shown in its last month.
    """
    months = _months(view)
    gained: dict[Place, list[int]] = defaultdict(lambda: [0] * months)
    for row in queries_overview.monthly(session, bases, view) if months else ():
        month = 12 if row.on_year > view.year else int(row.on_month)
        month = 1 if row.on_year < view.year else min(month, months)
        gained[row.base_id, row.indicator, row.scope][month - 1] += row.gained
    rows = [
        {
            "base_id": place[0],
            "indicator": place[1].value,
            "scope": place[2].value,
            "month": month,
            "counted": sum(steps[:month]),
        }
        for place, steps in sorted(gained.items())
        for month in range(1, months + 1)
    ]
    return pd.DataFrame(rows, columns=["base_id", "indicator", "scope", "month", "counted"])


def _places(
    names: dict[int, str], goals: dict[Place, int], headlines: dict[tuple[int, Indicator], Scope]
) -> list[Place]:
    return [
        (base, indicator, scope)
        for base in names
        for indicator in GOALS
        for scope in (Scope.CITY, Scope.BASE)
        if (base, indicator, scope) in goals or headlines.get((base, indicator)) is scope
    ]


def _facts(session: Session, bases: Sequence[int], view: Moment) -> dict[Place, Facts]:
    """Everything known about each place, gathered from statements that each know a part."""
    found: dict[Place, Facts] = defaultdict(dict)
    for row in queries_overview.sums(session, bases, view, GOALS):
        found[row.base_id, row.indicator, row.scope] |= row._mapping
    for read in (
        queries_overview.distinct,
        queries_overview.terminated,
        queries_filed.filed,
    ):
        for row in read(session, bases, view):
            found[row.base_id, row.indicator, row.scope] |= row._mapping
    for row in queries_transfers.contracts(session, bases, view):
        found[row.base_id, Indicator.TRANSFERRED, row.scope] |= row._mapping
    for row in queries_filed.adjustments(session, bases, view):
        place = found[row.base_id, row.indicator, row.scope]
        place.setdefault("adjusted", []).append((row.year, row.late, row.deducted))
    _add_planned(found, queries_overview.planned(session, bases, view))
    filed = queries_filed.filed_bases(session, bases, view)
    for base in filed:
        for indicator in GOALS:
            for scope in Scope:
                found[base, indicator, scope].setdefault("filed", 0)
    return found


def _add_planned(found: dict[Place, Facts], rows: Iterable) -> None:
    """A base's own project counts in both scopes; each scope has its own sum."""
    for row in rows:
        for scope in (Scope.CITY, Scope.BASE) if row.in_base else (Scope.CITY,):
            place = found[row.base_id, Indicator(row.indicator), scope]
            place["planned"] = place.get("planned", 0) + row.planned


def _card(
    names: dict[int, str],
    place: Place,
    goal: int | None,
    headline: bool,
    facts: dict[Place, Facts],
    view: Moment,
) -> Facts:
    base, indicator, scope = place
    known = facts.get(place, {})
    adjusted = known.get("adjusted", [])
    card = dict.fromkeys(_COLUMNS) | {name: int(known.get(name) or 0) for name in _COUNTS}
    card |= {
        "base_id": base,
        "base": names[base],
        "indicator_code": indicator.value,
        "indicator": indicator.value,
        "scope": scope.value,
        "headline": headline,
        "year": view.year,
        "filed": known.get("filed"),
        "late": sum(int(late) for _, late, _ in adjusted),
        "deducted": sum(int(deducted) for _, _, deducted in adjusted),
    }
    if indicator is Indicator.TRANSFERRED:
        card |= {name: int(known.get(name) or 0) for name in _TRANSFERS}
        card["amount"] = Decimal(known.get("amount") or 0).quantize(Decimal("0.01"))
    if goal is not None:
        card |= _against(goal, card["counted"], card["planned"], indicator, view)
    card["note"] = "；".join(_notes(card, adjusted, view)) or None
    return card


def _against(goal: int, counted: int, planned: int, indicator: Indicator, view: Moment) -> Facts:
    """The number against its goal: rate in percent, the straight line, the gates planned."""
    line = pace(goal, counted, view)
    found = {
        "goal": goal,
        "rate": (Decimal(100 * counted) / goal).quantize(Decimal("0.1")),
        "expected": line.expected,
        "months_left": line.months_left,
        "per_month": line.per_month,
    }
    if indicator in _BY_GATES and line.months_left:
        shown = goal_light(goal, counted, planned)
        found |= {"light": shown.sign, "light_reason": shown.reason}
    return found


def _notes(card: Facts, adjusted: list[tuple[int, int, int]], view: Moment) -> Iterable[str]:
    """What a reader must be told beside the number, in sentences."""
    if card["filed"] is not None and card["filed"] != card["counted"]:
        yield f"{view.year} 年度上报数 {card['filed']}，现为 {card['counted']}"
    for year, late, deducted in adjusted:
        words = [f"补报 {late} 项"] if late else []
        words += [f"核减 {deducted} 项"] if deducted else []
        if words:
            yield f"{year} 年度上报后{'、'.join(words)}"
    if card["contracts"]:
        modes = f"转让 {card['transferred']}、许可 {card['licensed']}、作价投资 {card['invested']}"
        yield f"其中{modes}；合同已认定登记 {card['registered']} 项"


def _months(view: Moment) -> int:
    """How many months of the year have begun by the view."""
    if view.as_of.year > view.year:
        return 12
    return view.as_of.month if view.as_of.year == view.year else 0
