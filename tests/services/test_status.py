"""Fit to serve or not, and why; on both databases."""

import contextlib
import os
import threading

import pytest
from sqlalchemy import event, text

from pilot.services import status
from pilot.store import schema
from pilot.store.engine import BUSY_MS, make_engine, writing
from pilot.store.writable import takes_writes
from tests import factories


def test_a_whole_installation_is_fit(engine):
    assert status.unfit(engine) is None


def test_another_versions_schema_is_not(engine):
    with _revision(engine, "9999"):
        assert status.unfit(engine) == "schema"
    assert status.unfit(engine) is None


@contextlib.contextmanager
def _revision(engine, number):
    _set(engine, number)
    yield
    _set(engine, schema.head())


def _set(engine, number):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :n"), {"n": number})


def test_a_database_that_is_gone_is_not(tmp_path):
    assert status.unfit(make_engine(f"sqlite:///{tmp_path}/no/such.db")) == "database"
    assert status.unfit(make_engine("postgresql://127.0.0.1:1/none")) == "database"


def test_a_read_only_server_is_not(migrated, postgres_url):
    engine = make_engine(postgres_url)
    role = "SELECT current_database()"
    with engine.connect() as connection:
        name = connection.execute(text(role)).scalar()
    _alter(engine, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    other = make_engine(postgres_url)
    try:
        assert status.unfit(other) == "read-only"
    finally:
        _alter(other, f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
    assert status.unfit(make_engine(postgres_url)) is None


def _alter(engine, statement):
    with engine.connect() as connection:
        connection.exec_driver_sql("SET default_transaction_read_only = off")
        connection.commit()
        connection.exec_driver_sql(statement)
        connection.commit()
    engine.dispose()


def test_a_read_only_file_is_not(tmp_path):
    schema.upgrade(make_engine(f"sqlite:///{tmp_path / 'a.db'}"))
    engine = make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    event.listen(engine, "connect", lambda raw, _record: raw.execute("PRAGMA query_only=ON"))
    assert status.unfit(engine) == "read-only"


def test_a_busy_database_is_fit_and_the_question_does_not_wait(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'busy.db'}")
    schema.upgrade(engine)
    held, asked = threading.Event(), threading.Event()

    def hold():
        with writing(engine) as session:
            session.connection()
            held.set()
            asked.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    before = os.times().elapsed
    assert takes_writes(engine)
    assert os.times().elapsed - before < 2
    asked.set()
    holder.join()
    with engine.connect() as connection:  # the patience of writers is what it was
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == BUSY_MS


@pytest.mark.usefixtures("engine")
def test_the_figures_name_each_base(engine):
    with writing(engine) as session:
        factories.base(session)
        factories.base(session, "YK", name="示例二号基地")
    found = status.figures(engine, factories.NOON)
    assert found.journal == {"PJ": 0, "YK": 0}
    assert (found.sessions, list(found.jobs)) == (0, [])
