"""Long lists: how many rows, a page of them, or all of them, some hundreds at a time."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Enum,
    RowMapping,
    Select,
    Text,
    func,
    type_coerce,
)
from sqlmodel import Session

CHUNK = 200  # rows: what is made of them stays in the processor's cache
MANY = 1000  # where each chunk costs a statement more
_TEXTS = (Enum, Date)


def count(session: Session, statement: Select) -> int:
    """How many rows a statement finds, without reading what it would tell of them."""
    bare = statement.order_by(None).with_only_columns(func.count(), maintain_column_froms=True)
    return session.execute(bare).scalar_one()


def found(session: Session, statement: Select, key: ColumnElement, limit: int) -> tuple[int, list]:
    """How many rows a narrow statement finds, and the keys of the first, in one look at them all.

    For conditions that no index answers; where one does, counting apart is cheaper.
    """
    total = func.count().over()
    query = statement.with_only_columns(key, total, maintain_column_froms=True).limit(limit)
    rows = session.execute(query).all()
    return (rows[0][1] if rows else 0), [row[0] for row in rows]


def page(
    session: Session,
    statement: Select,
    limit: int | None = None,
    offset: int = 0,
    *,
    key: ColumnElement | None = None,
    keys: Select | None = None,
    lines: Select | None = None,
) -> Sequence[RowMapping]:
    """Some rows of a statement, in its order.

    `key` is what tells its rows apart: the page is then found and sorted by keys alone, and only
    the rows that are on it are read whole. `keys` is a statement of them that joins less, `lines`
    one of the rows without the conditions that the keys have met: SQLite would rather walk an
    index for those than look up some keys.
    """
    if key is not None and limit is not None:
        if keys is None:
            keys = statement.with_only_columns(key, maintain_column_froms=True)
        wanted = session.execute(keys.limit(limit).offset(offset)).scalars().all()
        return rows(session, statement if lines is None else lines, key, wanted)
    return session.execute(statement.limit(limit).offset(offset)).mappings().all()


def rows(
    session: Session, statement: Select, key: ColumnElement, keys: Sequence
) -> Sequence[RowMapping]:
    """The rows of a statement that have these keys, in its order."""
    return session.execute(statement.where(key.in_(keys))).mappings().all()


def as_stored(statement: Select) -> Select:
    """The same rows with words and days as their text: half the time to read, for a mere listing.

    PostgreSQL's driver still makes days of them.
    """
    columns = [
        type_coerce(column, Text).label(column.name) if isinstance(column.type, _TEXTS) else column
        for column in statement.selected_columns
    ]
    return statement.with_only_columns(*columns, maintain_column_froms=True)


def chunks(
    session: Session, statement: Select, at_once: int = CHUNK
) -> Iterator[list[dict[str, Any]]]:
    """Every row in order, as plain dicts; the server keeps what has not been asked for yet."""
    streamed = session.connection().execute(statement, execution_options={"yield_per": at_once})
    keys = tuple(streamed.keys())
    for part in streamed.partitions():
        yield [dict(zip(keys, row, strict=True)) for row in part]


def bare(connection: Connection, statement: Select) -> Iterator[tuple]:
    """Every row as the driver itself gives it, in half the time: words, days and yes or no as they
    are stored; the server goes on reading meanwhile.
    """
    chosen = connection.get_execution_options().get("schema_translate_map")
    said = str(
        statement.compile(
            connection,
            compile_kwargs={"literal_binds": True},
            schema_translate_map=chosen,
            render_schema_translate=bool(chosen),
        )
    )
    with contextlib.closing(connection.connection.driver_connection.cursor()) as cursor:
        if connection.dialect.name == "postgresql":
            yield from cursor.stream(said, size=CHUNK)
        else:
            yield from cursor.execute(said)
