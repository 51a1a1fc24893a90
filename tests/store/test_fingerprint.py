"""One number for the records, whoever writes them down: SQLite itself or we, on either database."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlmodel import SQLModel

from pilot.domain.vocabulary import Gate
from pilot.store import as_sqlite, fingerprint, schema
from pilot.store.engine import make_engine, reading, writing
from tests import factories

TABLES = SQLModel.metadata.sorted_tables
# What JSON or a number's notation might tell apart.
WORDS = "'引号\"反斜杠\\ \b\f\n\r\t\x01\x1f\x7f\u2028 <🧪> 末"
AMOUNTS = ("0.1", "83847", "12.50", "-0.05", "999999999999.99", None)
INSTANTS = [datetime(2026, 6, 1, 8, tzinfo=UTC, microsecond=part) for part in (0, 1, 500_000)]


@pytest.fixture
def filled(engine):
    """A base with projects whose values are as awkward as they may be."""
    with writing(engine) as session:
        people = factories.team(session)
        rows = [factories.before_gate(session, people, Gate.G2) for _ in AMOUNTS]
        session.flush()
        for place, (row, budget) in enumerate(zip(rows, AMOUNTS, strict=True)):
            row.name, row.budget = WORDS[place:], Decimal(budget) if budget else None
            row.recorded_at = INSTANTS[place % len(INSTANTS)]
    return engine


def told(by, engine):
    with reading(engine) as session:
        connection = session.connection()
        return {table.name: ",".join(by(connection, table)) for table in TABLES}


def test_sqlite_writes_each_row_as_we_would(filled, tmp_path):
    if filled.dialect.name == "postgresql":
        pytest.skip("its rows are written by us")
    ours, own = told(fingerprint.by_values, filled), told(fingerprint.by_sqlite, filled)
    assert own == ours
    assert all(word in own["project"] for word in ("🧪", '"999999999999.99"', "\\u001f"))


def test_a_copy_of_postgresql_has_its_fingerprint(filled, tmp_path):
    if filled.dialect.name == "sqlite":
        pytest.skip("it is copied page by page")
    as_sqlite.write(filled, tmp_path / "copy.db", TABLES)
    copy = make_engine(f"sqlite:///{tmp_path / 'copy.db'}")
    with reading(filled) as one, reading(copy) as other:
        before, after = (fingerprint.fingerprint(each.connection()) for each in (one, other))
    copy.dispose()
    assert before == after


def test_a_copy_has_every_index_of_a_migrated_database(filled, tmp_path):
    if filled.dialect.name == "sqlite":
        pytest.skip("it is copied page by page")
    as_sqlite.write(filled, tmp_path / "copy.db", TABLES)
    migrated = make_engine(f"sqlite:///{tmp_path / 'migrated.db'}")
    schema.upgrade(migrated)
    copy = make_engine(f"sqlite:///{tmp_path / 'copy.db'}")
    assert indexes(copy) == indexes(migrated)


def indexes(engine):
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name"
    with engine.connect() as connection:
        found = connection.exec_driver_sql(query).all()
    engine.dispose()
    return found
