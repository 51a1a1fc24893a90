"""How the installation does (系统状态): is it fit to serve, and the figures that watch it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from pilot.domain.errors import PilotError
from pilot.services import jobs
from pilot.services.jobs import BackupAge
from pilot.store import queries_jobs, queries_status, schema
from pilot.store.engine import reading
from pilot.store.models import JobRun
from pilot.store.writable import takes_writes


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one moment, read from the database."""

    sessions: int
    journal: dict[str, int]
    backup: BackupAge
    jobs: Sequence[JobRun]


def figures(engine: Engine, now: datetime) -> Figures:
    """The figures now."""
    backup = jobs.backup_age(engine, now)
    with reading(engine) as session:
        return Figures(
            sessions=queries_status.open_sessions(session, now),
            journal=queries_status.sequences(session),
            backup=backup,
            jobs=queries_jobs.jobs(session),
        )


def unfit(engine: Engine) -> str | None:
    """Why the installation can't serve, in one word; None if it can.

    `database`: no answer. `schema`: another version's. `read-only`: it takes no writes.
    """
    try:
        if schema.current(engine) != schema.head():
            return "schema"
        return None if takes_writes(engine) else "read-only"
    except (PilotError, SQLAlchemyError):
        return "database"
