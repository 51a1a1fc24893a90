"""The schema upgrades under a lock, refuses what is newer, and equals the models."""

import re
import threading
import time

import pytest
from alembic import command
from sqlalchemy import event, text
from sqlmodel import SQLModel

from pilot.domain.vocabulary import Term
from pilot.store import schema
from pilot.store.engine import make_engine
from tests.conftest import MIGRATING


@pytest.fixture(autouse=True)
def _every_revision(monkeypatch):
    monkeypatch.setattr(schema, "_run", MIGRATING.all)


def test_a_new_database_is_brought_to_the_newest_revision(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'new.db'}")
    assert schema.upgrade(engine) == (None, schema.head())
    assert schema.upgrade(engine) == (schema.head(), schema.head())


def test_the_migrations_make_the_tables_of_the_models(engine):
    with engine.connect() as connection:
        command.check(schema.config(connection))


def test_a_newer_database_is_refused_and_left_alone(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'newer.db'}")
    schema.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = (tmp_path / "newer.db").read_bytes()

    with pytest.raises(schema.SchemaTooNew, match="9999"):
        schema.upgrade(engine)

    assert (tmp_path / "newer.db").read_bytes() == before


def test_two_servers_that_start_together_migrate_once(tmp_path):
    url = f"sqlite:///{tmp_path / 'both.db'}"
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(schema.upgrade(make_engine(url))))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers, key=str) == sorted(
        [(None, schema.head()), (schema.head(), schema.head())], key=str
    )


def test_a_replica_waits_for_the_migration_of_another(postgres_url, migrated):
    first, second = make_engine(postgres_url), make_engine(postgres_url)

    @event.listens_for(second, "connect")
    def _impatient(connection, _record) -> None:
        connection.execute("SET lock_timeout = '50ms'")
        connection.execute("SET statement_timeout = '50ms'")
        connection.commit()

    answers = []
    waiting = threading.Thread(target=lambda: answers.append(schema.upgrade(second)))
    with schema._alone(first):
        waiting.start()
        time.sleep(0.4)
        assert answers == []
    waiting.join()
    assert answers == [(schema.head(), schema.head())]
    with second.connect() as connection:
        assert connection.exec_driver_sql("SHOW lock_timeout").scalar() != "0"
    first.dispose()
    second.dispose()


def test_the_checks_in_the_database_allow_exactly_the_words_of_the_vocabulary(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    schema.upgrade(engine)
    with engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            sql = connection.execute(
                text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table.name}
            ).scalar()
            for column in table.columns:
                kind = getattr(column.type, "enum_class", None)
                if kind is None:
                    continue
                assert issubclass(kind, Term)
                found = re.findall(rf"CHECK \({column.name} IN \(([^)]*)\)", sql)
                words = set(re.findall(r"'([^']*)'", " ".join(found)))
                assert words == {word.value for word in kind}, f"{table.name}.{column.name}"


def test_every_tenant_table_carries_its_base():
    without = {"base", "alembic_version", "login_session", "login_attempt", "job_run"}
    for table in SQLModel.metadata.sorted_tables:
        if table.name not in without:
            assert "base_id" in table.columns, table.name


def test_business_uniqueness_is_always_within_a_base():
    for table in SQLModel.metadata.sorted_tables:
        for constraint in table.constraints:
            columns = {column.name for column in getattr(constraint, "columns", [])}
            if type(constraint).__name__ == "UniqueConstraint" and "code" in columns:
                inside = columns & {"base_id", "review_id"}
                assert inside or table.name == "base", f"{table.name} {columns}"
