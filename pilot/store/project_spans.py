"""A project's spans: written at each change, so that a view of two times is one indexed query."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from pilot.domain.gates import next_gate
from pilot.domain.moment import FOREVER, FOREVER_DAY
from pilot.domain.spans import Span, length, overlay
from pilot.domain.vocabulary import Stage
from pilot.store import queries_gates
from pilot.store.models import Organisation, Person, Project, ProjectSite, ProjectSpan

_TIMES = {"id", "base_id", "project_id", "valid_from", "valid_to", "known_from", "known_to"}
_TIMES |= {"valid_length", "known_length"}
_VALUES = [column.name for column in ProjectSpan.__table__.columns if column.name not in _TIMES]

# Built once: every command about a project asks them.
_CURRENT = (
    select(ProjectSpan)
    .where(ProjectSpan.project_id == bindparam("project"), ProjectSpan.known_to == FOREVER)
    .order_by(col(ProjectSpan.valid_from))
)
_SITES = select(ProjectSite.site).where(ProjectSite.project_id == bindparam("project"))


def refresh(session: Session, project: Project, *, on: date, at: datetime) -> None:
    """Record what changed about a project, true from the day `on`, known from `at`."""
    session.flush()
    rows = _current(session, project.id)
    old = [Span(row.valid_from, row.valid_to, _values(row)) for row in rows]
    now = _read(session, project, since=old[-1].values["stage_since"] if old else on)
    if old and now["stage"] is not old[-1].values["stage"]:
        now["stage_since"] = _since(old, now["stage"], on)
    if not old:
        new = [Span(on, FOREVER_DAY, now)]
    else:
        change = {key: value for key, value in now.items() if old[-1].values[key] != value}
        new = overlay(old, change, on) if change else old
    _rewrite(session, project, rows, new, at)


def _since(old: list[Span], stage: Stage, on: date) -> date:
    """When the stage began: earlier than `on` if a correction only leads back to it."""
    before = [span.values for span in old if span.start < on <= span.end]
    return before[0]["stage_since"] if before and before[0]["stage"] is stage else on


def _current(session: Session, project_id: int) -> list[ProjectSpan]:
    return list(session.exec(_CURRENT, params={"project": project_id}))


def _values(row: ProjectSpan) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _VALUES}


def _rewrite(
    session: Session, project: Project, rows: list[ProjectSpan], new: list[Span], at: datetime
) -> None:
    """Close the rows that no longer hold; a row opened in this same instant is replaced."""
    kept = {(span.start, span.end, tuple(span.values.items())) for span in new}
    standing = set()
    for row in rows:
        identity = (row.valid_from, row.valid_to, tuple(_values(row).items()))
        if identity in kept:
            standing.add(identity)
        elif row.known_from == at:
            session.delete(row)
        else:
            row.known_to, row.known_length = at, length(row.known_from, at)
    session.flush()
    session.add_all(
        _row(project, span, at)
        for span in new
        if (span.start, span.end, tuple(span.values.items())) not in standing
    )


def _row(project: Project, span: Span, at: datetime) -> ProjectSpan:
    return ProjectSpan(
        base_id=project.base_id,
        project_id=project.id,
        valid_from=span.start,
        valid_to=span.end,
        known_from=at,
        known_to=FOREVER,
        valid_length=length(span.start, span.end),
        **span.values,
    )


def _read(session: Session, project: Project, *, since: date) -> dict[str, Any]:
    holder = _get(session, Organisation, project.holder_id)
    pilot = _get(session, Organisation, project.pilot_org_id)
    manager = _get(session, Person, project.manager_id)
    gate = next_gate(project.stage, project.state, queries_gates.passed_gates(session, project.id))
    plan = queries_gates.plans(session, project.id).get(gate) if gate else None
    values = {
        "code": project.code,
        "name": project.name,
        "stage": project.stage,
        "state": project.state,
        "holder": holder.name if holder else None,
        "holder_uscc": holder.uscc if holder else None,
        "pilot_org": pilot.name if pilot else None,
        "manager": manager.name if manager else None,
        "field": project.field,
        "industry": project.industry,
        "area": project.area,
        "sites": _sites(session, project.id),
        "in_base": project.in_base,
        "readiness": _readiness(project),
        "budget": project.budget,
        "next_gate": gate,
        "next_planned_on": plan.planned_on if plan else None,
        "stage_since": since,
    }
    return {name: values[name] for name in _VALUES}


def _get(session: Session, kind: type, row_id: int | None) -> Any:
    return session.get(kind, row_id) if row_id is not None else None


def _sites(session: Session, project_id: int) -> str | None:
    return "、".join(sorted(session.exec(_SITES, params={"project": project_id}))) or None


def _readiness(project: Project) -> str | None:
    if project.readiness_level is None:
        return None
    parts = (project.readiness_scheme, project.readiness_version, f"{project.readiness_level}级")
    return " ".join(part for part in parts if part)
