"""A PostgreSQL database as one SQLite file: each value as the product itself would keep it there.

PostgreSQL writes the values, the driver hands them on, and indexes are made when all rows are
there: half the time of reading rows into values and entering those.
"""

import contextlib
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    Double,
    Engine,
    Enum,
    Integer,
    Numeric,
    Table,
    Text,
    cast,
    func,
    select,
    type_coerce,
)
from sqlmodel.sql.sqltypes import UTCDateTime

from pilot.store import schema, streams
from pilot.store.engine import make_engine, sqlite_driver

# A file that is of use to nobody before it is whole needs no way back; that its rows keep to the
# constraints is looked at when it is (`snapshot.check`), not row by row before.
_UNTIL_WHOLE = ("journal_mode=OFF", "synchronous=OFF", "ignore_check_constraints=ON")
_INSTANT = "YYYY-MM-DD HH24:MI:SS.US"  # as SQLAlchemy writes it on SQLite


def write(engine: Engine, file: Path, tables: Sequence[Table]) -> None:
    """Fill the empty `file` with tables that the migrations make and the rows of these tables.

    The rows are those of one moment. Whether constraints hold is for `snapshot.check` to say.
    """
    copy = make_engine(f"sqlite:///{file}")
    schema.upgrade(copy)
    copy.dispose()
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with (
        engine.connect().execution_options(**options) as source,
        contextlib.closing(sqlite_driver().connect(file)) as target,
    ):
        source.exec_driver_sql("SET LOCAL statement_timeout = 0")
        for pragma in _UNTIL_WHOLE:
            target.execute(f"PRAGMA {pragma}")
        indexes = _without_indexes(target)
        for table in tables:
            # Written by PostgreSQL itself as SQLite keeps them.
            rows = streams.bare(source, select(*map(_kept_by_sqlite, table.columns)))
            target.executemany(_insertion(table), rows)
        for index in indexes:
            target.execute(index)
        target.commit()


def _without_indexes(target) -> list[str]:
    """Drop the indexes of an empty SQLite file; the statements that make them again."""
    named = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    found = target.execute(named).fetchall()
    for name, _ in found:
        target.execute(f'DROP INDEX "{name}"')
    return [sql for _, sql in found]


def _insertion(table: Table) -> str:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    return f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join("?" * len(table.columns))})'


def _kept_by_sqlite(column: Column) -> ColumnElement:
    if isinstance(column.type, UTCDateTime):
        return func.to_char(func.timezone("UTC", column), _INSTANT, type_=Text)
    if isinstance(column.type, Date):
        return func.to_char(column, "YYYY-MM-DD", type_=Text)
    if isinstance(column.type, Boolean):
        return cast(column, Integer)
    if isinstance(column.type, Numeric):
        return cast(column, Double)
    return type_coerce(column, Text) if isinstance(column.type, Enum) else column
