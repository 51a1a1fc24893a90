"""A transaction that the database gave up on is tried again, whole, and is never done twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from psycopg import errors
from sqlmodel import Session, func, select

from pilot.domain.errors import Busy
from pilot.services import door, projects
from pilot.services.command import perform
from pilot.services.projects import ProjectDraft
from pilot.store import retrying
from pilot.store.engine import reading
from pilot.store.models import JournalEntry, LoginAttempt, LoginSession, Project
from tests import factories, serving
from tests.factories import NOON


@pytest.fixture
def failing(engine):
    """`failing(when, times)`: COMMIT fails `before` or `after` it was done, that often."""
    left, dialect = {"before": 0, "after": 0}, engine.dialect
    real = dialect.do_commit

    def fail(when):
        if left[when]:
            left[when] -= 1
            if dialect.name == "sqlite":
                raise dialect.dbapi.OperationalError("database is locked")
            raise errors.SerializationFailure("could not serialize access")

    def commit(connection):
        fail("before")
        real(connection)
        fail("after")

    dialect.do_commit = commit
    yield lambda when, times=1: left.update({when: times})
    del dialect.do_commit


@pytest.fixture
def manager(engine):
    """The number of an account that may register projects."""
    with Session(engine) as session:
        made = factories.team(session).manager.id
        session.commit()
    return made


def register(engine, manager, name="示例项目", key=None):
    return perform(
        engine, projects.register, ProjectDraft(name=name), by=manager, now=NOON, key=key
    )


def count(engine, kind):
    with reading(engine) as session:
        return session.exec(select(func.count()).select_from(kind)).one()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("key", [None, "form-1"])
def test_a_commit_that_failed_or_lost_its_answer_is_done_once(engine, manager, failing, when, key):
    failing(when)
    register(engine, manager, key=key)
    assert (count(engine, Project), count(engine, JournalEntry)) == (1, 1)


def test_what_never_succeeds_is_refused_in_words_with_nothing_saved(
    engine, manager, failing, monkeypatch
):
    monkeypatch.setattr(retrying, "PATIENCE", 0.3)
    failing("before", 1000)
    with pytest.raises(Busy, match="没有保存任何内容"):
        register(engine, manager)
    assert (count(engine, Project), count(engine, JournalEntry)) == (0, 0)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("password", [serving.PASSWORD, "Wrong-Horse-00"])
def test_the_door_tries_again_too(engine, failing, when, password):
    serving.people(engine)
    before = count(engine, LoginSession)
    failing(when, 2)
    answer = door.sign_in(engine, "manager", password, address="a", agent="", now=NOON)
    assert bool(answer.token) == (password == serving.PASSWORD)
    with reading(engine) as session:
        tries = session.exec(select(LoginAttempt.succeeded)).all()
        seen = door.visitor(session, answer.token or "", NOON)
    assert bool(seen) == bool(answer.token)
    assert True in tries if answer.token else True not in tries
    if when == "before":
        assert len(tries) == 1
        assert count(engine, LoginSession) - before == bool(answer.token)


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_writers_that_must_serialize_all_get_through(engine, manager, level):
    """What a distributed engine does at its default: the later of two writers has to try again."""
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    strict = engine.execution_options(isolation_level=level)
    names = [f"示例项目{number}" for number in range(24)]
    with ThreadPoolExecutor(4) as writers:
        done = list(writers.map(lambda name: register(strict, manager, name), names))
    assert sorted(each.sequence for each in done) == list(range(1, 25))
    assert (count(engine, Project), count(engine, JournalEntry)) == (24, 24)
