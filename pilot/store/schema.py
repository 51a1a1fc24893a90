"""The schema's version: upgrade an older database under a lock, refuse a newer one."""

import contextlib
import functools
from collections.abc import Callable, Iterator
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine

from pilot.domain.errors import Busy, PilotError
from pilot.store.faults import in_words

_HERE = Path(__file__).parent / "migrations"
_LOCK_NUMBER = 4_203_117
_PATIENCE = 900  # seconds: another process may be backing up before it migrates


class SchemaTooNew(PilotError):
    """The database was written by a later version of the product."""


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings, with the connection that `env.py` is to use."""
    settings = Config()
    settings.set_main_option("script_location", str(_HERE))
    settings.attributes["connection"] = connection
    return settings


@functools.cache
def head() -> str:
    """The newest revision this code knows."""
    return ScriptDirectory.from_config(config()).get_current_head()


def upgrade(engine: Engine, before: Callable[[], object] = lambda: None) -> tuple[str | None, str]:
    """Bring the database to this code's version; returns (revision before, revision after).

    `before` runs, in this process's turn, if there is something to change; what it raises stops
    the upgrade. Raises SchemaTooNew, with the database untouched, if it knows a revision this
    code does not, and another PilotError if the database or its folder can't be written.
    """
    with in_words(), _alone(engine):
        was = current(engine)
        _check_known(was)
        if was != head():
            if was is not None:
                before()
            with engine.connect() as connection:
                _run(connection)
        return was, head()


def current(engine: Engine) -> str | None:
    """The revision that a database is at; None for an empty one."""
    with engine.connect() as connection, connection.begin():
        return MigrationContext.configure(connection).get_current_revision()


def is_known(revision: str) -> bool:
    """Whether this code has a revision; a later version's it has not."""
    script = ScriptDirectory.from_config(config())
    return revision in {known.revision for known in script.walk_revisions()}


def _check_known(revision: str | None) -> None:
    if revision and revision != head() and not is_known(revision):
        raise SchemaTooNew(
            f"数据库版本 {revision} 比程序新，未作任何改动：请升级程序，或恢复与本程序配套的备份。"
        )


def _run(connection: Connection) -> None:
    """Alembic's batch mode rebuilds tables: with foreign keys on, children would be deleted."""
    sqlite = connection.dialect.name == "sqlite"
    raw = connection.connection.dbapi_connection
    if sqlite:
        raw.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.execution_options(sqlite_begin="IMMEDIATE").begin():
            if not sqlite:  # an index over ten million rows takes longer than any page may
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            command.upgrade(config(connection), "head")
            if sqlite and (broken := raw.execute("PRAGMA foreign_key_check").fetchall()):
                raise PilotError(f"迁移后外键不完整，已全部撤销：{broken[:3]}")
    finally:
        if sqlite:
            raw.execute("PRAGMA foreign_keys=ON")


@contextlib.contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """Only one process migrates at a time: a lock file beside SQLite, an advisory lock else."""
    if engine.dialect.name == "sqlite":
        path = Path(engine.url.database)
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(f"{path}.migrate.lock")
        try:
            lock.acquire(timeout=_PATIENCE)
        except Timeout as error:
            raise Busy("另一个程序正在升级数据库，请等它结束后再启动。") from error
        try:
            yield
        finally:
            lock.release()
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # As long as the other one's migration takes; and no transaction that idles meanwhile.
        connection.exec_driver_sql("SET lock_timeout = 0; SET statement_timeout = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({_LOCK_NUMBER})")
        try:
            yield
        finally:
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_LOCK_NUMBER})")
            connection.exec_driver_sql("RESET lock_timeout; RESET statement_timeout")
