"""The facts the lights look at, for some projects, in a fixed number of statements.

Papers, plans and spans are read at the view's two times; contracts, plants and conditions by the
day and the time they were recorded.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_
from sqlmodel import Session, col, select

from pilot.domain.light_rules import EXPIRY_DAYS
from pilot.domain.lights import LightFacts, Paper
from pilot.domain.moment import Moment, local_day
from pilot.domain.vocabulary import (
    ContractState,
    ContractType,
    EvidenceState,
    HazardClass,
    Requirement,
)
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
from pilot.store.queries_tables import spans_then

_REGISTRABLE = (
    ContractType.DEVELOPMENT,
    ContractType.TRANSFER,
    ContractType.LICENCE,
    ContractType.CONSULTING,
    ContractType.SERVICE,
)


def light_facts(session: Session, view: Moment, ids: Sequence[int]) -> dict[int, LightFacts]:
    """The facts of these projects, whoever may see them, as true and known at the view, by id."""
    needed, missing = _gate_papers(session, view, ids)
    parts = (
        _papers(session, view, ids),
        _conditions(session, view, ids),
        _contracts(session, view, ids),
        _plants(session, view, ids),
    )
    updated = _updates(session, view, ids)
    found = {}
    for row in _projects(session, view, ids):
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


def settled(view: Moment) -> ColumnElement:
    """Whether a paper of the checklist is settled: qualified and valid, or waived where it may."""
    valid = or_(col(Evidence.valid_until).is_(None), Evidence.valid_until >= view.as_of)
    return or_(
        and_(Evidence.state == EvidenceState.QUALIFIED, valid),
        and_(
            Evidence.state == EvidenceState.NOT_APPLICABLE,
            ChecklistItem.requirement != Requirement.REQUIRED,
        ),
    )


def gate_papers(view: Moment, *columns: ColumnElement) -> Select:
    """Every paper the next gate of each span asks for, joined with how it stands.

    Which spans these are is for the caller to say.
    """
    span, item = ProjectSpan, ChecklistItem
    hazardous = or_(col(Project.key_hazards), func.coalesce(Project.hazard_process, "") != "")
    hazard = case((hazardous, HazardClass.HAZARDOUS.value), else_=HazardClass.GENERAL.value)
    return (
        select(*columns)
        .select_from(span)
        .join(Project, col(Project.id) == col(span.project_id))
        .join(
            item,
            and_(
                item.base_id == span.base_id,
                item.gate == span.next_gate,
                col(item.active),
                col(item.doc_code).is_not(None),
                item.requirement != Requirement.ADVISORY,
                or_(item.hazard_class == HazardClass.ANY, item.hazard_class == hazard),
            ),
        )
        .join(
            Evidence,
            and_(
                Evidence.project_id == span.project_id,
                Evidence.doc_code == item.doc_code,
                Evidence.known_from <= view.known_at,
                Evidence.known_to > view.known_at,
            ),
            isouter=True,
        )
    )


def _projects(session: Session, view: Moment, ids: Sequence[int]) -> Sequence[Row]:
    span = ProjectSpan
    query = (
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
        .where(col(span.project_id).in_(ids), *spans_then(view))
    )
    return session.exec(query).all()


def _gate_papers(
    session: Session, view: Moment, ids: Sequence[int]
) -> tuple[dict[int, int], dict[int, list[str]]]:
    """How many papers the next gate asks for, and the codes of those not settled."""
    query = gate_papers(
        view,
        ProjectSpan.project_id,
        ChecklistItem.doc_code,
        case((settled(view), 1), else_=0),
    )
    query = query.where(
        col(ProjectSpan.project_id).in_(ids),
        *spans_then(view),
    )
    query = query.order_by(col(ProjectSpan.project_id), col(ChecklistItem.position))
    needed: dict[int, int] = defaultdict(int)
    missing: dict[int, list[str]] = defaultdict(list)
    for project_id, doc_code, is_done in session.exec(query):
        needed[project_id] += 1
        if not is_done:
            missing[project_id].append(doc_code)
    return needed, missing


def _papers(session: Session, view: Moment, ids: Sequence[int]) -> dict[int, dict]:
    """Papers that end some day, the EIA approval, and whether the agreement is in."""
    expired = Evidence.state == EvidenceState.EXPIRED
    query = select(
        Evidence.project_id,
        Evidence.doc_code,
        Evidence.issued_on,
        Evidence.valid_until,
        case((expired, 1), else_=0),
    ).where(
        col(Evidence.project_id).in_(ids),
        Evidence.known_from <= view.known_at,
        Evidence.known_to > view.known_at,
        col(Evidence.state).in_([EvidenceState.QUALIFIED, EvidenceState.EXPIRED]),
        or_(
            expired,
            Evidence.valid_until <= view.as_of + timedelta(days=EXPIRY_DAYS),
            col(Evidence.doc_code).in_(["D06", "D10"]),
        ),
    )
    found: dict[int, dict] = defaultdict(dict)
    query = query.order_by(col(Evidence.project_id), col(Evidence.doc_code))
    for project_id, code, issued_on, valid_until, ended in session.exec(query):
        known = found[project_id]
        paper = Paper(
            doc_code=code, issued_on=issued_on, valid_until=valid_until, expired=bool(ended)
        )
        known["papers"] = (*known.get("papers", ()), paper)
        known["agreed"] = known.get("agreed", False) or code == "D06"
    return found


def _conditions(session: Session, view: Moment, ids: Sequence[int]) -> dict[int, dict]:
    query = (
        select(Condition.project_id, func.count(), func.min(Condition.due_on))
        .where(
            col(Condition.project_id).in_(ids),
            Condition.recorded_at <= view.known_at,
            Condition.due_on < view.as_of,
            or_(col(Condition.closed_on).is_(None), Condition.closed_on > view.as_of),
        )
        .group_by(col(Condition.project_id))
    )
    found: dict[int, dict] = defaultdict(dict)
    for project_id, overdue, due_on in session.exec(query):
        found[project_id] = {"conditions_overdue": overdue, "condition_due_on": due_on}
    return found


def _contracts(session: Session, view: Moment, ids: Sequence[int]) -> dict[int, dict]:
    """Clauses, registration and amounts of the contracts signed and recorded by then."""
    query = (
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
            col(Contract.project_id).in_(ids),
            Contract.signed_on <= view.as_of,
            Contract.recorded_at <= view.known_at,
            Contract.state != ContractState.RESCINDED,
        )
        .order_by(col(Contract.signed_on), col(Contract.no))
    )
    found: dict[int, dict] = defaultdict(dict)
    for row in session.exec(query):
        known = found[row.project_id]
        known["ip_clause"] = known.get("ip_clause", False) or bool(row.ip_clause)
        if row.type in _REGISTRABLE and not row.registration_no:
            known["unregistered"] = (*known.get("unregistered", ()), (row.no, row.signed_on))
        if not row.amount:
            known["unpriced"] = (*known.get("unpriced", ()), row.no)
    return found


def _plants(session: Session, view: Moment, ids: Sequence[int]) -> dict[int, dict]:
    query = select(Landing.project_id, Landing.site_area).where(
        col(Landing.project_id).in_(ids),
        Landing.recorded_at <= view.known_at,
        col(Landing.site_area).is_not(None),
    )
    found: dict[int, dict] = defaultdict(dict)
    for project_id, area in session.exec(query.order_by(col(Landing.id))):
        known = found[project_id]
        known["plant_areas"] = (*known.get("plant_areas", ()), area)
    return found


def _updates(session: Session, view: Moment, ids: Sequence[int]) -> dict[int, Any]:
    """When anything was last recorded about each project by then."""
    query = (
        select(JournalEntry.project_id, func.max(JournalEntry.at))
        .where(col(JournalEntry.project_id).in_(ids), JournalEntry.at <= view.known_at)
        .group_by(col(JournalEntry.project_id))
    )
    return dict(session.exec(query).all())


def _last(view: Moment, *instants: Any) -> date | None:
    known = [at for at in instants if at is not None and at <= view.known_at]
    return local_day(max(known)) if known else None
