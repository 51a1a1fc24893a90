"""One engine a process, one short session an operation; the settings that keep what was saved.

SQLite runs in WAL with synchronous=FULL and every writer begins IMMEDIATE: without these three,
concurrent writers lose updates and a power cut loses acknowledged commits (docs/decisions/0002).
"""

import contextlib
import functools
import importlib
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, create_engine

from pilot.store import faults
from pilot.store.turn import Turn

BUSY_MS = 10_000
log = logging.getLogger("pilot.store")
# What every SQLite connection is told; tests/proofs/power_cut.py shows what each power cut costs
# without the second.
PRAGMAS = (
    f"busy_timeout={BUSY_MS}",
    "synchronous=FULL",
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "cache_size=-16000",
    "trusted_schema=OFF",
)
# What every PostgreSQL session is told, whatever the server's own files say.
POSTGRES = {
    "timezone": "UTC",
    "statement_timeout": "60000",
    "lock_timeout": str(BUSY_MS),
    "synchronous_commit": "on",
}
# SQLite before 3.51.3 can corrupt a WAL database on a rare reset race (sqlite.org/wal.html);
# 3.44.6 and 3.50.7 carry the same mend.
_MENDED = ((3, 44, 6, 3, 45), (3, 50, 7, 3, 51))


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether a SQLite version has the mended write-ahead log."""
    if version >= (3, 51, 3):
        return True
    return any(low[:3] <= version < low[3:] for low in _MENDED)


def sqlite_settings(version: tuple[int, ...]) -> tuple[str, ...]:
    """The pragmas of a SQLite version: an old one keeps a rollback journal."""
    journal = "WAL" if wal_is_safe(version) else "DELETE"
    return (PRAGMAS[0], f"journal_mode={journal}", *PRAGMAS[1:])


@functools.cache
def sqlite_driver() -> ModuleType:
    """The newest SQLite at hand: the bundled wheel where there is one, else Python's own."""
    driver = sqlite3
    with contextlib.suppress(ImportError):
        bundled = importlib.import_module("pysqlite3.dbapi2")
        if bundled.sqlite_version_info > sqlite3.sqlite_version_info:
            driver = bundled
    # A value that is no plain number or text is adapted; one for which nothing is registered only
    # after two lookups that raise: 2 µs for every empty column of every row that is written.
    driver.register_adapter(type(None), lambda nothing: nothing)
    driver.register_adapter(bool, int)
    return driver


def make_engine(url: str) -> Engine:
    """An engine for `sqlite:///…` or `postgresql://…` with the product's own settings."""
    return _sqlite(url) if make_url(url).get_backend_name() == "sqlite" else _postgres(url)


@functools.cache
def shared(url: str) -> Engine:
    """The one engine of this process for a database; every page, route and command uses it."""
    return make_engine(url)


def _postgres(url: str) -> Engine:
    options = " ".join(f"-c {name}={value}" for name, value in POSTGRES.items())
    driver = make_url(url).set(drivername="postgresql+psycopg")
    return create_engine(
        driver,
        pool_pre_ping=True,
        pool_use_lifo=True,
        pool_size=10,
        max_overflow=20,
        pool_recycle=1800,
        connect_args={"options": options, "connect_timeout": 5},
    )


# Statements that a connection keeps compiled. The product has some three hundred; with the driver's
# own hundred each was compiled again and again: a fifth of the processor of a day of commands.
_PREPARED = 500


def _sqlite(url: str) -> Engine:
    driver = sqlite_driver()
    settings = sqlite_settings(driver.sqlite_version_info)
    engine = create_engine(
        url,
        module=driver,
        pool_size=20,
        max_overflow=40,
        pool_use_lifo=True,
        connect_args={"cached_statements": _PREPARED},
    )

    @event.listens_for(engine, "connect")
    def _connect(connection, _record) -> None:
        connection.isolation_level = None  # the driver's own implicit BEGIN off: ours below
        for pragma in settings:
            connection.execute(f"PRAGMA {pragma}")

    file = (engine.url.database or ":memory:").removeprefix("file:")
    turn = None if ":memory:" in file else Turn(Path(f"{file}.turn.lock"), BUSY_MS / 1000)

    @event.listens_for(engine, "begin")
    def _begin(connection) -> None:
        kind = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        waiting = turn.taken() if turn and kind == "IMMEDIATE" else contextlib.nullcontext()
        with waiting:
            connection.exec_driver_sql(f"BEGIN {kind}")

    return engine


# Tables that PostgreSQL has never looked at, or of which a twentieth has changed since.
_UNKNOWN = """
SELECT relid::regclass::text FROM pg_stat_user_tables JOIN pg_class ON pg_class.oid = relid
WHERE reltuples < 0 AND n_live_tup > 0 OR n_mod_since_analyze > 100 + reltuples / 20
"""


def learn(engine: Engine) -> None:
    """Let the database look at a sample of its rows, so that it finds the right index (统计信息).

    SQLite takes a fraction of a second at any size. PostgreSQL takes seconds for millions of rows
    and mostly does it by itself, so that it is asked about the tables it lags behind with: those of
    a restored database, those that an import has filled. A database that takes no writes just now
    keeps what it knew.
    """
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA analysis_limit=400")
                connection.exec_driver_sql("ANALYZE")
            elif tables := connection.exec_driver_sql(_UNKNOWN).scalars().all():
                connection.exec_driver_sql(f"ANALYZE {', '.join(tables)}")
            connection.commit()
    except DBAPIError as error:
        log.warning("no new statistics: %s", error.orig)


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads; whatever it might have changed is rolled back.

    A database that can't be read just now raises a PilotError with its sentence.
    """
    with faults.in_words(), Session(engine, expire_on_commit=False) as session:
        yield session


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session that commits at the end or leaves nothing behind.

    What the database or the disk refuses is raised as a PilotError with its sentence.
    """
    with (
        faults.in_words(),
        Session(engine, expire_on_commit=False) as session,
        session.begin(),
    ):
        begin_to_write(session)
        yield session


def begin_to_write(session: Session) -> None:
    """Begin the session's transaction as a writer's."""
    session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
