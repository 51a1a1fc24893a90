"""A whole file (批次): every problem of every row first; then all rows in one transaction, or none.

Checking writes nothing. Applying checks again inside the transaction, against what then holds,
unless nothing that the check looked at has changed since.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from pilot.domain.errors import Refused
from pilot.domain.import_columns import ImportKind
from pilot.domain.moment import local_day
from pilot.domain.people import Actor
from pilot.domain.problems import Problem
from pilot.services.command import perform, verb
from pilot.services.importing.cells import layout
from pilot.services.importing.plan import Outcome, Plan
from pilot.services.importing.planning import TO_WRITE, Ready, open_book, plans
from pilot.services.importing.portions import too_many
from pilot.services.importing.writing import write
from pilot.services.reads import read
from pilot.services.sheets import Table, read_table
from pilot.store import journal_reading, queries_people
from pilot.store.engine import learn, reading
from pilot.store.models import Base


@dataclass(frozen=True, slots=True)
class Batch:
    """What a file would do: one plan a row, and what is wrong with its headings."""

    kind: ImportKind
    plans: tuple[Plan, ...]
    headings: tuple[Problem, ...] = ()
    applied: bool = False
    ready: Ready | None = None

    @property
    def problems(self) -> list[Problem]:
        """Everything that is wrong, in the order of the file."""
        return [*self.headings, *(one for plan in self.plans for one in plan.problems)]

    @property
    def refused(self) -> bool:
        """Whether anything refuses the file."""
        return any(problem.hard for problem in self.problems)

    @property
    def totals(self) -> dict[Outcome, int]:
        """How many rows there are of each outcome."""
        return {outcome: sum(plan.outcome is outcome for plan in self.plans) for outcome in Outcome}

    @property
    def idle(self) -> bool:
        """Whether there is nothing to write."""
        return all(plan.outcome is Outcome.UNCHANGED for plan in self.plans)


@read("import.apply")
def check(
    session: Session,
    kind: ImportKind,
    table: Table,
    *,
    by: Actor,
    at: datetime,
    mapping: Mapping[str, str | None] | None = None,
) -> Batch:
    """Look at every row and list everything that is wrong; nothing is written."""
    found = layout(kind, table, mapping)
    if any(problem.rule == "header-missing" for problem in found.problems):
        return Batch(kind, (), found.problems)
    sequence = journal_reading.latest(session, by.base_id)  # before anything else is read
    judged = tuple(plans(open_book(session, kind, by, at), table, found.columns))
    ready = Ready(kind, local_day(at), sequence, judged)
    number = sum(plan.outcome in TO_WRITE for plan in judged)
    above = (*found.problems, *too_many(kind, number, judged))
    return Batch(kind, judged, above, ready=ready)


@verb("import.apply")
def apply(
    session: Session,
    kind: ImportKind,
    table: Table,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    ready: Ready | None = None,
) -> Base:
    """Write every row, or refuse the file with everything that is wrong with it.

    `ready` is a check that found nothing wrong; it is used if it still holds.
    """
    if ready is None or not ready.holds(session, by, at):
        batch = check(session, kind, table, by=by, at=at)
        if batch.refused:
            raise Refused([problem for problem in batch.problems if problem.hard])
        ready = batch.ready
    write(session, kind, table, None, by=by, at=at, reason=reason, ready=ready)
    return session.get(Base, by.base_id)


def run(
    engine: Engine, kind: ImportKind, table: Table, *, by: int | str, now: datetime, apply_it: bool
) -> Batch:
    """Check a file and, if asked and nothing is wrong, apply it.

    A file that changes nothing is not applied: nothing is written, not even a journal entry.
    """
    with reading(engine) as session:
        batch = check(session, kind, table, by=queries_people.actor(session, by, now), at=now)
    if not apply_it or batch.refused or batch.idle:
        return batch
    reason = _summary(batch)
    perform(engine, apply, kind, table, by=by, now=now, reason=reason, ready=batch.ready)
    learn(engine)  # many new rows: the indexes may have to be chosen anew
    return Batch(batch.kind, batch.plans, batch.headings, applied=True)


def load(path: Path) -> Table:
    """The table in a file on disk; FileRefused with everything that is wrong with it."""
    return read_table(path, path.name)


def _summary(batch: Batch) -> str:
    totals = "、".join(f"{outcome.label} {n}" for outcome, n in batch.totals.items() if n)
    return f"导入{batch.kind.label}：{totals}"
