"""Writing a checked file (写入): every row or none, behind one savepoint.

New results are entered as a whole, the rest by the verbs of its kind, in the order of the file.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby, islice

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel

from pilot.domain.errors import PilotError, Refused
from pilot.domain.import_columns import ImportColumn, ImportKind
from pilot.domain.people import Actor
from pilot.domain.problems import Problem
from pilot.services import consequences, results
from pilot.services.importing import many_results
from pilot.services.importing.book import Book
from pilot.services.importing.cells import layout
from pilot.services.importing.many_results import Entered
from pilot.services.importing.plan import Notes, Outcome, Plan
from pilot.services.importing.planning import TO_WRITE, Ready, open_book, plans
from pilot.services.sheets import Table
from pilot.store import memo
from pilot.store.faults import sentence

Written = dict[int, SQLModel | Entered]  # number of the row → its record
_AT_ONCE = 2_000  # rows that are held as they are written


@dataclass(frozen=True, slots=True)
class _Rows:
    """What is written, and the keys of records that earlier portions of the file wrote, by row."""

    session: Session
    kind: ImportKind
    by: Actor
    at: datetime
    table: Table | None = None
    columns: Mapping[str, ImportColumn] = field(default_factory=dict)
    earlier: Mapping[int, int] = field(default_factory=dict)


def write(
    session: Session,
    kind: ImportKind,
    table: Table,
    mapping: Mapping[str, str | None] | None,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    ready: Ready | None = None,
) -> Written:
    """Write every row of a file whose check has passed; the record of each row written.

    `ready` is that check, where it still holds.
    """
    rows = _Rows(session, kind, by, at, table, layout(kind, table, mapping).columns)
    with consequences.together(session, by.base_id, at=at, reason=reason or "批量导入"):
        return _write(rows, ready)


def write_some(
    session: Session,
    book: Book,
    some: Sequence[Plan],
    *,
    by: Actor,
    at: datetime,
    earlier: Mapping[int, int],
    last_number: int | None = None,
) -> Written:
    """Write some judged rows of a file, all of them or none; the record of each.

    `last_number` is the last of the codes of this year's results, where it is known.
    """
    rows, written = _Rows(session, book.kind, by, at, earlier=earlier), {}
    with consequences.together(session, by.base_id, at=at, reason="批量导入"):
        if last_number is not None:
            memo.note(session, results.LAST, last_number)
        try:
            with session.begin_nested():
                _enter(rows, book, some, written)
        except (PilotError, IntegrityError):
            memo.forget_all(session)
            written.clear()
            if problems := list(_apart(rows, book, some, written)):
                raise Refused(problems) from None
    return written


def _enter(rows: _Rows, book: Book, some: Iterable[Plan], written: Written) -> None:
    if rows.kind is ImportKind.RESULTS:
        _enter_results(rows, some, written)
        return
    for plan in some:
        written[plan.row] = book.write(rows.session, plan, rows.by, rows.at)
        rows.session.flush()


def _apart(rows: _Rows, book: Book, some: Iterable[Plan], written: Written) -> Iterator[Problem]:
    """Each row behind its own savepoint, so that every refusal names its row."""
    for plan in some:
        try:
            with rows.session.begin_nested():
                if rows.kind is ImportKind.RESULTS:
                    list(_one_by_one(rows, [plan], written))
                else:
                    written[plan.row] = book.write(rows.session, plan, rows.by, rows.at)
                    rows.session.flush()
        except (PilotError, IntegrityError) as error:
            yield from _told(rows.kind, plan.row, error)


def _write(rows: _Rows, ready: Ready | None) -> Written:
    """Write every row behind one savepoint; Refused with every row that a verb refuses.

    The check has passed, so a refusal is rare: only then is each row tried behind its own.
    """
    written: Written = {}
    try:
        with rows.session.begin_nested():
            if rows.kind is ImportKind.RESULTS:
                problems = _write_results(rows, written, ready)
            else:
                problems = list(_write_all(rows, written, contextlib.nullcontext))
    except (PilotError, IntegrityError):
        memo.forget_all(rows.session)
        written.clear()
        problems = list(_write_all(rows, written, rows.session.begin_nested))
        if not problems:
            raise
    if problems:
        raise Refused(problems)
    return written


def _write_results(rows: _Rows, written: Written, ready: Ready | None) -> list[Problem]:
    """New results that stand for themselves in a few statements, the others by the verb."""
    found = ready.plans if ready else _judged(rows)
    if refused := [problem for plan in found if plan.refused for problem in plan.problems]:
        return refused
    _enter_results(rows, (plan for plan in found if plan.outcome in TO_WRITE), written)
    return []


def _enter_results(rows: _Rows, todo: Iterable[Plan], written: Written) -> None:
    for plain, some in groupby(todo, many_results.plain):
        step = _as_a_whole if plain else _one_by_one
        while portion := list(islice(some, _AT_ONCE)):
            for plan, record in step(rows, portion, written):
                written[plan.row] = record


def _judged(rows: _Rows) -> list[Plan]:
    book = open_book(rows.session, rows.kind, rows.by, rows.at)
    return list(plans(book, rows.table, rows.columns))


def _as_a_whole(rows: _Rows, some: list[Plan], _written: Written) -> Iterator[tuple]:
    return zip(some, many_results.enter(rows.session, some, rows.by, rows.at), strict=True)


def _one_by_one(rows: _Rows, some: list[Plan], written: Written) -> Iterator[tuple]:
    for plan in some:
        draft = plan.draft
        if draft.package_id is not None and draft.package_id < 0:  # an earlier row of the file
            row = -draft.package_id
            package_id = written[row].id if row in written else rows.earlier[row]
            draft = replace(draft, package_id=package_id)
        record = results.save_result(
            rows.session, draft, by=rows.by, at=rows.at, result_id=plan.existing_id,
            reason="批量导入",
        )  # fmt: skip
        rows.session.flush()
        written[plan.row] = record  # the next row may name it
        yield plan, record


def _write_all(
    rows: _Rows,
    written: Written,
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
