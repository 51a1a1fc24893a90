"""Messages to people (通知)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, bindparam, func, update
from sqlmodel import Session, col, select

from pilot.store.models import Notice

# Built once: every run of every page asks.
_UNREAD = select(func.count()).where(
    Notice.account_id == bindparam("account"), col(Notice.read_at).is_(None)
)


def unread(session: Session, account_id: int) -> int:
    """How many messages somebody has not read."""
    return session.execute(_UNREAD, {"account": account_id}).scalar_one()


def latest(session: Session, account_id: int, most: int) -> Sequence[Notice]:
    """The latest messages to somebody, the unread first."""
    query = (
        select(Notice)
        .where(Notice.account_id == account_id)
        .order_by(col(Notice.read_at).is_not(None), col(Notice.recorded_at).desc())
        .limit(most)
    )
    return session.exec(query).all()


def listed(account_id: int, *, unread: bool) -> Select:
    """The messages to somebody, the latest first; `unread`: only those."""
    query = select(Notice).where(Notice.account_id == account_id)
    if unread:
        query = query.where(col(Notice.read_at).is_(None))
    return query.order_by(col(Notice.recorded_at).desc(), col(Notice.id).desc())


def mark_read(session: Session, account_id: int, at: datetime) -> None:
    """Note that somebody has seen all their messages."""
    table = Notice.__table__
    session.connection().execute(
        update(table)
        .where(table.c.account_id == account_id, table.c.read_at.is_(None))
        .values(read_at=at)
    )


def mark_settled(
    session: Session, accounts: Collection[int], page: str, about_id: int, at: datetime
) -> None:
    """Note that nobody has to see any more what these accounts were told of one thing."""
    table = Notice.__table__
    session.connection().execute(
        update(table)
        .where(
            table.c.account_id.in_(accounts),
            table.c.read_at.is_(None),
            table.c.page == page,
            table.c.about_id == about_id,
        )
        .values(read_at=at)
    )
