"""What an action would change in the counts (对三项指标的影响): before and after, in words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from pilot.domain.gates import outcome
from pilot.domain.moment import Moment
from pilot.domain.vocabulary import (
    PASSING,
    Conclusion,
    EvidenceState,
    Gate,
    Indicator,
    Scope,
    Stage,
    Standing,
)
from pilot.store import queries_counting, queries_gates, queries_goals
from pilot.store.models import Claim

_TOLD = (Standing.COUNTED, Standing.PENDING)


@dataclass(frozen=True, slots=True)
class Effect:
    """One number that would move; `changes` holds standing, before and after."""

    indicator: Indicator
    scope: Scope
    year: int
    changes: tuple[tuple[Standing, int, int], ...]

    @property
    def words(self) -> str:
        """As a sentence, e.g. 新增中试项目（全市，2026 年）：计入 6 → 7，待核 2 → 1."""
        told = "，".join(f"{standing.label} {old} → {new}" for standing, old, new in self.changes)
        return f"{self.indicator.label}（{self.scope.label}，{self.year} 年）：{told}"


def arrival(session: Session, project_id: int, gate: Gate, conclusion: Conclusion) -> str:
    """Where a decision would leave the project, in words."""
    stage, state = outcome(gate, conclusion)
    told = f"项目转为“{stage.label}·{state.label}”"
    if gate is not Gate.G1 or conclusion not in PASSING:
        return told
    paper = queries_gates.paper(session, project_id, "D06")
    if paper is None or paper.state is not EvidenceState.QUALIFIED or paper.issued_on is None:
        return f"{told}；协议 D06 合格后再办理中试准入"
    return f"{told}，协议 D06 已合格，随即办理中试准入，转为“{Stage.PILOT.label}·{state.label}”"


def effects(session: Session, base_id: int, view: Moment, rows: Sequence[Claim]) -> list[Effect]:
    """What these ledger entries would do to today's numbers; only numbers that move."""
    deltas: Counter[tuple[int, Indicator, Scope, Standing]] = Counter()
    for row in rows:
        if row.effective_on <= view.as_of:
            deltas[row.year, row.indicator, row.scope, row.standing] += row.sign
    found = []
    for year in sorted({key[0] for key in deltas}):
        totals = queries_counting.totals(session, base_id, replace(view, year=year))
        found += _of_year(year, deltas, totals)
    return found


def told(session: Session, base_id: int, view: Moment, rows: Sequence[Claim]) -> list[str]:
    """The same as sentences; a year that was reported keeps what was reported (已上报)."""
    found = effects(session, base_id, view, rows)
    filed = set(queries_goals.filed_years(session, base_id))
    words = [each.words for each in found] or ["三项指标的数字不变"]
    return words + [
        f"{year} 年已上报：上报的数不变，差额作为补报或核减另列"
        for year in sorted({each.year for each in found} & filed)
    ]


def _of_year(year: int, deltas: Counter, totals: dict) -> list[Effect]:
    found = []
    for indicator in Indicator:
        for scope in (Scope.CITY, Scope.BASE):
            changes = tuple(
                (standing, before, before + delta)
                for standing in _TOLD
                for before in (totals.get((indicator, scope, standing), 0),)
                for delta in (deltas[year, indicator, scope, standing],)
                if delta
            )
            if changes:
                found.append(Effect(indicator, scope, year, changes))
    return found
