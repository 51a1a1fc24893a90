"""A database furnished once (备好的库): later tests get the same rows, copied in.

What `make(session)` wrote into an empty database is kept, and what it returned; the next call for
the same kind of database puts the rows back, in the session's own transaction.
"""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlmodel import Session, SQLModel

Made = TypeVar("Made")
_CLOCK = "clock"  # of `factories.clock`


@dataclass(frozen=True, slots=True)
class _Kept:
    rows: dict[str, Any]
    made: bytes


_KEPT: dict[tuple[str, str], _Kept] = {}


def furnished(session: Session, make: Callable[[Session], Made]) -> Made:
    """What `make(session)` returns, with all it wrote; it runs once a process and kind."""
    connection = session.connection()
    key = connection.dialect.name, f"{make.__module__}.{make.__qualname__}"
    if (kept := _KEPT.get(key)) is None:
        made = make(session)
        session.flush()
        told = made, list(session), session.info.get(_CLOCK)
        _KEPT[key] = _Kept(_read(connection), pickle.dumps(told))
        return made
    _write(connection, kept.rows)
    made, objects, session.info[_CLOCK] = pickle.loads(kept.made)
    session.add_all(objects)
    return made


def _read(connection: Connection) -> dict[str, Any]:
    """The rows of every table that has some, as the driver keeps them."""
    names = [table.name for table in SQLModel.metadata.sorted_tables]
    if connection.dialect.name == "sqlite":
        found = {name: _selected(connection, name) for name in names}
    else:
        found = {name: _copied_out(connection, name) for name in names}
        numbered = connection.exec_driver_sql(_NUMBERED).fetchall()
        found[""] = [tuple(row) for row in numbered]
    return {name: rows for name, rows in found.items() if rows}


def _selected(connection: Connection, name: str) -> list[tuple]:
    return [tuple(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')]


def _copied_out(connection: Connection, name: str) -> bytes | None:
    with connection.connection.cursor().copy(f'COPY "{name}" TO STDOUT (FORMAT BINARY)') as copy:
        data = b"".join(copy)
    return data if len(data) > _NO_ROWS else None


def _write(connection: Connection, kept: dict[str, Any]) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for name, rows in kept.items():
            places = ", ".join("?" * len(rows[0]))
            connection.exec_driver_sql(f'INSERT INTO "{name}" VALUES ({places})', rows)
        return
    cursor = connection.connection.cursor()
    cursor.execute("SET LOCAL session_replication_role = replica")
    for name, rows in kept.items():
        if name:
            with cursor.copy(f'COPY "{name}" FROM STDIN (FORMAT BINARY)') as copy:
                copy.write(rows)
    cursor.executemany("SELECT setval(%s::regclass, %s)", kept[""])
    cursor.execute("SET LOCAL session_replication_role = origin")


_NO_ROWS = 21  # bytes of a binary copy that has none
_NUMBERED = """
    SELECT quote_ident(sequencename), last_value FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL
"""
