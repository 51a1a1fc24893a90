"""What every kind of import has in common: read a row, find what it is about, judge it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, SQLModel

from pilot.domain import drafts
from pilot.domain.import_columns import ImportColumn, ImportKind
from pilot.domain.people import Actor
from pilot.domain.problems import Problem
from pilot.services.importing.cells import read_row
from pilot.services.importing.directory import Directory, Trouble
from pilot.services.importing.plan import Notes, Outcome, Plan
from pilot.services.sheets import Cell, Table
from pilot.store import queries_codes

# The column that names a record best: where a row that comes twice is shown.
_FIRST = {
    ImportKind.PROJECTS: "code",
    ImportKind.RESULTS: "code",
    ImportKind.TRANSFERS: "result_code",
    ImportKind.PERSONS: "name",
    ImportKind.ORGANISATIONS: "name",
}


class Book:
    """The records of one kind in a base while a file is read against them.

    A kind of import says how to `find` a record, what `draft` a row makes of it, what `more` than
    a draft there is to write, how to `remember` it for later rows and how to `write` it.
    """

    kind: ImportKind

    def __init__(self, session: Session, base_id: int, today: date) -> None:
        self.session, self.base_id, self.today = session, base_id, today
        self.items = queries_codes.items(session, base_id)
        self.active = queries_codes.lists(session, base_id)
        self.lists = queries_codes.lists(session, base_id, retired=True)
        self.directory = Directory.of(session, base_id)
        self._rows_of: dict[int, int] = {}

    def plan(
        self, row: int, cells: Mapping[str, Cell], columns: Mapping[str, ImportColumn], table: Table
    ) -> Plan:
        """What would become of a row; nothing is written."""
        values, unread = read_row(cells, columns, self.lists, table)
        self.look_up([values])
        return self.judge(row, values, unread)

    def look_up(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Have at hand what the next rows are about, where not all records are."""

    def judge(self, row: int, values: dict[str, Any], unread: list[Problem]) -> Plan:
        """What would become of a row that was read and looked up."""
        notes = Notes(self.kind, row)
        notes.take(unread)
        existing_id = self.find(values, notes)
        self._check_once(existing_id, row, notes)
        draft = self.draft(values, existing_id, notes)
        more = self.more(values, existing_id, notes)
        outcome = self._outcome(draft, existing_id, more)
        if outcome is not Outcome.UNCHANGED:
            self._judge(draft, existing_id, notes)
        return Plan(
            row=row,
            name=self.name_of(values),
            outcome=Outcome.REFUSED if notes.refuse else outcome,
            problems=tuple(notes.problems),
            existing_id=existing_id,
            draft=draft,
            more=more,
        )

    def name_of(self, values: dict[str, Any]) -> str:
        """What a reader recognises the row by."""
        parts = (values.get("code"), values.get("name") or values.get("title"))
        return " ".join(part for part in parts if part)

    def known(self, key: str, found: int | Trouble | None, notes: Notes) -> int | None:
        """The id that was looked up, or none with the trouble noted under its column."""
        if isinstance(found, tuple):
            notes.add(key, *found)
            return None
        return found

    def keep(self, plan: Plan, row_id: int) -> None:
        """Take note of a record that a row has made (in a check: would make)."""
        if row_id > 0:  # the key of one that a check would make is its row
            self._rows_of[row_id] = plan.row
        self.remember(plan, row_id)

    def find(self, values: dict[str, Any], notes: Notes) -> int | None:
        """The record a row is about, if it exists."""
        raise NotImplementedError

    def draft(self, values: dict[str, Any], existing_id: int | None, notes: Notes) -> Any:
        """What the row makes of the record."""
        raise NotImplementedError

    def before(self, existing_id: int | None) -> Any:
        """The draft that would leave the record as it is; None for a new one."""
        raise NotImplementedError

    def more(self, values: dict[str, Any], existing_id: int | None, notes: Notes) -> dict[str, Any]:
        """What there is to write besides the draft."""
        return {}

    def more_before(self, plan: Plan) -> dict[str, Any]:
        """What stands there besides the draft, of what `more` would change."""
        return {}

    def code_of(self, row_id: int) -> str:
        """The code of a record of this kind; a row of the file that has none yet by its number."""
        return self._codes().get(row_id, f"第 {-row_id} 行")

    def _codes(self) -> dict[int, str]:
        return {}

    def remember(self, plan: Plan, row_id: int) -> None:
        """Later rows of the file may name this record."""
        raise NotImplementedError

    def write(self, session: Session, plan: Plan, by: Actor, at: datetime) -> SQLModel:
        """Do what was planned, by the verbs of the record."""
        raise NotImplementedError

    def _check_once(self, existing_id: int | None, row: int, notes: Notes) -> None:
        if existing_id is None:
            return
        first = -existing_id if existing_id < 0 else self._rows_of.setdefault(existing_id, row)
        if first != row:
            message = f"与第 {first} 行是同一个{self.kind.label}。"
            notes.add(_FIRST[self.kind], "row-twice", message, "同一对象只保留一行。")

    def _outcome(self, draft: Any, existing_id: int | None, more: dict[str, Any]) -> Outcome:
        before = self.before(existing_id)
        if before is None:
            return Outcome.NEW
        same = drafts.as_stored(draft) == drafts.as_stored(before) and not more
        return Outcome.UNCHANGED if same else Outcome.CHANGED

    def _judge(self, draft: Any, existing_id: int | None, notes: Notes) -> None:
        """The rules a form has too; what a cell already failed at is not said twice."""
        lists = self.active if existing_id is None else self.lists
        told = {problem.column for problem in notes.problems}
        further = Notes(self.kind, notes.row)
        further.take(drafts.problems(draft, lists, self.today))
        notes.problems += [one for one in further.problems if one.column not in told]


def readiness(values: dict[str, Any]) -> dict[str, Any]:
    """The three fields of a draft that one cell tells; nothing when the column is not there."""
    if "readiness" not in values:
        return {}
    names = ("readiness_scheme", "readiness_version", "readiness_level")
    return dict(zip(names, values["readiness"] or (None, None, None), strict=True))
