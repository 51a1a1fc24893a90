"""Scheduled work (定时任务): what runs by itself, when, and once however many servers there are.

A server asks for what is due, takes a lease, does the work and gives the lease back. A worker
that dies keeps its lease for a while; then another one does the job. `now` is always given.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import Engine

from pilot.domain.joining import CONTACT_KEPT
from pilot.domain.schedule import Daily, is_overdue
from pilot.services import attachments, backup, digests, filing_lines, snapshots
from pilot.services.backup import Backup, Site
from pilot.services.mail import delivery
from pilot.store import queries_jobs, queries_joining, queries_tidy, queries_verify
from pilot.store.engine import reading, writing
from pilot.store.models import JobRun

LEASE = timedelta(minutes=5)
AGAIN_AFTER = timedelta(minutes=15)  # a job that failed is tried again
LOGS_KEPT = timedelta(days=190)  # sign-ins are network logs: at least six months (网络安全法)
BACKUP = "backup"
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of work: its name, its title on screen, when it is due, and the work itself.

    `run` gets the site, how many backups to keep, and the time; it returns a sentence. What `soon`
    makes is missed on the first day: it runs as soon as the installation knows the job.
    """

    name: str
    title: str
    schedule: Daily
    run: Callable[[Site, int, datetime], str]
    soon: bool = False


def _backup(site: Site, keep: int, now: datetime) -> str:
    made = backup.make(site, now=now)
    backup.thin_out(site.backups, keep)
    return made.sentence


def _sweep(site: Site, _keep: int, now: datetime) -> str:
    with reading(site.engine) as session:
        gone = attachments.sweep(session, site.attachments, at=now)
    return f"清除无主文件 {gone} 个"


def _tidy(site: Site, _keep: int, now: datetime) -> str:
    with writing(site.engine) as session:
        gone = queries_tidy.forget_sign_ins(session, now - LOGS_KEPT)
        mails = delivery.tidy(session, now)
        people = queries_joining.forget_applicants(session, now - CONTACT_KEPT)
    return f"清除过期登录记录 {gone} 条、办完的邮件 {mails} 条、账号申请的联系方式 {people} 份"


def _month_ends(site: Site, _keep: int, now: datetime) -> str:
    """A base at a time, so that nobody waits for all of them."""
    with reading(site.engine) as session:
        bases = [base.id for base in queries_verify.bases(session)]
    stored = 0
    for base_id in bases:
        with writing(site.engine) as session:
            stored += snapshots.refresh(session, base_id, at=now)
    return f"新存月末快照 {stored} 份"


def _digest(site: Site, _keep: int, now: datetime) -> str:
    """A base at a time, so that one that fails is tried again without the others."""
    with reading(site.engine) as session:
        bases = [base.id for base in queries_verify.bases(session)]
    told = 0
    for base_id in bases:
        with writing(site.engine) as session:
            told += digests.tell(session, base_id, at=now)
    return f"提醒了 {told} 个基地"


def _calendar(site: Site, _keep: int, now: datetime) -> str:
    """The lines of the reporting calendar and what is nearly due, a base at a time."""
    with reading(site.engine) as session:
        bases = [base.id for base in queries_verify.bases(session)]
    made = told = 0
    for base_id in bases:
        with writing(site.engine) as session:
            lines, reminders = filing_lines.refresh(session, base_id, at=now)
        made, told = made + lines, told + reminders
    return f"新建上报 {made} 期，提醒 {told} 期"


JOBS = {
    job.name: job
    for job in (
        Job(BACKUP, "每日备份", Daily(time(2, 30)), _backup),
        Job("month_ends", "月末快照", Daily(time(3, 0)), _month_ends),
        Job("calendar", "上报日历", Daily(time(3, 15)), _calendar, soon=True),
        Job("sweep", "清理无主文件", Daily(time(3, 30)), _sweep),
        Job("tidy", "清理过期登录", Daily(time(3, 45)), _tidy),
        Job("digest", "每周待办提醒", Daily(time(8, 0)), _digest),
    )
}


def schedule(engine: Engine, now: datetime) -> None:
    """Enter the jobs that this installation does not know yet; most wait for their time of day."""
    with reading(engine) as session:
        known = {row.name for row in queries_jobs.jobs(session)}
    if new := JOBS.keys() - known:
        with writing(engine) as session:
            for name in sorted(new):
                first = now if JOBS[name].soon else JOBS[name].schedule.after(now)
                queries_jobs.enter(session, JobRun(name=name, created_at=now, due=first))


def due(engine: Engine, now: datetime) -> list[str]:
    """The jobs that somebody should do now."""
    with reading(engine) as session:
        return [name for name in queries_jobs.due(session, now) if name in JOBS]


def take(engine: Engine, name: str, worker: str, *, now: datetime) -> bool:
    """Lease a due job for a worker; False if another one was faster."""
    with writing(engine) as session:
        return queries_jobs.take(session, name, worker, now, now + LEASE)


def hold(engine: Engine, worker: str, *, now: datetime) -> int:
    """Extend the leases of a worker that is still at it; how many it holds."""
    with writing(engine) as session:
        return queries_jobs.extend(session, worker, now + LEASE)


def done(engine: Engine, name: str, worker: str, said: str, *, now: datetime) -> bool:
    """A job went well and is due again as scheduled; False if the lease was lost meanwhile."""
    values = {"due": JOBS[name].schedule.after(now), "last_ok": now, "said": said[:_LONGEST]}
    with writing(engine) as session:
        return queries_jobs.give_back(session, name, worker, **values)


def failed(engine: Engine, name: str, worker: str, said: str, *, now: datetime) -> bool:
    """A job went wrong and is tried again soon; False if the lease was lost meanwhile."""
    values = {"due": now + AGAIN_AFTER, "last_failed": now, "said": said[:_LONGEST]}
    with writing(engine) as session:
        return queries_jobs.give_back(session, name, worker, **values)


def note_backup(engine: Engine, made: Backup, *, now: datetime) -> None:
    """A backup made by hand counts like a scheduled one."""
    schedule(engine, now)
    with writing(engine) as session:
        queries_jobs.note(session, BACKUP, last_ok=now, said=made.sentence[:_LONGEST])


@dataclass(frozen=True, slots=True)
class BackupAge:
    """How long ago the last good backup was; `last` is None if there has never been one."""

    last: datetime | None
    since: datetime
    now: datetime

    @property
    def age(self) -> timedelta:
        """The time since the last backup, or since backups were first expected."""
        return self.now - (self.last or self.since)

    @property
    def overdue(self) -> bool:
        """Whether the last backup is older than 26 hours."""
        return is_overdue(self.last or self.since, self.now)

    @property
    def sentence(self) -> str:
        """The same in words."""
        hours = int(self.age / timedelta(hours=1))
        ago = f"{hours // 24} 天 {hours % 24} 小时" if hours >= 24 else f"{hours} 小时"
        if self.last is None:
            return f"还没有备份（已运行 {ago}）"
        return f"最近一次备份在 {ago}前" if hours else "最近一次备份不到 1 小时"


def backup_age(engine: Engine, now: datetime) -> BackupAge:
    """How old the last backup is; a new installation counts from now."""
    with reading(engine) as session:
        row = queries_jobs.job(session, BACKUP)
    return BackupAge(row.last_ok, row.created_at, now) if row else BackupAge(None, now, now)
