"""The rows of a whole database, read and put back as the driver keeps them."""

from typing import Any

from sqlalchemy import Connection
from sqlmodel import SQLModel

Rows = dict[str, Any]


def read(connection: Connection) -> Rows:
    """The rows of every table that has some, and where the numbers of new rows stand."""
    numbers = {}
    if connection.dialect.name != "sqlite":
        found = connection.exec_driver_sql(_NUMBERED).fetchall()
        numbers = {"": [tuple(row) for row in found]}
    return tables(connection) | numbers


def tables(connection: Connection) -> Rows:
    """The rows of every table that has some, in the order in which they lie there."""
    get = _selected if connection.dialect.name == "sqlite" else _copied_out
    found = {table.name: get(connection, table.name) for table in SQLModel.metadata.sorted_tables}
    return {name: rows for name, rows in found.items() if rows}


def _selected(connection: Connection, name: str) -> list[tuple]:
    return [tuple(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')]


def _copied_out(connection: Connection, name: str) -> bytes | None:
    with connection.connection.cursor().copy(f'COPY "{name}" TO STDOUT (FORMAT BINARY)') as copy:
        data = b"".join(copy)
    return data if len(data) > _NO_ROWS else None


def write(connection: Connection, kept: Rows) -> None:
    """Put the rows into an empty database of the same kind; ids are counted on from them."""
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
