"""Carrying a long batch to its end (写完): its rows judged and written portion by portion.

Whoever takes the batch up again begins after its last written row. What refuses a row ends in
taking everything back.
"""

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from sqlalchemy import Engine
from sqlmodel import Session

from pilot.domain.errors import Refused
from pilot.domain.import_columns import ImportColumn, ImportKind
from pilot.domain.problems import Problem
from pilot.services.command import perform
from pilot.services.importing.book import Book
from pilot.services.importing.jobs import Job
from pilot.services.importing.plan import Outcome, Plan
from pilot.services.importing.planning import TO_WRITE, judged, note_plan, open_book, rest
from pilot.services.importing.portions import (
    Outdated,
    Pace,
    Portion,
    close,
    newest_number,
    write_portion,
)
from pilot.services.sheets import Row, Table
from pilot.store import journal_reading, queries_imports, queries_portions
from pilot.store.engine import learn, reading
from pilot.store.queries_results import Newest

_BREATH = 0.02  # seconds between two portions, in which whoever waits comes in
_CHANGED = "写到这一行时，库中的记录已与检查时不同。"
_REMEDY = "请核对这一行，再重新上传并检查整个文件。"


@dataclass(slots=True)
class _Carrier:
    """One try to carry a batch on: what it reads by, and how far the base is known."""

    engine: Engine
    job: Job
    table: Table
    columns: Mapping[str, ImportColumn]
    pace: Pace = field(default_factory=Pace)
    sequence: int = 0
    newest: Newest | None = None

    def carry(self) -> None:
        """Write the rows after the last one that is written; Outdated to begin anew from there."""
        batch, by = self.job.batch, self.job.actor
        with reading(self.engine) as session:
            after = queries_portions.written_up_to(session, batch.id)
            self.sequence = journal_reading.latest(session, by.base_id)  # before all else is read
            now = self.job.clock()
            if batch.kind is ImportKind.RESULTS:
                self.newest = newest_number(session, by, now, None)
            book = open_book(session, batch.kind, by, now)
            rows = (row for row in self.table.rows if row[0] > after)
            while some := list(islice(rows, self.pace.size)):
                portion = self._judged(session, book, some)
                rest(session)
                if portion.rows:
                    self._write(portion)
                    time.sleep(_BREATH)
                if self.newest:
                    self.newest = newest_number(session, by, now, self.newest)

    def _judged(self, session: Session, book: Book, some: Sequence[Row]) -> Portion:
        """The rows to write; Refused for one that is not what the check showed."""
        plans = list(judged(book, some, self.columns, self.table))
        plans = _by_row(session, self.job.batch.id, plans)
        ends = plans[0].row, plans[-1].row
        shown = queries_portions.digests(session, self.job.batch.id, *ends)
        for plan in plans:
            if note_plan(hashlib.sha256(), book, plan) != shown.get(plan.row):
                raise Refused([_otherwise(plan)])
        todo = [plan for plan in plans if plan.outcome in TO_WRITE]
        changed = [plan.existing_id for plan in todo if plan.outcome is Outcome.CHANGED]
        revs = {row_id: book.rows[row_id].rev for row_id in changed}
        return Portion(book, todo, revs, self.sequence, self.newest)

    def _write(self, portion: Portion) -> None:
        batch, rows = self.job.batch, portion.rows
        span = f"第 {rows[0].row:,}–{rows[-1].row:,} 行，{len(rows):,} 行"
        done = perform(
            self.engine, write_portion, batch.id, by=self.job.actor.id, now=self.job.clock(),
            portion=portion, pace=self.pace, reason=f"导入{batch.kind.label}：{span}",
        )  # fmt: skip
        self.pace.end(len(rows))
        self.sequence = done.sequence  # nothing that matters came before it: the portion held


def carry(engine: Engine, job: Job, table: Table, columns: Mapping[str, ImportColumn]) -> None:
    """Write what is left of a batch, then close it; a PilotError names what refuses it."""
    carrier = _Carrier(engine, job, table, columns)
    while True:
        try:
            carrier.carry()
            break
        except Outdated:
            continue
    with reading(engine) as session:
        number, whole = queries_portions.what_was_written(session, job.batch.id)
    batch = job.batch
    said = f"导入{batch.kind.label}写完：新增 {batch.new:,}、变更 {batch.changed:,}，"
    reason = f"{said}共 {number:,} 行；SHA-256 {whole}"
    options = {"written": whole, "reason": reason}
    perform(engine, close, batch.id, by=job.actor.id, now=job.clock(), **options)
    learn(engine)  # many new rows: the indexes may have to be chosen anew


def _by_row(session: Session, batch_id: int, plans: list[Plan]) -> list[Plan]:
    """Plans that name a record which the batch itself entered name it by its row, as at first."""
    named = {id for plan in plans if (id := getattr(plan.draft, "package_id", None) or 0) > 0}
    rows = queries_imports.entered_by(session, batch_id, named) if named else {}
    return [
        replace(plan, draft=replace(plan.draft, package_id=-rows[plan.draft.package_id]))
        if rows and plan.draft.package_id in rows
        else plan
        for plan in plans
    ]


def _otherwise(plan: Plan) -> Problem:
    hard = next((problem for problem in plan.problems if problem.hard), None)
    message = hard.message if hard else f"{_CHANGED}现在这一行会是“{plan.outcome.label}”。"
    return Problem("row", "changed-meanwhile", message, _REMEDY, row=plan.row)
