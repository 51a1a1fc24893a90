"""What the database or the disk refuses reaches people as a sentence: rows 45, 47, 48, 49."""

import errno
import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from pilot.domain.errors import Busy, PilotError, Unsure, Unwritable
from pilot.store import faults
from pilot.store.engine import make_engine, reading, writing


def sqlite(words: str) -> DBAPIError:
    return OperationalError("x", {}, sqlite3.OperationalError(words))


def postgres(kind: type[psycopg.Error], *, lost: bool = False) -> DBAPIError:
    return OperationalError("x", {}, kind("示例"), connection_invalidated=lost)


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        pytest.param(sqlite("database is locked"), Busy, "系统繁忙", id="locked"),
        pytest.param(sqlite("database or disk is full"), Unwritable, "磁盘已满", id="full"),
        pytest.param(
            sqlite("attempt to write a readonly database"), Unwritable, "只能读取", id="read-only"
        ),
        pytest.param(sqlite("unable to open database file"), Unwritable, "打不开", id="no file"),
        pytest.param(sqlite("disk I/O error"), Unwritable, "磁盘出错", id="I/O"),
        pytest.param(
            sqlite("database disk image is malformed"), Unwritable, "恢复备份", id="damaged"
        ),
        pytest.param(
            postgres(psycopg.errors.SerializationFailure), Busy, "系统繁忙", id="serialization"
        ),
        pytest.param(postgres(psycopg.errors.DeadlockDetected), Busy, "系统繁忙", id="deadlock"),
        pytest.param(postgres(psycopg.errors.DiskFull), Unwritable, "磁盘已满", id="53100"),
        pytest.param(
            postgres(psycopg.errors.ReadOnlySqlTransaction), Unwritable, "只能读取", id="standby"
        ),
        pytest.param(postgres(psycopg.errors.AdminShutdown), Unsure, "可能没有", id="shutdown"),
        pytest.param(postgres(psycopg.errors.CannotConnectNow), Busy, "连接不上", id="starting"),
        pytest.param(postgres(psycopg.errors.TooManyConnections), Busy, "连接不上", id="too many"),
        pytest.param(postgres(psycopg.OperationalError), Busy, "连接不上", id="no server"),
        pytest.param(
            postgres(psycopg.OperationalError, lost=True), Unsure, "可能没有", id="lost on the way"
        ),
        pytest.param(PoolTimeout("示例"), Busy, "系统繁忙", id="no connection free"),
        pytest.param(OSError(errno.ENOSPC, "x"), Unwritable, "磁盘已满", id="ENOSPC"),
        pytest.param(OSError(errno.EROFS, "x"), Unwritable, "只能读取", id="EROFS"),
    ],
)
def test_a_known_fault_is_a_sentence(error, kind, words):
    found = faults.refusal(error)
    assert type(found) is kind
    assert words in found.message


@pytest.mark.parametrize(
    "error",
    [sqlite("no such table: x"), postgres(psycopg.errors.UndefinedTable), FileNotFoundError(2)],
    ids=["sqlite", "postgres", "file"],
)
def test_a_bug_stays_a_bug(error):
    assert faults.refusal(error) is None
    with pytest.raises(type(error)), faults.in_words():
        raise error


def test_a_database_that_is_not_there_is_a_sentence_to_readers_and_writers():
    engine = make_engine("postgresql://nobody@127.0.0.1:1/nothing")
    for session in reading, writing:
        with pytest.raises(PilotError, match="连接不上"), session(engine) as opened:
            opened.connection()


def test_a_damaged_file_is_told_apart_from_a_missing_one(tmp_path):
    (tmp_path / "a.db").write_bytes(b"no database at all " * 100)
    engine = make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with pytest.raises(Unwritable, match="恢复备份"), reading(engine) as session:
        session.connection()
