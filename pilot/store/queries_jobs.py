"""Scheduled jobs (定时任务): leases taken and given back by one conditional UPDATE each."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from pilot.store.models import JobRun


def jobs(session: Session) -> Sequence[JobRun]:
    """Every job that has been scheduled, by name."""
    return session.exec(select(JobRun).order_by(col(JobRun.name))).all()


def job(session: Session, name: str) -> JobRun | None:
    """One job; None before it was scheduled for the first time."""
    return session.get(JobRun, name)


def due(session: Session, now: datetime) -> list[str]:
    """The names of jobs that are due and in nobody's hands."""
    query = select(JobRun.name).where(JobRun.due <= now, _free(now))
    return list(session.exec(query.order_by(col(JobRun.due))))


def enter(session: Session, row: JobRun) -> None:
    """Schedule a job, unless another server has just done so."""
    kind = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = kind.insert(JobRun).values(**row.model_dump())
    session.exec(statement.on_conflict_do_nothing())


def note(session: Session, name: str, **values: object) -> None:
    """Note something about a job outside its schedule."""
    session.exec(update(JobRun).where(col(JobRun.name) == name).values(**values))


def take(session: Session, name: str, worker: str, now: datetime, until: datetime) -> bool:
    """Lease a job that is due and free; whether this worker got it."""
    taken = session.exec(
        update(JobRun)
        .where(col(JobRun.name) == name, col(JobRun.due) <= now, _free(now))
        .values(leased_by=worker, leased_until=until)
    )
    return taken.rowcount == 1


def extend(session: Session, worker: str, until: datetime) -> int:
    """Keep the leases of a worker until a later moment; how many it holds."""
    mine = update(JobRun).where(col(JobRun.leased_by) == worker)
    return session.exec(mine.values(leased_until=until)).rowcount


def give_back(session: Session, name: str, worker: str, **values: object) -> bool:
    """End a lease and note how the job went; False if the lease had passed to another worker."""
    mine = update(JobRun).where(col(JobRun.name) == name, col(JobRun.leased_by) == worker)
    ended = session.exec(mine.values(leased_by=None, leased_until=None, **values))
    return ended.rowcount == 1


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(col(JobRun.leased_until).is_(None), col(JobRun.leased_until) <= now)
