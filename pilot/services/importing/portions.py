"""A long batch in portions (分段写入): each a command of its own, so that others save in between.

A portion was judged before its turn. In its turn it is written only if what its rows were judged by
still stands; else it is `Outdated`, nothing is written, and its rows are judged anew.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col

from pilot.domain.import_columns import ImportKind
from pilot.domain.importing import LEASE, BatchState, Outcome
from pilot.domain.moment import local_day
from pilot.domain.people import Actor
from pilot.domain.problems import Problem
from pilot.services.command import verb
from pilot.services.importing.batches import check_clean, standing
from pilot.services.importing.book import Book
from pilot.services.importing.plan import Plan
from pilot.services.importing.planning import TO_WRITE
from pilot.services.importing.writing import write_some
from pilot.services.results import code_prefix
from pilot.services.sheets import Table
from pilot.store import journal_reading, queries_imports, queries_portions, queries_results
from pilot.store.models import ImportBatch, Result
from pilot.store.queries_results import Newest

LONG = 2_000  # rows: a batch that writes more is written in portions
TURN = 0.4  # seconds that a portion may hold its base's turn
FIRST, LEAST, MOST = 200, 20, 5_000  # rows of a portion
# Kinds that can be written in portions, and what their judgement looks at besides their own rows.
# Of results it is asked by code, number and title whether somebody entered the same.
_AROUND = {
    ImportKind.RESULTS: frozenset({"organisation", "code_item", "person"}),
    ImportKind.ORGANISATIONS: frozenset({"organisation", "code_item"}),
    ImportKind.PERSONS: frozenset({"person", "organisation", "code_item"}),
}


# Kinds that are written in one turn however long they are: so many rows that others wait seconds.
AT_ONCE = {ImportKind.PROJECTS: 2_000, ImportKind.TRANSFERS: 2_000}


class Outdated(Exception):
    """What the rows of a portion were judged by has changed: nothing of it was written."""


class Pace:
    """How many rows to take at a time: few at first, then what fits into a turn."""

    def __init__(self) -> None:
        self.size, self._begun = FIRST, 0.0

    def begin(self) -> None:
        """The turn has come."""
        self._begun = time.perf_counter()

    def end(self, rows: int) -> None:
        """The turn is over; so many rows were written in it."""
        fits = rows * TURN / max(time.perf_counter() - self._begun, 0.001)
        grown = min(max(fits, self.size / 2), self.size * 2)
        self.size = int(min(max(grown, LEAST), MOST))


@dataclass(frozen=True, slots=True)
class Portion:
    """Some rows to write, in the order of the file, judged after one entry of the journal.

    A record that an earlier row of the file entered is named by that row, below zero.
    """

    book: Book
    rows: Sequence[Plan]
    revs: Mapping[int, int]  # the page version of each record that is changed
    sequence: int
    newest: Newest | None = None

    def holds(self, session: Session, by: Actor) -> bool:
        """Whether what the rows were judged by still stands."""
        kind, base_id = self.book.kind, by.base_id
        if journal_reading.touched_since(session, base_id, self.sequence, _AROUND[kind]):
            return False
        if kind is not ImportKind.RESULTS:
            return True
        if queries_imports.revisions(session, Result, self.revs) != self.revs:
            return False
        drafts = [plan.draft for plan in self.rows if plan.outcome is Outcome.NEW]
        codes = {draft.code for draft in drafts if draft.code}
        titles = {draft.title for draft in drafts if not draft.code}
        return not queries_portions.results_in_the_way(session, base_id, codes, titles)


def newest_number(session: Session, by: Actor, at: datetime, known: Newest | None) -> Newest:
    """The last number of the results of this year; what is `known` already is not looked for."""
    prefix = code_prefix(local_day(at).year)
    return queries_results.newest(session, by.base_id, prefix, known)


def goes_long(kind: ImportKind, table: Table) -> bool:
    """Whether a file has so many rows that it may have to be written in portions."""
    return kind in _AROUND and len(table.rows) > LONG


def is_long(batch: ImportBatch) -> bool:
    """Whether a batch is written, and taken back, in portions."""
    return batch.kind in _AROUND and batch.new + batch.changed > LONG


def too_many(kind: ImportKind, so_far: int, some: Sequence[Plan]) -> list[Problem]:
    """That a file has more rows to write than its kind may write in one turn; said once."""
    most = AT_ONCE.get(kind)
    more = sum(plan.outcome in TO_WRITE for plan in some)
    if most is None or not so_far - more <= most < so_far:
        return []
    message = f"{kind.label}的文件一次最多写入 {most:,} 行：它们要一起生效，不能分段写入。"
    return [Problem("file", "row-limit", message, "请拆分成几个文件，依次导入。", row=some[-1].row)]


@verb("import.apply")
def write_portion(
    session: Session,
    batch_id: int,
    *,
    by: Actor,
    at: datetime,
    portion: Portion,
    pace: Pace,
    reason: str = "",
) -> ImportBatch:
    """Write the next rows of a batch (写入一段); Outdated if they have to be judged anew."""
    pace.begin()
    batch = standing(session, by, batch_id, "carry")
    check_clean(batch)
    written = queries_portions.records_of(session, batch_id, [plan.row for plan in portion.rows])
    if written or not portion.holds(session, by):
        raise Outdated
    if batch.state is BatchState.QUEUED:
        batch.state, batch.done, batch.message = BatchState.WRITING, 0, ""
        session.flush()
    earlier = queries_portions.records_of(session, batch_id, _earlier(portion.rows))
    known = newest_number(session, by, at, portion.newest).number if portion.newest else None
    written = write_some(
        session, portion.book, portion.rows, by=by, at=at, earlier=earlier, last_number=known
    )
    session.flush()
    queries_imports.note_written(session, batch_id, written)
    queries_imports.note(
        session, batch_id, done=col(ImportBatch.done) + len(written), leased_until=at + LEASE,
        tries=0,
    )  # fmt: skip
    return batch


@verb("import.apply")
def close(
    session: Session,
    batch_id: int,
    *,
    by: Actor,
    at: datetime,
    written: str,
    reason: str = "",
) -> ImportBatch:
    """Say that all of a batch is written (写完): the entry that tells number and digest."""
    batch = standing(session, by, batch_id, "carry")
    batch.state, batch.applied_at, batch.applied_by_id = BatchState.APPLIED, at, by.id
    batch.written, batch.message, batch.leased_until = written, "", None
    return batch


@verb("import.apply")
def turn_back(
    session: Session, batch_id: int, *, by: Actor, at: datetime, reason: str
) -> ImportBatch:
    """Begin to take back a batch whose next rows are refused (收回), and say why."""
    batch = standing(session, by, batch_id, "stop")
    return back(batch, reason)


@verb("import.undo")
def stop(session: Session, batch_id: int, *, by: Actor, at: datetime) -> ImportBatch:
    """Stop a batch that is being written and take back what is (停止并收回)."""
    batch = standing(session, by, batch_id, "stop")
    batch.undo_asked_by_id, batch.undo_asked_at = by.id, at
    return back(batch, f"{by.name}停止了写入。")


def back(batch: ImportBatch, why: str) -> ImportBatch:
    """Let the server take a batch back, beginning with its last row."""
    batch.state, batch.message, batch.undo_reason = BatchState.BACKING, why[:500], why[:300]
    batch.leased_until, batch.tries = None, 0
    return batch


def _earlier(rows: Sequence[Plan]) -> set[int]:
    """The rows of the file, of earlier portions, that these name."""
    named = {-row for plan in rows if (row := getattr(plan.draft, "package_id", None) or 0) < 0}
    return named - {plan.row for plan in rows}
