"""The portfolio at a glance: counts per stage, state and gate, and a board; aggregated in SQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Row, RowMapping, Select, and_, case, func
from sqlmodel import Session, col, select

from pilot.domain.gates import RUNNING
from pilot.domain.moment import Moment
from pilot.domain.vocabulary import ENDS, Gate, State
from pilot.store.models import JournalHead, Project, ProjectSpan
from pilot.store.queries_gate_papers import gate_papers, settled
from pilot.store.queries_tables import GONE, project_spans

_GATED = (*RUNNING, State.AWAITING)  # a paused project is not late


_HEADS = select(JournalHead.base_id, JournalHead.hash, JournalHead.at).order_by(
    col(JournalHead.base_id)
)


def journal_heads(session: Session) -> list[tuple[int, str, datetime]]:
    """The last journal entry of each base: as long as they stay, nothing that lists show moves."""
    return [tuple(row) for row in session.execute(_HEADS)]


def gate_counts(session: Session, bases: Sequence[int], view: Moment) -> Sequence[Row]:
    """Per next gate: projects before it, those that wait for a decision, those that are late."""
    waiting = ProjectSpan.state == State.AWAITING
    overdue = and_(ProjectSpan.next_planned_on < view.as_of, col(ProjectSpan.state).in_(_GATED))
    query = (
        select(
            ProjectSpan.next_gate.label("gate"),
            func.count().label("before"),
            func.sum(case((waiting, 1), else_=0)).label("waiting"),
            func.sum(case((overdue, 1), else_=0)).label("overdue"),
        )
        .where(
            *project_spans(bases, view),
            col(ProjectSpan.next_gate).is_not(None),
            col(ProjectSpan.state).not_in(GONE),
        )
        .group_by(col(ProjectSpan.next_gate))
    )
    return session.exec(query).all()


def ready_counts(session: Session, bases: Sequence[int], view: Moment) -> dict[Gate, int]:
    """Per next gate: running projects whose papers are all settled; at G0 consent and manager."""
    lacking = func.sum(case((settled(view), 0), else_=1))
    each = (
        gate_papers(view, col(ProjectSpan.project_id), col(ProjectSpan.next_gate))
        .where(*project_spans(bases, view), col(ProjectSpan.state).in_(RUNNING))
        .group_by(col(ProjectSpan.project_id), col(ProjectSpan.next_gate))
        .having(lacking == 0)
        .subquery()
    )
    query = select(each.c.next_gate, func.count()).group_by(each.c.next_gate)
    found = dict(session.exec(query).all())
    pool = (
        select(func.count())
        .select_from(ProjectSpan)
        .join(Project, col(Project.id) == col(ProjectSpan.project_id))
        .where(
            *project_spans(bases, view),
            ProjectSpan.next_gate == Gate.G0,
            col(ProjectSpan.state).in_(RUNNING),
            col(Project.owner_consent),
            col(Project.manager_id).is_not(None),
        )
    )
    return found | {Gate.G0: session.exec(pool).one()}


def by_urgency(projects: Select) -> Select:
    """The same list with the earliest gate first, then what has no date, what has ended last."""
    ended = case((col(ProjectSpan.state).in_(list(ENDS)), 1), else_=0)
    planned = ProjectSpan.next_planned_on
    undated = case((col(planned).is_(None), 1), else_=0)
    order = ended, undated, col(planned), col(ProjectSpan.base_id), col(ProjectSpan.code)
    return projects.order_by(None).order_by(*order)


def board(session: Session, projects: Select, most: int) -> Sequence[RowMapping]:
    """At most `most` projects of each stage of a list, as `by_urgency`, with `total`."""
    listed = projects.order_by(None).subquery()
    planned = listed.c.next_planned_on
    ended = case((listed.c.state.in_([state.value for state in ENDS]), 1), else_=0)
    undated = case((planned.is_(None), 1), else_=0)
    place = func.row_number().over(
        partition_by=listed.c.stage, order_by=[ended, undated, planned, listed.c.code]
    )
    total = func.count().over(partition_by=listed.c.stage)
    numbered = select(listed, place.label("place"), total.label("total")).subquery()
    query = (
        select(numbered)
        .where(numbered.c.place <= most)
        .order_by(numbered.c.stage, numbered.c.place)
    )
    return session.execute(query).mappings().all()


def due_soon(
    session: Session, bases: Sequence[int], view: Moment, *, days: int, most: int
) -> Sequence[Row]:
    """The running projects whose next gate is late or due within `days`, the latest first."""
    query = (
        select(ProjectSpan.project_id, ProjectSpan.code, ProjectSpan.name)
        .where(
            *project_spans(bases, view),
            col(ProjectSpan.state).in_(RUNNING),
            col(ProjectSpan.next_gate).is_not(None),
            ProjectSpan.next_planned_on <= view.as_of + timedelta(days=days),
        )
        .order_by(col(ProjectSpan.next_planned_on), col(ProjectSpan.code))
        .limit(most)
    )
    return session.exec(query).all()


def between_gates(
    session: Session, bases: Sequence[int], view: Moment, *, most: int
) -> Sequence[Row]:
    """Running projects that a move, not a gate, takes on: admission, landing; longest first."""
    query = (
        select(
            ProjectSpan.project_id,
            ProjectSpan.code,
            ProjectSpan.name,
            ProjectSpan.stage,
            ProjectSpan.stage_since,
        )
        .where(
            *project_spans(bases, view),
            col(ProjectSpan.state).in_(RUNNING),
            col(ProjectSpan.next_gate).is_(None),
        )
        .order_by(col(ProjectSpan.stage_since), col(ProjectSpan.code))
        .limit(most)
    )
    return session.exec(query).all()
