"""The server's scheduler does what is due, notes how it went, and never stops for one failure."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta

import pytest

from pilot.config import settings
from pilot.domain.errors import PilotError
from pilot.services import backup, jobs
from pilot.services.jobs import JOBS, Job
from pilot.store import queries_jobs, schema
from pilot.store.engine import make_engine, reading, shared, writing
from pilot.web import scheduler
from tests import factories


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """An installation of its own, which the settings point to, with everything due."""
    url = f"sqlite:///{tmp_path / 'pilot.db'}"
    engine = make_engine(url)
    schema.upgrade(engine)
    with writing(engine) as session:
        factories.team(session)
    for name, value in {"database_url": url, "data_dir": tmp_path, "backup_dir": None}.items():
        monkeypatch.setattr(settings(), name, value)
    jobs.schedule(engine, datetime.now(UTC) - timedelta(days=2))
    yield engine
    shared(url).dispose()


def noted(engine):
    with reading(engine) as session:
        return {row.name: row for row in queries_jobs.jobs(session)}


def broken(monkeypatch, error):
    """Let the nightly backup fail."""

    def fail(_site, _keep, _now):
        raise error

    job = JOBS[jobs.BACKUP]
    monkeypatch.setitem(JOBS, jobs.BACKUP, Job(job.name, job.title, job.schedule, fail))


def test_everything_that_is_due_is_done_and_noted(engine):
    asyncio.run(scheduler.look("one"))

    assert len(backup.kept(settings().backups)) == 1
    for row in noted(engine).values():
        assert row.last_ok is not None, row.name
        assert row.due > datetime.now(UTC)
        assert row.leased_by is None
    asyncio.run(scheduler.look("one"))
    assert len(backup.kept(settings().backups)) == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [(PilotError("磁盘已满。"), "磁盘已满。"), (ZeroDivisionError("secret"), "出错，编号")],
    ids=["refusal", "bug"],
)
def test_a_failure_is_noted_and_the_other_jobs_are_done(engine, monkeypatch, error, said):
    broken(monkeypatch, error)
    asyncio.run(scheduler.look("one"))

    rows = noted(engine)
    assert rows[jobs.BACKUP].said.startswith(said)
    assert "secret" not in rows[jobs.BACKUP].said
    assert rows[jobs.BACKUP].last_ok is None
    assert rows["sweep"].last_ok is not None


def test_a_long_job_holds_its_lease(engine, monkeypatch):
    monkeypatch.setattr(scheduler, "_HOLD_EVERY", 0.05)
    held = []
    monkeypatch.setattr(jobs, "hold", lambda _engine, worker, *, now: held.append((worker, now)))

    def slowly(_site, _keep, _now):
        asyncio.run(asyncio.sleep(0.4))
        return "好"

    job = JOBS[jobs.BACKUP]
    monkeypatch.setitem(JOBS, jobs.BACKUP, Job(job.name, job.title, job.schedule, slowly))
    asyncio.run(scheduler.look("one"))
    assert len(held) >= 3
    assert noted(engine)[jobs.BACKUP].said == "好"


def test_a_demonstration_makes_no_backup(engine, monkeypatch):
    monkeypatch.setattr(settings(), "mode", "demo")
    asyncio.run(scheduler.look("one"))
    assert noted(engine)[jobs.BACKUP].last_ok is None
    assert backup.kept(settings().backups) == []


def test_the_scheduler_survives_a_database_that_gives_no_answer(engine, monkeypatch):
    monkeypatch.setattr(scheduler, "FIRST_LOOK", (0, 0))
    monkeypatch.setattr(scheduler, "EVERY", 0.05)
    answers = [OSError("away")]
    real = jobs.schedule

    def answer(*args):
        if answers:
            raise answers.pop()
        real(*args)

    monkeypatch.setattr(jobs, "schedule", answer)

    async def for_a_while():
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(10):
                task = asyncio.create_task(scheduler.keep_time())
                while noted(engine)["tidy"].last_ok is None:
                    await asyncio.sleep(0.05)
                task.cancel()

    asyncio.run(for_a_while())
    assert noted(engine)["tidy"].last_ok is not None
