"""Scheduled work is done once, by whoever takes it first, and again if a worker dies."""

import os
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from pilot.services import backup, jobs
from pilot.services.backup import Site
from pilot.services.jobs import JOBS, LEASE
from pilot.store import queries_jobs
from pilot.store.engine import make_engine, reading, writing
from pilot.store.models import LoginAttempt, LoginSession
from tests import factories
from tests.begun import COPIES
from tests.conftest import empty

NOON = factories.NOON
DAY = timedelta(days=1)
NAMES = sorted(JOBS)


@pytest.fixture
def scheduled(engine):
    """The jobs of an installation that began at noon."""
    jobs.schedule(engine, NOON)
    return engine


def row(engine, name=jobs.BACKUP):
    with reading(engine) as session:
        return queries_jobs.job(session, name)


def test_a_new_installation_keeps_its_calendar_at_once_and_waits_for_the_night(scheduled):
    assert jobs.due(scheduled, NOON) == ["calendar"]
    assert sorted(jobs.due(scheduled, NOON + DAY)) == NAMES
    assert row(scheduled).due == datetime(2026, 6, 1, 18, 30, tzinfo=UTC)  # 02:30 in Shanghai


def test_scheduling_again_changes_nothing(scheduled):
    jobs.schedule(scheduled, NOON + DAY)
    assert row(scheduled).created_at == NOON


def test_a_job_that_is_not_due_is_not_taken(scheduled):
    assert not jobs.take(scheduled, jobs.BACKUP, "one", now=NOON)


def test_only_one_takes_a_due_job(scheduled):
    later = NOON + DAY
    assert jobs.take(scheduled, jobs.BACKUP, "one", now=later)
    assert not jobs.take(scheduled, jobs.BACKUP, "other", now=later)
    assert jobs.BACKUP not in jobs.due(scheduled, later)


def test_a_job_done_is_due_the_next_night(scheduled):
    later = NOON + DAY
    jobs.take(scheduled, jobs.BACKUP, "one", now=later)
    assert jobs.done(scheduled, jobs.BACKUP, "one", "好", now=later)

    found = row(scheduled)
    assert (found.last_ok, found.said, found.leased_by) == (later, "好", None)
    assert found.due == datetime(2026, 6, 2, 18, 30, tzinfo=UTC)


def test_a_job_that_failed_is_tried_again_soon(scheduled):
    later = NOON + DAY
    jobs.take(scheduled, jobs.BACKUP, "one", now=later)
    assert jobs.failed(scheduled, jobs.BACKUP, "one", "磁盘已满" * 300, now=later)

    found = row(scheduled)
    assert (found.last_ok, found.last_failed, len(found.said)) == (None, later, 500)
    assert found.due == later + jobs.AGAIN_AFTER


def test_the_job_of_a_dead_worker_passes_to_another_when_its_lease_ends(scheduled):
    later = NOON + DAY
    jobs.take(scheduled, jobs.BACKUP, "dead", now=later)
    assert not jobs.take(scheduled, jobs.BACKUP, "other", now=later + LEASE - DAY / 86400)
    assert jobs.take(scheduled, jobs.BACKUP, "other", now=later + LEASE)
    assert not jobs.done(scheduled, jobs.BACKUP, "dead", "late", now=later + LEASE)
    assert row(scheduled).leased_by == "other"


def test_a_worker_that_is_still_at_it_keeps_its_lease(scheduled):
    later = NOON + DAY
    jobs.take(scheduled, jobs.BACKUP, "one", now=later)
    assert jobs.hold(scheduled, "one", now=later + LEASE / 2) == 1
    assert not jobs.take(scheduled, jobs.BACKUP, "other", now=later + LEASE)


def _worker(url, days, meet, said):
    """One server: at every moment it takes what is due and notes each piece of work it did."""
    engine, me = make_engine(url), str(os.getpid())
    done = []
    for day in range(days):
        now = NOON + DAY * (day + 1)
        meet.wait(60)
        for name in jobs.due(engine, now):
            if jobs.take(engine, name, me, now=now):
                done.append((day, name))
                assert jobs.done(engine, name, me, "", now=now)
    said.put(done)
    engine.dispose()


def test_three_servers_do_each_job_once(scheduled):
    days = 12
    meet, said = COPIES.Barrier(3), COPIES.Queue()
    url = scheduled.url.render_as_string(hide_password=False)
    args = (url, days, meet, said)
    servers = [COPIES.Process(target=_worker, args=args) for _ in range(3)]
    for server in servers:
        server.start()
    work = Counter(piece for _ in servers for piece in said.get(timeout=90))
    for server in servers:
        server.join(30)

    assert work == Counter({(day, name): 1 for day in range(days) for name in NAMES})


# --- the work itself -----------------------------------------------------------------------------


@pytest.fixture
def site(scheduled, folder, tmp_path):
    with writing(scheduled) as session:
        factories.team(session)
    return Site(scheduled, folder, tmp_path / "work", tmp_path / "backups")


def test_the_nightly_backup_keeps_as_many_as_it_is_told(site):
    for day in range(3):
        said = JOBS[jobs.BACKUP].run(site, 2, NOON + DAY * day)
    kept = backup.kept(site.backups)
    assert len(kept) == 2
    assert kept[0].name in said


def test_the_sweep_deletes_what_no_record_names(site):
    orphan = site.attachments / "ab" / ("c" * 62)
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"x")
    os.utime(orphan, (0, 0))
    assert "1 个" in JOBS["sweep"].run(site, 14, NOON)
    assert not orphan.exists()


def test_sign_ins_are_kept_for_half_a_year_and_the_last_one_for_ever(site):
    old, new = NOON - timedelta(days=200), NOON - timedelta(days=100)
    with writing(site.engine) as session:
        for number, (account, at) in enumerate([(1, old), (1, old), (2, old), (1, new)]):
            session.add(_session(account, at, number))
        for at in (old, new):
            session.add(LoginAttempt(at=at, login="x", address="x", succeeded=True))

    assert "3 条" in JOBS["tidy"].run(site, 14, NOON)
    with site.engine.connect() as connection:
        left = connection.execute(text("SELECT account_id FROM login_session ORDER BY 1"))
        assert left.scalars().all() == [1, 2]


def _session(account, at, number):
    return LoginSession(
        account_id=account, token_hash=f"{number:064}", address="x",
        created_at=at, last_seen_at=at, expires_at=at + timedelta(hours=1),
    )  # fmt: skip


# --- the age of the backup -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "overdue"), [(0, False), (26, False), (26.01, True), (100, True)], ids=str
)
def test_the_alarm_is_raised_after_26_hours(scheduled, hours, overdue):
    now = NOON + timedelta(hours=hours)
    assert jobs.backup_age(scheduled, now).overdue is overdue


def test_a_backup_by_hand_counts(site):
    later = NOON + timedelta(hours=30)
    assert jobs.backup_age(site.engine, later).sentence == "还没有备份（已运行 1 天 6 小时）"
    jobs.note_backup(site.engine, backup.make(site, now=later), now=later)

    age = jobs.backup_age(site.engine, later + timedelta(hours=2))
    assert not age.overdue
    assert age.sentence == "最近一次备份在 2 小时前"
    assert row(site.engine).due < later  # the nightly one stays due


def test_before_anything_is_scheduled_nothing_is_overdue(engine):
    empty(engine)
    assert not jobs.backup_age(engine, NOON).overdue
