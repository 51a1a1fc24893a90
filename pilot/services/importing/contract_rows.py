"""The contracts of a base while rows of transfers name them (合同): found, entered, compared."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlmodel import Session

from pilot.domain.draft_fields import is_blank
from pilot.domain.drafts import ContractDraft, as_stored
from pilot.domain.identifiers import IdentifierKind, contract_no_key, identifier_key
from pilot.domain.problems import Problem
from pilot.domain.vocabulary import Term
from pilot.services import contracts
from pilot.services.importing.plan import Notes
from pilot.store import queries_import
from pilot.store.models import Contract

# Field of a contract → column of the file that tells it.
_COLUMNS = {
    "no": "contract_no",
    "title": "contract_title",
    "type": "contract_type",
    "signed_on": "signed_on",
    "conditional": "conditional",
    "effective_on": "effective_on",
    "amount": "amount",
    "technology_amount": "technology_amount",
    "registration_no": "contract_registration_no",
    "registered_on": "contract_registered_on",
    "ip_clause": "ip_clause",
}
_NAMED = {"seller_id": "seller", "buyer_id": "receiver", "project_id": "project"}
_FLAGS = {"conditional": "conditional", "related_parties": "related_parties"}


class ContractShelf:
    """Contracts by number and registration, and which results change hands under each."""

    def __init__(self, session: Session, base_id: int) -> None:
        rows = queries_import.contracts(session, base_id)
        self._rows: dict[int, Contract] = {row.id: row for row in rows}
        self._drafts = {row.id: contracts.contract_draft(row) for row in rows}
        self._projects = queries_import.project_codes(session, base_id)
        self._by_no = {contract_no_key(row.no): row.id for row in rows}
        self._by_registration = {row.registration_no: row.id for row in rows if row.registration_no}
        self._results: dict[int, set[int]] = defaultdict(set)

    def find(self, no: str | None, registration: str | None) -> int | None:
        """The contract of this number; without one, of this registration."""
        if no:
            return self._by_no.get(contract_no_key(no))
        key = identifier_key(IdentifierKind.CONTRACT, registration or "")
        return self._by_registration.get(key) if key else None

    def registered(self, registration: str | None) -> ContractDraft | None:
        """The contract that has this registration number."""
        key = identifier_key(IdentifierKind.CONTRACT, registration or "")
        found = self._by_registration.get(key) if key else None
        return self._drafts.get(found)

    def row(self, contract_id: int | None) -> Contract | None:
        """The record of a contract; None for one that this file enters."""
        return self._rows.get(contract_id)

    def draft(self, contract_id: int | None) -> ContractDraft | None:
        """How a contract reads."""
        return self._drafts.get(contract_id)

    def enter(self, draft: ContractDraft, contract_id: int) -> None:
        """Later rows may name this contract."""
        stored = as_stored(draft)
        self._drafts[contract_id] = stored
        self._by_no[contract_no_key(stored.no)] = contract_id
        if stored.registration_no:
            self._by_registration[stored.registration_no] = contract_id

    def note_result(self, contract_id: int | None, result_id: int) -> None:
        """A result changes hands under a contract."""
        if contract_id is not None:
            self._results[contract_id].add(result_id)

    def results_under(self, contract_id: int | None) -> set[int]:
        """The results that change hands under a contract."""
        return set() if contract_id is None else self._results[contract_id]

    def code_of(self, project_id: int) -> str | None:
        """The code of a project."""
        return next((code for code, row_id in self._projects.items() if row_id == project_id), None)

    def project(self, code: str | None, notes: Notes) -> int | None:
        """The project of a code."""
        if code is None or code in self._projects:
            return self._projects.get(code)
        message = f"没有编号为 {code} 的项目。"
        notes.add("project", "project-unknown", message, "请核对编号，或留空。")
        return None


def placed(problem: Problem) -> Problem:
    """A problem of a contract under the column that tells the field."""
    key = (_COLUMNS | _NAMED).get(problem.field, problem.field)
    return replace(problem, field=key, message=f"合同：{problem.message}")


def contract_values(values: dict[str, Any]) -> dict[str, Any]:
    """The plain fields of a contract as a row tells them; flags that are blank are no."""
    told = {name: values.get(key) for name, key in _COLUMNS.items()}
    return told | {name: bool(values.get(key)) for name, key in _FLAGS.items()}


def differing(standing: ContractDraft, told: ContractDraft) -> Iterator[tuple[str, Any, Any]]:
    """Column, what stands there and what the file says, where a cell that is filled in differs."""
    for name, key in (_COLUMNS | _NAMED).items():
        was, now = getattr(standing, name), getattr(told, name)
        if name in ("no", "buyer_id") or is_blank(now) or now is False:
            continue
        if name == "registration_no":
            now = identifier_key(IdentifierKind.CONTRACT, now) or now
        if was != now:
            yield key, was, now


def shown(value: Any) -> str:
    """A value of a contract in words."""
    if value is None or value == "":
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    return value.label if isinstance(value, Term) else str(value)
