"""Long lists: how many rows, a page of them, or all of them a thousand at a time."""

from collections.abc import Iterator, Sequence

from sqlalchemy import RowMapping, Select, func
from sqlmodel import Session, select

CHUNK = 1000


def count(session: Session, statement: Select) -> int:
    """How many rows a statement finds."""
    rows = statement.order_by(None).subquery()
    return session.exec(select(func.count()).select_from(rows)).one()


def page(
    session: Session, statement: Select, limit: int | None = None, offset: int = 0
) -> Sequence[RowMapping]:
    """Some rows of a statement, in its order."""
    return session.execute(statement.limit(limit).offset(offset)).mappings().all()


def chunks(session: Session, statement: Select) -> Iterator[Sequence[RowMapping]]:
    """Every row in order; the server keeps what has not been asked for yet."""
    streamed = session.execute(statement.execution_options(yield_per=CHUNK))
    yield from streamed.mappings().partitions()
