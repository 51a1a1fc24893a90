"""What a check of a base reads: the ledger row by row, stored files, current spans."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping
from sqlmodel import Session, and_, col, or_, select

from pilot.domain.moment import FOREVER, FOREVER_DAY
from pilot.domain.spans import length
from pilot.store import journal
from pilot.store.models import Attachment, Base, Claim, Project, ProjectSpan

CLAIM_FIELDS = tuple(name for name in Claim.model_fields if name != "id")
_COPIED = ("code", "name", "stage", "state", "field", "industry", "area", "in_base", "budget")


def bases(session: Session) -> Sequence[Base]:
    """Every base of the installation."""
    return session.exec(select(Base).order_by(col(Base.id))).all()


def claim_rows(session: Session, base_id: int) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Every ledger row: its id and CLAIM_FIELDS as the journal writes them, streamed in order."""
    columns = [getattr(Claim, name) for name in CLAIM_FIELDS]
    query = select(Claim.id, *columns).where(Claim.base_id == base_id).order_by(col(Claim.id))
    rows = session.connection().execute(query, execution_options={"yield_per": 5_000})
    for row_id, *values in rows:
        yield row_id, tuple(journal.plain(value) for value in values)


def stored_files(session: Session, base_id: int) -> Sequence[Attachment]:
    """Every attachment of a base; several may share their bytes."""
    query = select(Attachment).where(Attachment.base_id == base_id)
    return session.exec(query.order_by(col(Attachment.id))).all()


def named_files(session: Session) -> set[str]:
    """The SHA-256 of every file that some row names, in any base."""
    return set(session.exec(select(Attachment.sha256).distinct()))


def without_span(session: Session, base_id: int) -> list[str]:
    """The codes of projects that today's lists would not show."""
    today = select(ProjectSpan.project_id).where(*_current(base_id))
    query = select(Project.code).where(Project.base_id == base_id, col(Project.id).not_in(today))
    return list(session.exec(query.order_by(col(Project.code))))


def differing_spans(session: Session, base_id: int) -> Sequence[RowMapping]:
    """Projects whose current span says something else than the project, with both values."""
    pairs = [(name, getattr(Project, name), getattr(ProjectSpan, name)) for name in _COPIED]
    columns = [
        column.label(f"{name}_{side}")
        for name, is_now, was_copied in pairs
        for side, column in (("now", is_now), ("span", was_copied))
    ]
    query = (
        select(Project.code.label("project"), *columns)
        .join(ProjectSpan, and_(col(ProjectSpan.project_id) == col(Project.id), *_current(base_id)))
        .where(or_(*[col(now).is_distinct_from(span) for _, now, span in pairs]))
        .order_by(col(Project.code))
    )
    return session.execute(query).mappings().all()


def span_edges(session: Session, base_id: int) -> Sequence[tuple[str, date, date]]:
    """The days of every span as known now, by project: they must follow each other."""
    query = (
        select(Project.code, ProjectSpan.valid_from, ProjectSpan.valid_to)
        .join(Project, col(Project.id) == col(ProjectSpan.project_id))
        .where(ProjectSpan.base_id == base_id, ProjectSpan.known_to == FOREVER)
        .order_by(col(Project.code), col(ProjectSpan.valid_from))
    )
    return session.exec(query).all()


def overlooked_spans(session: Session, base_id: int) -> set[str]:
    """Projects with a span that says it is shorter than it is: counts of a day would miss it."""
    span = ProjectSpan
    days, known = (span.valid_from, span.valid_to), (span.known_from, span.known_to)
    query = (
        select(Project.code, *days, span.valid_length, *known, span.known_length)
        .join(Project, col(Project.id) == col(span.project_id))
        .where(span.base_id == base_id)
    )
    rows = session.exec(query.execution_options(yield_per=5_000))
    return {code for code, *told in rows if _shorter_than_it_is(*told)}


def _shorter_than_it_is(
    start: date,
    end: date,
    valid: int,
    since: datetime,
    until: datetime,
    known: int | None,
) -> bool:
    if valid < length(start, end) or (known is None) != (until == FOREVER):
        return True
    return known is not None and known < length(since, until)


def _current(base_id: int) -> tuple[ColumnElement, ...]:
    return (
        ProjectSpan.base_id == base_id,
        ProjectSpan.known_to == FOREVER,
        ProjectSpan.valid_to == FOREVER_DAY,
    )
