"""Units from a file (单位导入): matched by credit code, else by name."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from pilot.domain.draft_fields import described
from pilot.domain.drafts import OrganisationDraft
from pilot.domain.identifiers import normalise_uscc
from pilot.domain.import_columns import ImportKind
from pilot.domain.people import Actor
from pilot.services import organisations
from pilot.services.importing.book import Book
from pilot.services.importing.plan import Notes, Plan
from pilot.store import queries_registry
from pilot.store.models import Organisation


class OrganisationBook(Book):
    """The units of a base while a file is read against them."""

    kind = ImportKind.ORGANISATIONS

    def __init__(self, session: Session, base_id: int, today: date) -> None:
        super().__init__(session, base_id, today)
        rows = queries_registry.organisations(session, base_id)
        self.rows: dict[int, Organisation] = {row.id: row for row in rows}
        self.by_name = {row.name: row.id for row in rows}
        self.by_uscc = {row.uscc: row.id for row in rows if row.uscc}

    def find(self, values: dict[str, Any], notes: Notes) -> int | None:
        """The unit with this credit code, else the one of this name."""
        code = normalise_uscc(values.get("uscc") or "")
        named = self.by_name.get(values.get("name") or "")
        coded = self.by_uscc.get(code) if code else None
        if coded is not None and named is not None and coded != named:
            message = f"“{values['name']}”和代码 {code} 是两个已登记的单位。"
            notes.add("uscc", "unit-mismatch", message, "请核对名称和代码。")
        row = self.rows.get(named)
        if coded is None and code and row is not None and row.uscc:
            message = f"“{row.name}”登记的代码是 {row.uscc}，文件写 {code}。"
            notes.add("uscc", "unit-mismatch", message, "请核对代码；更正代码请在单位页面上办理。")
        return coded if coded is not None else named

    def draft(
        self, values: dict[str, Any], existing_id: int | None, notes: Notes
    ) -> OrganisationDraft:
        """What the row makes of the unit; columns the file lacks stay as they are."""
        start = self.before(existing_id) or OrganisationDraft(name="", kind="")
        told = {name: values[name] for name in described(OrganisationDraft) if name in values}
        return replace(start, **told)

    def before(self, existing_id: int | None) -> OrganisationDraft | None:
        """The draft that would leave the unit as it is."""
        row = self.rows.get(existing_id)
        return organisations.organisation_draft(row) if row else None

    def remember(self, plan: Plan, row_id: int) -> None:
        """A later row with the same name or code is about the same unit."""
        self.by_name[plan.draft.name] = row_id
        if plan.draft.uscc:
            self.by_uscc[normalise_uscc(plan.draft.uscc)] = row_id

    def write(self, session: Session, plan: Plan, by: Actor, at: datetime) -> Organisation:
        """Enter or change the unit."""
        return organisations.save_organisation(
            session,
            plan.draft,
            by=by,
            at=at,
            organisation_id=plan.existing_id,
            reason="批量导入",
        )
