"""Reading the journal back: the whole chain in a stream, and where it stood at an instant."""

import json
from collections.abc import Collection, Iterator
from datetime import UTC, datetime

from sqlalchemy import String, type_coerce
from sqlmodel import Session, col, or_, select

from pilot.domain.chain import Anchor, Link, last_before
from pilot.store.models import Base, JournalEntry, JournalHead

_AT_ONCE = 200  # rows: they stay in the processor's cache, which halves the time of reading
# The instant as the driver gives it: a journal of a million entries needs no object for it.
_COLUMNS = tuple(
    type_coerce(JournalEntry.at, String()) if name == "at" else getattr(JournalEntry, name)
    for name in Link._fields
)


def links(session: Session, base_id: int) -> Iterator[list[Link]]:
    """Every entry of a base in order, as it is stored, some hundreds at a time."""
    query = (
        select(*_COLUMNS)
        .where(JournalEntry.base_id == base_id)
        .order_by(col(JournalEntry.sequence))
    )
    streamed = session.connection().execute(query, execution_options={"yield_per": _AT_ONCE})
    for rows in streamed.partitions():
        yield [Link._make((*row[:2], _instant(row[2]), *row[3:])) for row in rows]


def head(session: Session, base_id: int) -> JournalHead | None:
    """Where the journal of a base says that it ends."""
    return session.get(JournalHead, base_id)


def anchor(session: Session, base: Base, known_at: datetime | None = None) -> Anchor | None:
    """The journal's end as known at an instant (now unless told); None before its first entry."""
    end = head(session, base.id)
    if end is None or end.sequence == 0:
        return None
    if known_at is None or end.at <= known_at:
        return Anchor(base.code, end.sequence, end.hash, end.at)
    number = last_before(known_at, end.sequence, lambda n: _recorded(session, base.id, n))
    entry = session.get(JournalEntry, (base.id, number))
    return Anchor(base.code, entry.sequence, entry.hash, entry.at) if entry else None


def _recorded(session: Session, base_id: int, sequence: int) -> datetime | None:
    query = select(JournalEntry.at).where(
        JournalEntry.base_id == base_id, JournalEntry.sequence == sequence
    )
    return session.exec(query).first()


def _instant(stored: str | datetime) -> str:
    """An instant as the chain writes it: SQLite keeps UTC as text, PostgreSQL gives instants."""
    if isinstance(stored, datetime):
        return stored.astimezone(UTC).isoformat()
    day, _, clock = stored.partition(" ")
    return f"{day}T{clock.removesuffix('.000000')}+00:00"


def touched_since(session: Session, base_id: int, sequence: int, tables: Collection[str]) -> bool:
    """Whether an entry after this one tells of a row of one of these tables."""
    told = [
        col(JournalEntry.changes).contains(f'"table":"{table}"', autoescape=True)
        for table in sorted(tables)
    ]
    query = select(JournalEntry.sequence).where(
        JournalEntry.base_id == base_id, JournalEntry.sequence > sequence, or_(*told)
    )
    return session.exec(query.limit(1)).first() is not None


def told_since(session: Session, base_id: int, sequence: int, most: int) -> set[str] | None:
    """The tables that the entries after this one tell of; None if these are more than `most`."""
    query = (
        select(JournalEntry.changes)
        .where(JournalEntry.base_id == base_id, JournalEntry.sequence > sequence)
        .limit(most + 1)
    )
    found = session.exec(query).all()
    if len(found) > most:
        return None
    return {change["table"] for text in found for change in json.loads(text)}


def ended_at(session: Session, base_id: int) -> datetime:
    """When the last entry was recorded."""
    return session.exec(select(JournalHead.at).where(JournalHead.base_id == base_id)).one()


def latest(session: Session, base_id: int) -> int:
    """The sequence number of the last entry."""
    query = select(JournalHead.sequence).where(JournalHead.base_id == base_id)
    return session.exec(query).one()
