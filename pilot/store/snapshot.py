"""A snapshot (快照): a whole database as one SQLite file, consistent while others write; and back.

The file is the same whichever database it was taken from, so that what was SQLite can become
PostgreSQL and the other way round.
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Column, Connection, Engine, Table, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel, col

from pilot.domain.errors import Conflict, PilotError
from pilot.store import as_sqlite
from pilot.store.engine import make_engine, sqlite_driver
from pilot.store.models import JobRun, LoginSession, Mail

_BATCH = 5000
# Who runs what now is no part of a copy; a mail that waits would be sent by both.
_SKIPPED = frozenset({JobRun.__tablename__, Mail.__tablename__})


def take(engine: Engine, file: Path) -> None:
    """Write the database as it is at one moment into `file`, which must not exist; mode 0600."""
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        if engine.dialect.name == "sqlite":
            _copied(engine, file)
        else:
            as_sqlite.write(engine, file, _copied_tables())
            _into_one_file(file)
    except (DBAPIError, sqlite_driver().Error) as error:
        reason = getattr(error, "orig", error)
        raise PilotError(f"数据库读不出来，没有备份：{reason}") from error


@contextlib.contextmanager
def opened(file: Path) -> Iterator[Engine]:
    """A snapshot as a database to read from; the file is whole again at the end."""
    engine = make_engine(f"sqlite:///{file}")
    try:
        yield engine
    finally:
        engine.dispose()
        _into_one_file(file)


def check(engine: Engine) -> list[str]:
    """What SQLite itself finds wrong with a snapshot: pages, indexes, foreign keys."""
    with engine.connect() as connection:
        found = connection.exec_driver_sql("PRAGMA integrity_check(10)").scalars().all()
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(10)
    return [line for line in found if line != "ok"] + [
        f"foreign key {tuple(row)}" for row in broken
    ]


def sizes(engine: Engine) -> dict[str, int]:
    """How many rows each table of a snapshot has, whatever version wrote it."""
    with engine.connect() as connection:
        names = connection.execute(
            text(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                " ORDER BY name"
            )
        ).scalars()
        return {name: _count(connection, name) for name in names.all()}


def pour(source: Engine, target: Connection, ended: datetime) -> None:
    """Copy a snapshot of this code's version into the empty tables of `target`, in its transaction.

    Every open session is ended at `ended`; who runs which job is not copied. Raises Conflict if
    a table holds something already.
    """
    check_empty(target)
    if target.dialect.name == "sqlite":
        target.exec_driver_sql("PRAGMA defer_foreign_keys=ON")  # rows may name later ones
    with source.connect() as connection:
        for table in _copied_tables():
            _fill(target, table, _batches(connection, table))
    still_open = update(LoginSession).where(col(LoginSession.revoked_at).is_(None))
    target.execute(still_open.values(revoked_at=ended))
    if target.dialect.name == "postgresql":
        _count_on(target)


def check_empty(target: Connection) -> None:
    """Raise Conflict if any table that a restore would fill holds something."""
    for table in _copied_tables():
        if target.execute(select(table).limit(1)).first() is not None:
            raise Conflict("目标安装已经有数据，没有恢复任何内容；请恢复到一个空的数据库和文件夹。")


def _copied_tables() -> list[Table]:
    """What is copied, parents before children."""
    return [table for table in SQLModel.metadata.sorted_tables if table.name not in _SKIPPED]


def _copied(engine: Engine, file: Path) -> None:
    """SQLite's online backup, all pages in one step: in several it would start over for ever."""
    with contextlib.closing(sqlite_driver().connect(file)) as copy, engine.connect() as source:
        source.connection.dbapi_connection.backup(copy, pages=-1)
    _into_one_file(file)


def _batches(source: Connection, table: Table) -> Iterator[Sequence[tuple]]:
    streamed = source.execute(select(table), execution_options={"yield_per": _BATCH})
    yield from streamed.partitions()


def _fill(target: Connection, table: Table, batches: Iterator[Sequence[tuple]]) -> None:
    """PostgreSQL's COPY is one statement: foreign keys within a table may point forward."""
    if target.dialect.name == "postgresql":
        _copy_in(target, table, batches)
        return
    names = [column.name for column in table.columns]
    for rows in batches:
        target.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])


def _copy_in(target: Connection, table: Table, batches: Iterator[Sequence[tuple]]) -> None:
    stored = [_stored(column, target) for column in table.columns]
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    cursor = target.connection.cursor()
    with cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for rows in batches:
            for row in rows:
                copy.write_row([put(value) for put, value in zip(stored, row, strict=True)])


def _stored(column: Column, target: Connection) -> Callable[[object], object]:
    """How a value of a column is handed to the driver."""
    processor = column.type.dialect_impl(target.dialect).bind_processor(target.dialect)
    return processor or (lambda value: value)


def _count_on(target: Connection) -> None:
    """New rows get numbers after the highest copied one."""
    for table in _copied_tables():
        column = table.autoincrement_column
        if column is None:
            continue
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        highest = select(func.max(column)).scalar_subquery()
        target.execute(
            select(func.setval(sequence, func.coalesce(highest, 1), highest.isnot(None)))
        )


def _count(connection: Connection, name: str) -> int:
    return connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one()


def _into_one_file(file: Path) -> None:
    """No write-ahead log beside it, and everything on the disk."""
    with contextlib.closing(sqlite_driver().connect(file)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")
    with file.open("rb+") as written:
        os.fsync(written.fileno())
