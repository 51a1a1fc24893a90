"""Persons from a file (人员导入): matched by name and unit. Accounts are never given by a file."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from pilot.domain.draft_fields import described
from pilot.domain.drafts import PersonDraft
from pilot.domain.import_columns import ImportKind
from pilot.domain.people import Actor
from pilot.services import organisations
from pilot.services.importing.book import Book
from pilot.services.importing.plan import Notes, Plan
from pilot.store import queries_registry
from pilot.store.models import Person

_TOLD = frozenset(described(PersonDraft)) - {"organisation_id", "account_id"}


class PersonBook(Book):
    """The persons of a base while a file is read against them."""

    kind = ImportKind.PERSONS

    def __init__(self, session: Session, base_id: int, today: date) -> None:
        super().__init__(session, base_id, today)
        rows = queries_registry.persons(session, base_id)
        self.rows: dict[int, Person] = {row.id: row for row in rows}
        self.by_name: dict[str, list[tuple[int | None, int]]] = {}
        for row in rows:
            self.by_name.setdefault(row.name, []).append((row.organisation_id, row.id))

    def find(self, values: dict[str, Any], notes: Notes) -> int | None:
        """The person of this name in this unit; where one has no unit, the only one so called."""
        named = self.by_name.get(values.get("name") or "", [])
        unit = self._unit(values, Notes(self.kind, notes.row))  # its trouble is told by the draft
        same = [one for one in named if one[0] == unit]
        found = same or [one for one in named if unit is None or one[0] is None]
        if len(found) > 1:
            message = f"有 {len(found)} 位人员叫“{values['name']}”。"
            notes.add("name", "person-ambiguous", message, "请写明所在单位，或在姓名中加以区分。")
        return found[0][1] if found else None

    def draft(self, values: dict[str, Any], existing_id: int | None, notes: Notes) -> PersonDraft:
        """What the row makes of the person; columns the file lacks stay as they are."""
        start = self.before(existing_id) or PersonDraft(name="", kind="")
        told = {name: values[name] for name in _TOLD if name in values}
        if "organisation" in values or "organisation_uscc" in values:
            told["organisation_id"] = self._unit(values, notes)
        return replace(start, **told)

    def before(self, existing_id: int | None) -> PersonDraft | None:
        """The draft that would leave the person as they are."""
        row = self.rows.get(existing_id)
        return organisations.person_draft(row) if row else None

    def remember(self, plan: Plan, row_id: int) -> None:
        """A later row with the same name and unit is about the same person."""
        draft = plan.draft
        self.by_name.setdefault(draft.name, []).append((draft.organisation_id, row_id))

    def write(self, session: Session, plan: Plan, by: Actor, at: datetime) -> Person:
        """Enter or change the person."""
        return organisations.save_person(
            session, plan.draft, by=by, at=at, person_id=plan.existing_id
        )

    def _unit(self, values: dict[str, Any], notes: Notes) -> int | None:
        found = self.directory.unit(values.get("organisation"), values.get("organisation_uscc"))
        return self.known("organisation", found, notes)
