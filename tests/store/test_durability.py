"""The start says what a commit rests on, and refuses what does not keep it (row I)."""

import pytest
from sqlalchemy import event

from pilot.store.durability import Durability, Volatile, check_postgres, check_sqlite, durability
from pilot.store.engine import make_engine


def sqlite(journal: str, synchronous: str = "2") -> Durability:
    return Durability("SQLite 3.40.1", {"journal_mode": journal, "synchronous": synchronous})


def postgres(commit: str = "on", fsync: str = "on") -> Durability:
    settings = {"synchronous_commit": commit, "fsync": fsync, "full_page_writes": "on"}
    return Durability("PostgreSQL 16.4", settings)


@pytest.mark.usefixtures("forced_writes")
def test_the_embedded_database_is_named_with_its_settings(tmp_path):
    found = durability(make_engine(f"sqlite:///{tmp_path / 'a.db'}"))
    assert str(found).startswith("SQLite 3.")
    assert found.settings["synchronous"] == "2"
    assert found.settings["journal_mode"] in str(found)


def test_a_connection_that_does_not_force_its_writes_is_refused(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=NORMAL"))
    with pytest.raises(Volatile, match="断电会丢失"):
        durability(engine)


def test_an_old_sqlite_never_writes_ahead():
    with pytest.raises(Volatile, match="WAL"):
        check_sqlite(sqlite("wal"), (3, 40, 1))
    assert "回滚日志" in check_sqlite(sqlite("delete"), (3, 40, 1)).warnings[0]
    assert check_sqlite(sqlite("wal"), (3, 53, 4)).warnings == ()


def test_postgres_sessions_wait_for_the_log_whatever_the_server_says(postgres_url):
    """The tests' own server has it off: the session turns it on, and fsync is warned of."""
    found = durability(make_engine(postgres_url))
    assert found.settings["synchronous_commit"] == "on"
    assert found.database.startswith("PostgreSQL 1")


def test_a_pooler_that_drops_the_setting_is_refused_and_a_server_without_fsync_told():
    with pytest.raises(Volatile, match="synchronous_commit"):
        check_postgres(postgres(commit="off"))
    assert "fsync" in check_postgres(postgres(fsync="off")).warnings[0]
    assert check_postgres(postgres()).warnings == ()
