"""Long lists: how many rows, a page of them, or all of them a thousand at a time."""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, RowMapping, Select, func
from sqlmodel import Session

CHUNK = 1000


def count(session: Session, statement: Select) -> int:
    """How many rows a statement finds, without reading what it would tell of them."""
    bare = statement.order_by(None).with_only_columns(func.count(), maintain_column_froms=True)
    return session.execute(bare).scalar_one()


def page(
    session: Session,
    statement: Select,
    limit: int | None = None,
    offset: int = 0,
    *,
    key: ColumnElement | None = None,
    keys: Select | None = None,
) -> Sequence[RowMapping]:
    """Some rows of a statement, in its order.

    `key` is what tells its rows apart: the page is then found and sorted by keys alone, and only
    the rows that are on it are read whole. `keys` is a statement of them that joins less.
    """
    if key is not None and limit is not None:
        if keys is None:
            keys = statement.with_only_columns(key, maintain_column_froms=True)
        found = session.execute(keys.limit(limit).offset(offset)).scalars().all()
        statement = statement.where(key.in_(found))
        limit, offset = None, 0
    return session.execute(statement.limit(limit).offset(offset)).mappings().all()


def chunks(session: Session, statement: Select) -> Iterator[Sequence[RowMapping]]:
    """Every row in order; the server keeps what has not been asked for yet."""
    streamed = session.execute(statement.execution_options(yield_per=CHUNK))
    yield from streamed.mappings().partitions()
