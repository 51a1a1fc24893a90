"""The journal of one project, a page at a time, and the names of the rows it speaks of."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import RowMapping
from sqlmodel import Session, col, func, select

from pilot.domain.moment import Moment
from pilot.store.models import (
    Account,
    Attachment,
    Condition,
    JournalEntry,
    LandingStep,
    Organisation,
    Person,
    Project,
    Result,
    ReviewCheck,
)

_NAMES = {
    "account": (Account.id, Account.name),
    "attachment": (Attachment.id, Attachment.name),
    "organisation": (Organisation.id, Organisation.name),
    "person": (Person.id, Person.name),
    "project": (Project.id, Project.code),
    "review_check": (ReviewCheck.id, ReviewCheck.text),
    "condition": (Condition.id, Condition.text),
    "landing_step": (LandingStep.id, LandingStep.level),
    "result": (Result.id, Result.code),
}


def about(
    session: Session, base_id: int, subjects: Collection[str], limit: int
) -> Sequence[tuple[JournalEntry, str | None]]:
    """The latest entries of a base about rows of these kinds, with who acted, the latest first."""
    query = (
        select(JournalEntry, Account.name)
        .join(Account, col(Account.id) == col(JournalEntry.by_id), isouter=True)
        .where(JournalEntry.base_id == base_id, col(JournalEntry.subject).in_(subjects))
        .order_by(col(JournalEntry.sequence).desc())
        .limit(limit)
    )
    return session.exec(query).all()


def count(session: Session, base_id: int, project_id: int, view: Moment) -> int:
    """How many entries of the journal speak of a project, known by then."""
    return session.exec(select(func.count()).where(*_of(base_id, project_id, view))).one()


def page(
    session: Session, base_id: int, project_id: int, view: Moment, *, limit: int, offset: int
) -> Sequence[RowMapping]:
    """Some of them, the latest first, with who acted."""
    query = (
        select(JournalEntry, Account.name.label("who"))
        .join(Account, col(Account.id) == col(JournalEntry.by_id), isouter=True)
        .where(*_of(base_id, project_id, view))
        .order_by(col(JournalEntry.sequence).desc())
        .limit(limit)
        .offset(offset)
    )
    return session.execute(query).mappings().all()


def names(
    session: Session, base_id: int, ids: Mapping[str, Collection[int]]
) -> dict[tuple[str, int], str]:
    """Names of rows by kind and id; one query a kind."""
    found = {}
    for kind, wanted in ids.items():
        key, name = _NAMES[kind]
        owner = key.class_
        query = select(key, name).where(owner.base_id == base_id, key.in_(list(wanted)))
        found |= {(kind, row_id): text for row_id, text in session.exec(query)}
    return found


def _of(base_id: int, project_id: int, view: Moment) -> tuple:
    return (
        JournalEntry.base_id == base_id,
        JournalEntry.project_id == project_id,
        JournalEntry.at <= view.known_at,
    )
