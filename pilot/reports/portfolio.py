"""The portfolio in words and counts: stage strip, a page of the project list, a board."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from sqlalchemy import RowMapping, Select
from sqlmodel import Session

from pilot.domain.lights import Light, LightFacts, light
from pilot.domain.moment import Moment
from pilot.domain.vocabulary import ENDS, Gate, Scope, Stage, State
from pilot.reports import charts
from pilot.store import (
    queries_bases,
    queries_codes,
    queries_lights,
    queries_portfolio,
    queries_stage_counts,
    streams,
)
from pilot.store.queries_tables import PROJECT_KEY, ProjectFilter, project_lines, projects

GATES_OF: dict[Stage, tuple[Gate, ...]] = {
    Stage.POOL: (Gate.G0,),
    Stage.CONCEPT: (Gate.G1,),
    Stage.PILOT: (Gate.G2, Gate.G3),
    Stage.INDUSTRY: (Gate.G4,),
}
PAGE_SIZE = 50
ON_BOARD = 8
_COLUMNS = (
    "project_id", "base", "code", "name", "stage", "state", "light", "reason", "next_gate",
    "planned_on", "readiness", "days_in_stage", "field", "manager", "updated_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the list of projects is narrowed to; empty means all that are not void or merged."""

    text: str = ""
    stages: tuple[Stage, ...] = ()
    states: tuple[State, ...] = ()
    fields: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class GateCount:
    """Projects before a gate: awaiting a decision, with all papers in, and late."""

    gate: Gate
    before: int = 0
    waiting: int = 0
    ready: int = 0
    overdue: int = 0


@dataclass(frozen=True, slots=True)
class StageCount:
    """Projects of a stage: still going, by state, and those that ended in it."""

    stage: Stage
    open: int
    states: tuple[tuple[State, int], ...]
    gates: tuple[GateCount, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of projects as a frame, the same ready to be sent, and how many there are in all."""

    frame: pd.DataFrame
    drawn: Any
    total: int


@dataclass(frozen=True, slots=True)
class Card:
    """One project on the board."""

    project_id: int
    code: str
    name: str
    state: State
    light: Light
    next_gate: Gate | None
    readiness: str


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A stage of the board: its first cards and how many projects it has."""

    stage: Stage
    total: int
    cards: tuple[Card, ...]


def visible_bases(session: Session, actor: Any) -> list[int]:
    """The bases whose projects a person may see."""
    if not actor.sees_all_bases:
        return [actor.base_id]
    return [base.id for base in queries_bases.visible(session, actor)]


def fields(session: Session, bases: Sequence[int]) -> dict[str, str]:
    """The technical fields to choose from, code to label."""
    return {
        code: label
        for base in bases
        for code, label in queries_codes.labels(session, base, "fields").items()
    }


def stage_strip(session: Session, bases: Sequence[int], view: Moment) -> list[StageCount]:
    """Every stage in order with its counts and the gates that lead out of it."""
    states: dict[Stage, list[tuple[State, int]]] = {stage: [] for stage in Stage}
    for row in queries_stage_counts.stage_counts(session, bases, view):
        states[row.stage].append((row.state, row.projects))
    ready = queries_portfolio.ready_counts(session, bases, view)
    gates = {gate: GateCount(gate, ready=ready.get(gate, 0)) for gate in Gate}
    for row in queries_portfolio.gate_counts(session, bases, view):
        gates[row.gate] = replace(
            gates[row.gate], before=row.before, waiting=row.waiting, overdue=row.overdue
        )
    order = {state: place for place, state in enumerate(State)}
    return [
        StageCount(
            stage,
            open=sum(number for state, number in found if state not in ENDS),
            states=tuple(sorted(found, key=lambda pair: order[pair[0]])),
            gates=tuple(gates[gate] for gate in GATES_OF[stage]),
        )
        for stage, found in states.items()
    ]


def project_page(
    session: Session,
    bases: Sequence[int],
    view: Moment,
    chosen: Chosen,
    page: int = 1,
    *,
    size: int = PAGE_SIZE,
) -> Listed:
    """Page `page` (from 1) of the projects, the most urgent first, each with light and gate."""
    urgent = queries_portfolio.by_urgency(projects(bases, view, _filter(chosen)))
    total, rows = _page(session, urgent, max(page, 1), size, searched=bool(chosen.text))
    facts = queries_lights.light_facts(session, view, [row["project_id"] for row in rows])
    known = fields(session, bases)
    lines = [_line(row, facts[row["project_id"]], view, known) for row in rows]
    frame = pd.DataFrame(lines, columns=list(_COLUMNS), dtype=object)
    return Listed(frame, charts.drawn(frame), total)


def _page(
    session: Session, statement: Select, page: int, size: int, *, searched: bool
) -> tuple[int, Sequence[RowMapping]]:
    """How many there are, and a page of them or the last; a text is looked for only once."""
    lines = queries_portfolio.by_urgency(project_lines())
    if searched and page == 1:
        total, keys = streams.found(session, statement, PROJECT_KEY, size)
        return total, streams.rows(session, lines, PROJECT_KEY, keys)
    total = streams.count(session, statement)
    last = max(-(-total // size), 1)
    start = (min(page, last) - 1) * size
    return total, streams.page(session, statement, size, start, key=PROJECT_KEY, lines=lines)


def board(
    session: Session, bases: Sequence[int], view: Moment, chosen: Chosen
) -> list[BoardColumn]:
    """The same projects by stage, at most eight a stage, the earliest gate first."""
    statement = projects(bases, view, _filter(chosen))
    rows = queries_portfolio.board(session, statement, ON_BOARD)
    facts = queries_lights.light_facts(session, view, [row["project_id"] for row in rows])
    return [
        BoardColumn(
            stage,
            total=max((row["total"] for row in mine), default=0),
            cards=tuple(_card(row, facts[row["project_id"]], view) for row in mine),
        )
        for stage in Stage
        for mine in ([row for row in rows if row["stage"] is stage],)
    ]


def _filter(chosen: Chosen) -> ProjectFilter:
    return ProjectFilter(
        text=chosen.text,
        stages=chosen.stages,
        states=chosen.states,
        fields=chosen.fields,
        gates=chosen.gates,
        scope=chosen.scope,
    )


def _line(
    row: Mapping[str, Any], facts: LightFacts, view: Moment, fields: Mapping[str, str]
) -> dict[str, Any]:
    shown = light(facts, view.as_of)
    since = row["stage_since"]
    return {
        "project_id": row["project_id"],
        "base": row["base"],
        "code": row["code"],
        "name": row["name"],
        "stage": row["stage"].label,
        "state": row["state"].label,
        "light": [shown.sign] if row["state"] not in ENDS else [],
        "reason": shown.reason if row["state"] not in ENDS else "",
        "next_gate": row["next_gate"].value if row["next_gate"] else "",
        "planned_on": row["next_planned_on"],
        "readiness": facts.readiness,
        "days_in_stage": (view.as_of - since).days if since else None,
        "field": fields.get(row["field"], row["field"] or ""),
        "manager": row["manager"] or "",
        "updated_on": facts.updated_on,
    }


def _card(row: Mapping[str, Any], facts: LightFacts, view: Moment) -> Card:
    return Card(
        project_id=row["project_id"],
        code=row["code"],
        name=row["name"],
        state=row["state"],
        light=light(facts, view.as_of),
        next_gate=row["next_gate"],
        readiness=facts.readiness,
    )
