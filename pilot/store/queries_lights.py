"""The facts the lights look at, for some projects, in a fixed number of statements.

Papers, plans and spans are read at the view's two times; contracts, plants and conditions by the
day and the time they were recorded.
"""

import functools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BindParameter, Row, Select, bindparam, case, func, or_
from sqlmodel import Session, col, select

from pilot.domain.light_rules import EXPIRY_DAYS
from pilot.domain.lights import LightFacts, Paper
from pilot.domain.moment import Moment, local_day
from pilot.domain.vocabulary import ContractState, ContractType, EvidenceState
from pilot.store.models import (
    ChecklistItem,
    Condition,
    Contract,
    Evidence,
    JournalEntry,
    Landing,
    Project,
    ProjectSpan,
)
from pilot.store.queries_gate_papers import gate_papers, settled
from pilot.store.queries_tables import spans_then

_REGISTRABLE = (
    ContractType.DEVELOPMENT,
    ContractType.TRANSFER,
    ContractType.LICENCE,
    ContractType.CONSULTING,
    ContractType.SERVICE,
)


@dataclass(frozen=True, slots=True)
class _Then:
    """Stands for the view's two times in a statement that is built once."""

    as_of: BindParameter
    known_at: BindParameter


_THEN = _Then(bindparam("as_of"), bindparam("known_at"))
_IDS, _SOON = bindparam("ids", expanding=True), bindparam("soon")


def _found(session: Session, statement: Select, view: Moment, ids: Sequence[int]) -> Sequence[Row]:
    """The rows of such a statement about these projects at the view."""
    soon = view.as_of + timedelta(days=EXPIRY_DAYS)
    times = {"as_of": view.as_of, "known_at": view.known_at, "soon": soon}
    return session.execute(statement, {"ids": list(ids), **times}).all()


def light_facts(session: Session, view: Moment, ids: Sequence[int]) -> dict[int, LightFacts]:
    """The facts of these projects, whoever may see them, as true and known at the view, by id."""
    needed, missing = _gate_papers(session, view, ids)
    parts = (
        _papers(session, view, ids),
        _conditions(session, view, ids),
        _contracts(session, view, ids),
        _plants(session, view, ids),
    )
    updated = {key: at for key, at in _found(session, _of_updates(), view, ids)}
    found = {}
    for row in _found(session, _of_projects(), view, ids):
        key = row.project_id
        values: dict[str, Any] = {
            name: value for part in parts for name, value in part[key].items()
        }
        found[key] = LightFacts(
            project_id=key,
            stage=row.stage,
            state=row.state,
            next_gate=row.next_gate,
            planned_on=row.next_planned_on,
            needed=needed[key],
            missing=tuple(missing[key]),
            run_start=row.run_start if row.run_start and row.run_start <= view.as_of else None,
            updated_on=_last(view, updated.get(key), row.touched_at, row.known_from),
            **values,
        )
    return found


@functools.cache
def _of_projects() -> Select:
    span = ProjectSpan
    return (
        select(
            span.project_id,
            span.stage,
            span.state,
            span.next_gate,
            span.next_planned_on,
            span.known_from,
            Project.run_start,
            Project.touched_at,
        )
        .join(Project, col(Project.id) == col(span.project_id))
        .where(col(span.project_id).in_(_IDS), *spans_then(_THEN))
    )


@functools.cache
def _of_gates() -> Select:
    done = case((settled(_THEN), 1), else_=0)
    query = gate_papers(_THEN, ProjectSpan.project_id, ChecklistItem.doc_code, done)
    query = query.where(col(ProjectSpan.project_id).in_(_IDS), *spans_then(_THEN))
    return query.order_by(col(ProjectSpan.project_id), col(ChecklistItem.position))


def _gate_papers(
    session: Session, view: Moment, ids: Sequence[int]
) -> tuple[dict[int, int], dict[int, list[str]]]:
    """How many papers the next gate asks for, and the codes of those not settled."""
    needed: dict[int, int] = defaultdict(int)
    missing: dict[int, list[str]] = defaultdict(list)
    for project_id, doc_code, is_done in _found(session, _of_gates(), view, ids):
        needed[project_id] += 1
        if not is_done:
            missing[project_id].append(doc_code)
    return needed, missing


@functools.cache
def _of_papers() -> Select:
    """Papers that end some day, and those that a rule asks for by their code."""
    expired = Evidence.state == EvidenceState.EXPIRED
    return (
        select(
            Evidence.project_id,
            Evidence.doc_code,
            Evidence.issued_on,
            Evidence.valid_until,
            case((expired, 1), else_=0),
        )
        .where(
            col(Evidence.project_id).in_(_IDS),
            Evidence.known_from <= _THEN.known_at,
            Evidence.known_to > _THEN.known_at,
            col(Evidence.state).in_([EvidenceState.QUALIFIED, EvidenceState.EXPIRED]),
            or_(
                expired,
                Evidence.valid_until <= _SOON,
                col(Evidence.doc_code).in_(["D06", "D10"]),
            ),
        )
        .order_by(col(Evidence.project_id), col(Evidence.doc_code))
    )


def _papers(session: Session, view: Moment, ids: Sequence[int]) -> dict[int, dict]:
    """Papers that end some day, the EIA approval, and whether the agreement is in."""
    found: dict[int, dict] = defaultdict(dict)
    rows = _found(session, _of_papers(), view, ids)
    for project_id, code, issued_on, valid_until, ended in rows:
        known = found[project_id]
        paper = Paper(
            doc_code=code, issued_on=issued_on, valid_until=valid_until, expired=bool(ended)
        )
        known["papers"] = (*known.get("papers", ()), paper)
        known["agreed"] = known.get("agreed", False) or code == "D06"
    return found


@functools.cache
def _of_conditions() -> Select:
    closed = col(Condition.closed_on)
    return (
        select(Condition.project_id, func.count(), func.min(Condition.due_on))
        .where(
            col(Condition.project_id).in_(_IDS),
            Condition.recorded_at <= _THEN.known_at,
            Condition.due_on < _THEN.as_of,
            or_(closed.is_(None), closed > _THEN.as_of),
        )
        .group_by(col(Condition.project_id))
    )


def _conditions(session: Session, view: Moment, ids: Sequence[int]) -> dict[int, dict]:
    found: dict[int, dict] = defaultdict(dict)
    for project_id, overdue, due_on in _found(session, _of_conditions(), view, ids):
        found[project_id] = {"conditions_overdue": overdue, "condition_due_on": due_on}
    return found


@functools.cache
def _of_contracts() -> Select:
    return (
        select(
            Contract.project_id,
            Contract.no,
            Contract.type,
            Contract.signed_on,
            Contract.amount,
            Contract.registration_no,
            Contract.ip_clause,
        )
        .where(
            col(Contract.project_id).in_(_IDS),
            Contract.signed_on <= _THEN.as_of,
            Contract.recorded_at <= _THEN.known_at,
            Contract.state != ContractState.RESCINDED,
        )
        .order_by(col(Contract.signed_on), col(Contract.no))
    )


def _contracts(session: Session, view: Moment, ids: Sequence[int]) -> dict[int, dict]:
    """Clauses, registration and amounts of the contracts signed and recorded by then."""
    found: dict[int, dict] = defaultdict(dict)
    for row in _found(session, _of_contracts(), view, ids):
        known = found[row.project_id]
        known["ip_clause"] = known.get("ip_clause", False) or bool(row.ip_clause)
        if row.type in _REGISTRABLE and not row.registration_no:
            known["unregistered"] = (*known.get("unregistered", ()), (row.no, row.signed_on))
        if not row.amount:
            known["unpriced"] = (*known.get("unpriced", ()), row.no)
    return found


@functools.cache
def _of_plants() -> Select:
    return (
        select(Landing.project_id, Landing.site_area)
        .where(
            col(Landing.project_id).in_(_IDS),
            Landing.recorded_at <= _THEN.known_at,
            col(Landing.site_area).is_not(None),
        )
        .order_by(col(Landing.id))
    )


def _plants(session: Session, view: Moment, ids: Sequence[int]) -> dict[int, dict]:
    found: dict[int, dict] = defaultdict(dict)
    for project_id, area in _found(session, _of_plants(), view, ids):
        known = found[project_id]
        known["plant_areas"] = (*known.get("plant_areas", ()), area)
    return found


@functools.cache
def _of_updates() -> Select:
    """When anything was last recorded about each project by then."""
    entry = JournalEntry
    return (
        select(entry.project_id, func.max(entry.at))
        .where(col(entry.project_id).in_(_IDS), entry.at <= _THEN.known_at)
        .group_by(col(entry.project_id))
    )


def _last(view: Moment, *instants: Any) -> date | None:
    known = [at for at in instants if at is not None and at <= view.known_at]
    return local_day(max(known)) if known else None
