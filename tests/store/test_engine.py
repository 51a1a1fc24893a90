"""The settings that keep what was saved: rows G, H and I of the trust notes."""

import threading

import pytest
from sqlalchemy import event, text

from pilot.store.engine import learn, make_engine, sqlite_driver, wal_is_safe, writing

WRITERS, ROUNDS = 8, 15


@pytest.fixture
def counter(engine):
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE counter (id INTEGER PRIMARY KEY, n INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (1, 0)"))
    yield engine
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE counter"))


def test_eight_writers_lose_no_update(counter):
    failures = []

    def work():
        for _ in range(ROUNDS):
            try:
                with writing(counter) as session:
                    lock = " FOR UPDATE" if counter.dialect.name == "postgresql" else ""
                    n = session.execute(text(f"SELECT n FROM counter WHERE id = 1{lock}")).scalar()
                    session.execute(text("UPDATE counter SET n = :n WHERE id = 1"), {"n": n + 1})
            except Exception as error:  # noqa: BLE001  every failure is shown to the test
                failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with counter.connect() as connection:
        n = connection.execute(text("SELECT n FROM counter")).scalar()
    assert (n, failures) == (WRITERS * ROUNDS, [])


@pytest.mark.usefixtures("forced_writes")
def test_every_pooled_sqlite_connection_is_durable(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    connections = [engine.connect() for _ in range(5)]
    settings = [
        tuple(
            c.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("synchronous", "foreign_keys")
        )
        for c in connections
    ]
    for connection in connections:
        connection.close()
    assert settings == [(2, 1)] * 5


def test_a_fixed_sqlite_writes_ahead_and_an_old_one_does_not(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with engine.connect() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    assert mode == ("wal" if wal_is_safe(sqlite_driver().sqlite_version_info) else "delete")


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        pytest.param((3, 40, 1), False, id="Debian 12"),
        pytest.param((3, 44, 5), False, id="before the backport"),
        pytest.param((3, 44, 6), True, id="backport 3.44.6"),
        pytest.param((3, 45, 0), False, id="3.45 has no backport"),
        pytest.param((3, 50, 7), True, id="backport 3.50.7"),
        pytest.param((3, 51, 2), False, id="last broken"),
        pytest.param((3, 51, 3), True, id="first mended"),
        pytest.param((3, 53, 4), True, id="bundled wheel"),
    ],
)
def test_which_versions_have_the_mended_log(version, safe):
    assert wal_is_safe(version) is safe


def fail_half_way(engine):
    with writing(engine) as session:
        session.execute(text("UPDATE counter SET n = 99 WHERE id = 1"))
        raise RuntimeError("stop")


def test_what_fails_inside_a_transaction_leaves_nothing(counter):
    with pytest.raises(RuntimeError):
        fail_half_way(counter)
    with counter.connect() as connection:
        assert connection.execute(text("SELECT n FROM counter")).scalar() == 0


# --- statistics ----------------------------------------------------------------------------------


def looked_at(engine):
    """The tables that `learn` lets a PostgreSQL look at; of SQLite just that it does."""
    said = []

    def note(*about):
        said.append(about[2])

    event.listen(engine, "before_cursor_execute", note)
    learn(engine)
    event.remove(engine, "before_cursor_execute", note)
    asked = [one.removeprefix("ANALYZE").split(", ") for one in said if one.startswith("ANALYZE")]
    return [name.strip() for names in asked for name in names]


def test_a_server_looks_only_at_tables_that_it_lags_behind_with(engine):
    if engine.dialect.name == "sqlite":
        assert looked_at(engine) == [""]
        return
    with engine.begin() as connection:
        for statement in (
            "CREATE TABLE filled (id INTEGER) WITH (autovacuum_enabled = off)",
            "INSERT INTO filled SELECT generate_series(1, 500)",
            "SELECT pg_stat_force_next_flush()",
        ):
            connection.execute(text(statement))
    try:
        assert "filled" in looked_at(engine)
        assert "filled" not in looked_at(engine)
    finally:
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE filled"))
