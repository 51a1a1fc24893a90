"""A whole file (批次): every problem of every row first; then all rows in one transaction, or none.

Checking writes nothing. Applying checks again inside the transaction, against what then holds,
unless nothing that the check looked at has changed since.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
from pilot.services.importing.plan import Outcome
from pilot.services.importing.planning import TO_WRITE, Ready, open_book, plans
from pilot.services.importing.portions import too_many
from pilot.services.importing.writing import write
from pilot.services.reads import read
from pilot.services.sheets import Table, read_table
from pilot.store import journal_reading, queries_people
from pilot.store.engine import learn, reading
from pilot.store.models import Base

LISTED = 10_000  # problems that are told one by one


@dataclass(slots=True)
class Batch:
    """What a file would do: rows of each outcome, what is wrong, in the order of the file.

    `left_out` counts the problems after the first 10,000. `ready` has a plan for each row, if they
    are to be written.
    """

    kind: ImportKind
    totals: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    problems: list[Problem] = field(default_factory=list)
    left_out: int = 0
    refused: bool = False
    applied: bool = False
    ready: Ready | None = None

    @property
    def rows(self) -> int:
        """How many rows were looked at."""
        return sum(self.totals.values())

    @property
    def idle(self) -> bool:
        """Whether there is nothing to write."""
        return self.rows == self.totals[Outcome.UNCHANGED]

    def find(self, problems: Sequence[Problem]) -> None:
        """Note problems; any hard one refuses the file."""
        listed = problems[: LISTED - len(self.problems)]
        self.problems += listed
        self.left_out += len(problems) - len(listed)
        self.refused |= any(problem.hard for problem in problems)


@read("import.apply")
def check(
    session: Session,
    kind: ImportKind,
    table: Table,
    *,
    by: Actor,
    at: datetime,
    mapping: Mapping[str, str | None] | None = None,
    to_write: bool = True,
) -> Batch:
    """Look at every row and list everything that is wrong; nothing is written.

    Unless the rows are `to_write` afterwards, none is kept: a million take little memory.
    """
    found, batch = layout(kind, table, mapping), Batch(kind)
    batch.find(found.problems)
    if any(problem.rule == "header-missing" for problem in found.problems):
        return batch
    sequence = journal_reading.latest(session, by.base_id)  # before anything else is read
    kept, number = [], 0
    for plan in plans(open_book(session, kind, by, at), table, found.columns):
        batch.totals[plan.outcome] += 1
        number += plan.outcome in TO_WRITE
        batch.find((*plan.problems, *too_many(kind, number, (plan,))))
        if to_write:
            kept.append(plan)
    if to_write:
        batch.ready = Ready(kind, local_day(at), sequence, tuple(kept))
    return batch


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
        actor = queries_people.actor(session, by, now)
        batch = check(session, kind, table, by=actor, at=now, to_write=apply_it)
    if not apply_it or batch.refused or batch.idle:
        return batch
    reason = _summary(batch)
    perform(engine, apply, kind, table, by=by, now=now, reason=reason, ready=batch.ready)
    learn(engine)  # many new rows: the indexes may have to be chosen anew
    batch.applied = True
    return batch


def load(path: Path) -> Table:
    """The table in a file on disk; FileRefused with everything that is wrong with it."""
    return read_table(path, path.name)


def _summary(batch: Batch) -> str:
    totals = "、".join(f"{outcome.label} {n}" for outcome, n in batch.totals.items() if n)
    return f"导入{batch.kind.label}：{totals}"
