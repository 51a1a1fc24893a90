"""What would become of a file (备好), worked out before the base's turn is taken.

Rows are read and judged against what stood at one entry of the journal. If nothing that matters to
the kind was written since, the answer still holds when the turn comes: it is not worked out again.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from sqlmodel import Session

from pilot.domain import drafts
from pilot.domain.import_columns import ImportColumn, ImportKind
from pilot.domain.moment import local_day
from pilot.domain.people import Actor
from pilot.services.importing.book import Book
from pilot.services.importing.cells import read_row
from pilot.services.importing.organisations import OrganisationBook
from pilot.services.importing.persons import PersonBook
from pilot.services.importing.plan import Outcome, Plan
from pilot.services.importing.projects import ProjectBook
from pilot.services.importing.results import ResultBook
from pilot.services.importing.transfers import TransferBook
from pilot.services.sheets import Row, Table
from pilot.store import journal_reading

TO_WRITE = (Outcome.NEW, Outcome.CHANGED)
AHEAD = 500  # rows that are looked up together
_BOOKS: dict[ImportKind, type[Book]] = {
    ImportKind.PROJECTS: ProjectBook,
    ImportKind.RESULTS: ResultBook,
    ImportKind.TRANSFERS: TransferBook,
    ImportKind.PERSONS: PersonBook,
    ImportKind.ORGANISATIONS: OrganisationBook,
}
# What the judgement of a kind looks at. A kind that is not named is always judged in its turn.
_LOOKS_AT = {
    ImportKind.RESULTS: frozenset(
        {"result", "result_holder", "result_identifier", "organisation", "code_item", "person"}
    ),
}


@dataclass(frozen=True, slots=True)
class Ready:
    """What each row would do, judged on a day, after one entry of the journal."""

    kind: ImportKind
    day: date
    sequence: int
    plans: tuple[Plan, ...]
    digest: str = ""

    def holds(self, session: Session, by: Actor, at: datetime) -> bool:
        """Whether nothing that the judgement looked at has changed since."""
        tables = _LOOKS_AT.get(self.kind)
        if tables is None or self.day != local_day(at):
            return False
        return not journal_reading.touched_since(session, by.base_id, self.sequence, tables)


def open_book(session: Session, kind: ImportKind, by: Actor, at: datetime) -> Book:
    """The records of a kind to read a file against."""
    return _BOOKS[kind](session, by.base_id, local_day(at))


def plans(
    book: Book, table: Table, columns: Mapping[str, ImportColumn], *, after: int = 0
) -> Iterator[Plan]:
    """What would become of each row after this one, in the order of the file."""
    rest = (row for row in table.rows if row[0] > after)
    while some := list(islice(rest, AHEAD)):
        yield from judged(book, some, columns, table)


def judged(
    book: Book, rows: Sequence[Row], columns: Mapping[str, ImportColumn], table: Table
) -> Iterator[Plan]:
    """What would become of some rows, looked up together."""
    read = [read_row(cells, columns, book.lists, table) for _, cells in rows]
    book.look_up([values for values, _ in read])
    for (row, _), (values, unread) in zip(rows, read, strict=True):
        plan = book.judge(row, values, unread)
        if plan.outcome is Outcome.NEW:
            book.keep(plan, -row)
        yield plan


def rest(session: Session) -> None:
    """End what the session reads, so that a long judgement holds no old state of the database."""
    session.expunge_all()
    session.rollback()


def prepared(
    session: Session,
    kind: ImportKind,
    table: Table,
    columns: Mapping[str, ImportColumn],
    *,
    by: Actor,
    at: datetime,
) -> Ready:
    """Judge every row of a file; with the digest that a check of it must have come to."""
    sequence = journal_reading.latest(session, by.base_id)  # before anything else is read
    book = open_book(session, kind, by, at)
    found, whole = [], hashlib.sha256()
    for plan in plans(book, table, columns):
        note_plan(whole, book, plan)
        found.append(plan)
    return Ready(kind, local_day(at), sequence, tuple(found), whole.hexdigest())


def digest(book: Book, found: Iterable[Plan]) -> str:
    """The SHA-256 (hex) of what some plans would write, and over what."""
    whole = hashlib.sha256()
    for plan in found:
        note_plan(whole, book, plan)
    return whole.hexdigest()


def note_plan(whole, book: Book, plan: Plan) -> str:
    """One plan more in a digest; the plan's own digest, 32 hexadecimal digits."""
    what = (plan.row, plan.outcome.value, plan.existing_id)
    if plan.outcome in TO_WRITE:
        what += (drafts.as_stored(plan.draft), plan.more, book.before(plan.existing_id))
    text = repr(what).encode("utf-8", "surrogatepass")
    whole.update(text)
    return hashlib.sha256(text).hexdigest()[:32]
