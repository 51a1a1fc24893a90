"""The fingerprint (指纹) of a database: equal, on either kind, if and only if the records are."""

import hashlib
import json
from collections.abc import Iterator

from sqlalchemy import Column, Connection, Enum, Table, Text, cast, collate, select, type_coerce
from sqlmodel import SQLModel

from pilot.store import json_rows
from pilot.store.journal import plain
from pilot.store.models import DigestRun, JobRun, LoginAttempt, LoginSession, Mail

# The door's own bookkeeping, who runs which job, what waits to be sent: not records, and they
# change by themselves.
_PASSING = frozenset(
    kind.__tablename__ for kind in (LoginSession, LoginAttempt, JobRun, Mail, DigestRun)
)
_BATCH = 200  # rows: they stay in the processor's cache, a third quicker than thousands
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def fingerprint(connection: Connection) -> str:
    """The SHA-256 (hex) of every record of every base, in the order of the keys."""
    whole = hashlib.sha256()
    for table in SQLModel.metadata.sorted_tables:
        if table.name not in _PASSING:
            whole.update(f"{table.name} {_of(connection, table)}\n".encode())
    return whole.hexdigest()


def _of(connection: Connection, table: Table) -> str:
    """One table: its rows as JSON, each value as the journal would write it."""
    digest = hashlib.sha256(_dump([column.name for column in table.columns]).encode())
    told = by_sqlite if connection.dialect.name == "sqlite" else by_values
    for rows in told(connection, table):
        digest.update(f"{rows},".encode())
    return digest.hexdigest()


def by_sqlite(connection: Connection, table: Table) -> Iterator[str]:
    """Some rows at a time, parted by commas: SQLite writes them, in two fifths of the time."""
    json_rows.prepare(connection)
    keys = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
    query = f'SELECT {json_rows.of(table)} FROM "{table.name}" ORDER BY {keys}'
    found = connection.exec_driver_sql(query, execution_options={"yield_per": _BATCH})
    for rows in found.partitions(_BATCH):
        yield ",".join(row for (row,) in rows)


def by_values(connection: Connection, table: Table) -> Iterator[str]:
    """The same from the values that any database gives back."""
    unlike = [place for place, column in enumerate(table.columns) if not _is_plain(column)]
    columns = [type_coerce(column, Text) if _is_word(column) else column for column in table.c]
    query = select(*columns).order_by(*_in_bytes(connection, table))
    streamed = connection.execute(query, execution_options={"yield_per": _BATCH})
    for rows in streamed.partitions():
        values = [list(row) for row in rows]
        for row in values:
            for place in unlike:
                row[place] = plain(row[place])
        yield _dump(values)[1:-1]


def _is_word(column: Column) -> bool:
    """A word of the vocabulary is stored as its value: no need to look it up."""
    return isinstance(column.type, Enum)


def _is_plain(column: Column) -> bool:
    return _is_word(column) or column.type.python_type in (int, str, bool)


def _in_bytes(connection: Connection, table: Table) -> list:
    """The key's columns; text in the order of its bytes, whatever the database's language."""
    order = "C" if connection.dialect.name == "postgresql" else "BINARY"
    return [
        collate(cast(column, Text), order) if column.type.python_type is str else column
        for column in table.primary_key.columns
    ]
