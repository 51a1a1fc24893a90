"""What a new definition would change (口径变更预览): which units would leave, come or wait.

A pure function over the ledger entries a rehearsal returns, today's sums and the units' names.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from sqlmodel import Session

from pilot.domain.moment import Moment
from pilot.domain.vocabulary import Indicator, Scope, Standing
from pilot.store import queries_claims
from pilot.store.models import Claim

Unit: TypeAlias = tuple[str, int]
Place: TypeAlias = tuple[Indicator, Scope, int]
Names: TypeAlias = Mapping[Unit, tuple[str, str]]

SHOWN = 12


@dataclass(slots=True)
class Consequence:
    """One number before and after, with the units that move it."""

    indicator: Indicator
    scope: Scope
    year: int
    before: int
    after: int
    gone: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """“新增中试项目 · 全市 · 2026：10 → 8”."""
        place = f"{self.indicator.label} · {self.scope.label} · {self.year}"
        return f"{place}：{self.before} → {self.after}"

    @property
    def sentences(self) -> list[str]:
        """Which units, by name; a long list is cut and says how long it is."""
        told = (
            ("将不再计入", self.gone),
            ("将新计入", self.new),
            ("将列为待核", self.waiting),
        )
        return [f"这 {len(units)} 个{what}：{_some(units)}" for what, units in told if units]


def preview(
    session: Session, base_id: int, view: Moment, rows: Sequence[Claim]
) -> list[Consequence]:
    """The consequences of a rehearsal, with today's sums and names looked up."""
    units: dict[str, set[int]] = {}
    for row in rows:
        units.setdefault(row.unit_kind, set()).add(row.unit_id)
    names = queries_claims.unit_names(session, units, view)
    counted = queries_claims.counted_by_year(session, base_id, view)
    return consequences(rows, counted, names, view.as_of)


def consequences(
    rows: Sequence[Claim], counted: Mapping[Place, int], names: Names, as_of: date
) -> list[Consequence]:
    """One for each indicator, scope and year that changes; what only changes its basis does not."""
    moved: dict[Place, dict[Standing, Counter[Unit]]] = {}
    for row in rows:
        if row.effective_on <= as_of:
            place = row.indicator, row.scope, row.year
            units = moved.setdefault(place, {standing: Counter() for standing in Standing})
            units[row.standing][row.unit_kind, row.unit_id] += row.sign
    found = [_one(place, units, counted, names) for place, units in moved.items()]
    kept = [each for each in found if each.gone or each.new or each.waiting]
    return sorted(kept, key=lambda each: (-each.year, each.indicator, _SCOPES.index(each.scope)))


_SCOPES = (Scope.CITY, Scope.BASE)


def _one(
    place: Place,
    units: Mapping[Standing, Counter[Unit]],
    counted: Mapping[Place, int],
    names: Names,
) -> Consequence:
    before = counted.get(place, 0)
    change = units[Standing.COUNTED]
    waiting = units[Standing.PENDING]
    return Consequence(
        *place,
        before=before,
        after=before + change.total(),
        gone=_named([unit for unit, net in change.items() if net < 0], names),
        new=_named([unit for unit, net in change.items() if net > 0], names),
        waiting=_named([unit for unit, net in waiting.items() if net > 0], names),
    )


def _named(units: Sequence[Unit], names: Names) -> list[str]:
    return sorted(" ".join(filter(None, names.get(unit, ("未命名", "")))) for unit in units)


def _some(units: Sequence[str]) -> str:
    if len(units) <= SHOWN:
        return "、".join(units)
    return f"{'、'.join(units[:SHOWN])} 等"
