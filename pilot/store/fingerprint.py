"""The fingerprint (指纹) of a database: equal, on either kind, if and only if the records are."""

import hashlib
import json

from sqlalchemy import Connection, Table, Text, cast, collate, select
from sqlmodel import SQLModel

from pilot.store.journal import plain
from pilot.store.models import JobRun, LoginAttempt, LoginSession

# The door's own bookkeeping and who runs which job: not records, and they change by themselves.
_PASSING = frozenset(kind.__tablename__ for kind in (LoginSession, LoginAttempt, JobRun))
_BATCH = 5000


def fingerprint(connection: Connection) -> str:
    """The SHA-256 (hex) of every record of every base, in the order of the keys."""
    whole = hashlib.sha256()
    for table in SQLModel.metadata.sorted_tables:
        if table.name not in _PASSING:
            whole.update(f"{table.name} {_of(connection, table)}\n".encode())
    return whole.hexdigest()


def _of(connection: Connection, table: Table) -> str:
    digest = hashlib.sha256()
    dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    names = [column.name for column in table.columns]
    digest.update(dump(names).encode())
    query = select(table).order_by(*_in_bytes(connection, table))
    streamed = connection.execute(query, execution_options={"yield_per": _BATCH})
    for rows in streamed.partitions():
        lines = [dump([plain(value) for value in row]) for row in rows]
        digest.update("\n".join([*lines, ""]).encode())
    return digest.hexdigest()


def _in_bytes(connection: Connection, table: Table) -> list:
    """The key's columns; text in the order of its bytes, whatever the database's language."""
    order = "C" if connection.dialect.name == "postgresql" else "BINARY"
    return [
        collate(cast(column, Text), order) if column.type.python_type is str else column
        for column in table.primary_key.columns
    ]
