"""Reading the journal back: the whole chain in a stream, and where it stood at an instant."""

import json
from collections.abc import Collection, Iterator
from datetime import date, datetime
from itertools import islice

from sqlalchemy import ColumnElement, Select, String, func, type_coerce
from sqlmodel import Session, col, or_, select

from pilot.domain.chain import Anchor, Link, last_before
from pilot.domain.moment import local_day
from pilot.store import streams
from pilot.store.models import Base, JournalEntry, JournalHead

_STORED = JournalEntry.__table__.c
_AS_ON_SQLITE = "YYYY-MM-DD HH24:MI:SS.US"


def links(session: Session, base_id: int) -> Iterator[list[Link]]:
    """Every entry of a base in order, as it is stored, some hundreds at a time.

    Past SQLAlchemy's rows: a journal of a million entries is read in half the time.
    """
    connection = session.connection()
    rows = streams.bare(connection, _entries(base_id, connection.dialect.name))
    while some := list(islice(rows, streams.CHUNK)):
        yield [Link._make((*row[:11], row[11] != 0, *row[12:])) for row in some]


def _entries(base_id: int, dialect: str) -> Select:
    at: ColumnElement[str] = type_coerce(_STORED.at, String())
    if dialect == "postgresql":
        at = func.to_char(func.timezone("UTC", _STORED.at), _AS_ON_SQLITE)
    instant = func.replace(func.replace(at, " ", "T"), ".000000", "").concat("+00:00")
    columns = [instant if name == "at" else _STORED[name] for name in Link._fields]
    return select(*columns).where(_STORED.base_id == base_id).order_by(_STORED.sequence)


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


def begun_on(session: Session, base_id: int) -> date:
    """The day of a base's first entry, since which it is in the system; the first day of all while
    there is none.
    """
    first = _recorded(session, base_id, 1)
    return local_day(first) if first else date.min


def _recorded(session: Session, base_id: int, sequence: int) -> datetime | None:
    query = select(JournalEntry.at).where(
        JournalEntry.base_id == base_id, JournalEntry.sequence == sequence
    )
    return session.exec(query).first()


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
