"""Many new rows at once (成批登记): the statements, keys and journal lines that single rows get.

What the unit of work would do row by row, in a few statements: for a batch of which every row has
been checked. The caller gives every column.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlmodel import Session, SQLModel

from pilot.store import journal

_AT_ONCE = 2_000


def next_ids(session: Session, kind: type[SQLModel], number: int) -> list[int]:
    """The keys that the next rows of a table get.

    SQLite has one writer, so that they are free until it ends; PostgreSQL gives them for good.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        last = connection.scalar(select(func.max(kind.__table__.c.id))) or 0
        return list(range(last + 1, last + 1 + number))
    sequence = text(
        "SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :n)"
    )
    names = {"name": f'"{kind.__tablename__}"', "n": number}
    return sorted(connection.scalars(sequence, names))


def columns_of(kind: type[SQLModel]) -> dict[str, Any]:
    """Every column of a table with what a new row has there unless it is told."""
    return {
        column.name: kind.model_fields[column.name].get_default() for column in kind.__table__.c
    }


def enter(session: Session, kind: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows; IntegrityError as for single ones."""
    connection = session.connection()
    for start in range(0, len(rows), _AT_ONCE):
        connection.execute(insert(kind.__table__), rows[start : start + _AT_ONCE])


def note(session: Session, kind: type[SQLModel], row: Mapping[str, Any]) -> None:
    """Have the journal tell of a new row as it tells of one that the unit of work entered."""
    journal.note_new(session, kind.__tablename__, row)
