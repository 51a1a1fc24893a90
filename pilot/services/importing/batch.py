"""A whole file (批次): every problem of every row first; then all rows in one transaction, or none.

Checking writes nothing. Applying checks again inside the transaction, against what then holds.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel

from pilot.domain.errors import PilotError, Refused
from pilot.domain.import_columns import ImportColumn, ImportKind
from pilot.domain.moment import local_day
from pilot.domain.people import Actor
from pilot.domain.problems import Problem
from pilot.services import consequences
from pilot.services.command import perform, verb
from pilot.services.importing.book import Book
from pilot.services.importing.cells import layout
from pilot.services.importing.organisations import OrganisationBook
from pilot.services.importing.persons import PersonBook
from pilot.services.importing.plan import Notes, Outcome, Plan
from pilot.services.importing.projects import ProjectBook
from pilot.services.importing.results import ResultBook
from pilot.services.importing.transfers import TransferBook
from pilot.services.reads import read
from pilot.services.sheets import Table, read_table
from pilot.store import memo, queries_people
from pilot.store.engine import learn, reading
from pilot.store.faults import sentence
from pilot.store.models import Base

_BOOKS: dict[ImportKind, type[Book]] = {
    ImportKind.PROJECTS: ProjectBook,
    ImportKind.RESULTS: ResultBook,
    ImportKind.TRANSFERS: TransferBook,
    ImportKind.PERSONS: PersonBook,
    ImportKind.ORGANISATIONS: OrganisationBook,
}


@dataclass(frozen=True, slots=True)
class Batch:
    """What a file would do: one plan a row, and what is wrong with its headings."""

    kind: ImportKind
    plans: tuple[Plan, ...]
    headings: tuple[Problem, ...] = ()
    applied: bool = False

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
    judged = plans(open_book(session, kind, by, at), table, found.columns)
    return Batch(kind, tuple(judged), found.problems)


@verb("import.apply")
def apply(
    session: Session, kind: ImportKind, table: Table, *, by: Actor, at: datetime, reason: str = ""
) -> Base:
    """Write every row, or refuse the file with everything that is wrong with it."""
    batch = check(session, kind, table, by=by, at=at)
    if batch.refused:
        raise Refused([problem for problem in batch.problems if problem.hard])
    write(session, kind, table, None, by=by, at=at, reason=reason)
    return session.get(Base, by.base_id)


def plans(book: Book, table: Table, columns: Mapping[str, ImportColumn]) -> Iterator[Plan]:
    """What would become of each row, in the order of the file."""
    for row, cells in table.rows:
        plan = book.plan(row, cells, columns, table)
        if plan.outcome is Outcome.NEW:
            book.keep(plan, -row)
        yield plan


def write(
    session: Session,
    kind: ImportKind,
    table: Table,
    mapping: Mapping[str, str | None] | None,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> dict[int, SQLModel]:
    """Write every row of a file whose check has passed; the record of each row written."""
    columns = layout(kind, table, mapping).columns
    with consequences.together(session, by.base_id, at=at, reason=reason or "批量导入"):
        return _write(session, kind, table, columns, by, at)


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
    perform(engine, apply, kind, table, by=by, now=now, reason=_summary(batch))
    learn(engine)  # many new rows: the indexes may have to be chosen anew
    return Batch(batch.kind, batch.plans, batch.headings, applied=True)


def load(path: Path) -> Table:
    """The table in a file on disk; FileRefused with everything that is wrong with it."""
    return read_table(path, path.name)


def open_book(session: Session, kind: ImportKind, by: Actor, at: datetime) -> Book:
    """The records of a kind to read a file against."""
    return _BOOKS[kind](session, by.base_id, local_day(at))


def _write(
    session: Session,
    kind: ImportKind,
    table: Table,
    columns: Mapping[str, ImportColumn],
    by: Actor,
    at: datetime,
) -> dict[int, SQLModel]:
    """Write every row behind one savepoint; Refused with every row that a verb refuses.

    The check has passed, so a refusal is rare: only then is each row tried behind its own.
    """
    written: dict[int, SQLModel] = {}
    rows = _Rows(session, kind, table, columns, by, at)
    try:
        with session.begin_nested():
            problems = list(_write_all(rows, written, contextlib.nullcontext))
    except (PilotError, IntegrityError):
        memo.forget_all(session)
        written.clear()
        problems = list(_write_all(rows, written, session.begin_nested))
        if not problems:
            raise
    if problems:
        raise Refused(problems)
    return written


@dataclass(frozen=True, slots=True)
class _Rows:
    session: Session
    kind: ImportKind
    table: Table
    columns: Mapping[str, ImportColumn]
    by: Actor
    at: datetime


def _write_all(
    rows: _Rows,
    written: dict[int, SQLModel],
    apart: Callable[[], contextlib.AbstractContextManager],
) -> Iterator[Problem]:
    """Write row by row, each `apart`; a row that a verb refuses is told, the others still tried.

    Where rows are not apart, the first refusal ends it.
    """
    book = open_book(rows.session, rows.kind, rows.by, rows.at)
    for row, cells in rows.table.rows:
        plan = book.plan(row, cells, rows.columns, rows.table)
        if plan.outcome is Outcome.UNCHANGED:
            continue
        if plan.refused:  # no longer what the check saw: an earlier row changed it
            yield from plan.problems
            continue
        try:
            with apart():
                written[row] = book.write(rows.session, plan, rows.by, rows.at)
                rows.session.flush()
        except (PilotError, IntegrityError) as error:
            if apart is contextlib.nullcontext:
                raise
            yield from _told(rows.kind, row, error)
        else:
            book.keep(plan, written[row].id)


def _told(kind: ImportKind, row: int, error: PilotError | IntegrityError) -> list[Problem]:
    notes = Notes(kind, row)
    if isinstance(error, Refused):
        notes.take(error.problems)
    else:
        known = error if isinstance(error, PilotError) else sentence(error)
        field = getattr(known, "field", "row")
        notes.add(field, "not-accepted", known.message, "请改正后重新导入整个文件。")
    return notes.problems


def _summary(batch: Batch) -> str:
    totals = "、".join(f"{outcome.label} {n}" for outcome, n in batch.totals.items() if n)
    return f"导入{batch.kind.label}：{totals}"
