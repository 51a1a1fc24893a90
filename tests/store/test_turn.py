"""Writers of SQLite queue: who has just written goes behind those who wait."""

import threading
import time

import pytest
from sqlalchemy import text

from pilot.domain.errors import Busy
from pilot.store import engine as engines
from pilot.store.engine import make_engine, writing
from pilot.store.turn import Turn


def write(engine, seconds):
    with writing(engine) as session:
        session.execute(text("UPDATE counter SET n = n + 1"))
        time.sleep(seconds)


def test_a_writer_without_pause_does_not_starve_another(tmp_path):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    one, other = make_engine(url), make_engine(url)  # as two processes have them
    with writing(one) as session:
        session.execute(text("CREATE TABLE counter AS SELECT 0 AS n"))
    stop = threading.Event()

    def hog():
        while not stop.is_set():
            write(one, 0.03)

    thread = threading.Thread(target=hog)
    thread.start()
    try:
        start = time.monotonic()
        for _ in range(5):
            write(other, 0)
        assert time.monotonic() - start < 5
    finally:
        stop.set()
        thread.join()


def test_a_queue_that_does_not_move_is_told_as_busy(tmp_path):
    first, second = (Turn(tmp_path / "a.lock", patience=0.1) for _ in range(2))
    with first.taken():
        with pytest.raises(Busy), second.taken():
            pass
        with pytest.raises(Busy), first.taken():
            pass
    with second.taken():
        pass


def test_a_writer_waits_only_so_long_for_one_that_does_not_end(tmp_path, monkeypatch):
    monkeypatch.setattr(engines, "BUSY_MS", 200)
    monkeypatch.setattr(engines, "PRAGMAS", ("busy_timeout=200", *engines.PRAGMAS[1:]))
    engine = make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with writing(engine) as session:
        session.execute(text("CREATE TABLE counter AS SELECT 0 AS n"))
        with pytest.raises(Busy, match="没有保存任何内容"):
            write(engine, 0)
