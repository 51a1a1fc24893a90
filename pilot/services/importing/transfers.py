"""Transfers from a file (转化导入), each with its contract: by the result, contract and receiver.

A contract that is not yet known is entered with its first row; one that is known must read as the
file says, because its terms decide what counts and are changed on its own page only.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from pilot.domain import drafts
from pilot.domain.drafts import BY_CONTRACT, ContractDraft, TransferDraft
from pilot.domain.import_columns import ImportKind
from pilot.domain.people import Actor
from pilot.domain.vocabulary import ContractState
from pilot.services import contracts, transfers
from pilot.services.importing.book import Book
from pilot.services.importing.contract_rows import (
    ContractShelf,
    contract_values,
    differing,
    placed,
    shown,
)
from pilot.services.importing.plan import Notes, Plan
from pilot.services.importing.result_finding import ResultShelf
from pilot.store import queries_import
from pilot.store.models import Transfer

_TOLD = ("mode", "event_on", "implement_area", "related_parties", "own_price")
_EMPTY = TransferDraft(result_id=None, mode=None)


class TransferBook(Book):
    """The transfers and contracts of a base while a file is read against them."""

    kind = ImportKind.TRANSFERS

    def __init__(self, session: Session, base_id: int, today: date) -> None:
        super().__init__(session, base_id, today)
        rows = queries_import.transfers(session, base_id)
        self.rows: dict[int, Transfer] = {row.id: row for row in rows}
        self.results = ResultShelf(session, base_id)
        self.contracts = ContractShelf(session, base_id)
        self.by_event = {_event(transfers.transfer_draft(row)): row.id for row in rows}
        self._made: dict[int, int] = {}  # row of the file → the contract entered with it
        for row in rows:
            self.contracts.note_result(row.contract_id, row.result_id)

    def find(self, values: dict[str, Any], notes: Notes) -> int | None:
        """The transfer of this result under this contract to this receiver; its trouble comes."""
        silent = Notes(self.kind, notes.row)
        return self.by_event.get(_event(self._draft(values, _EMPTY, silent)))

    def draft(self, values: dict[str, Any], existing_id: int | None, notes: Notes) -> TransferDraft:
        """What the row makes of the transfer, with day, receiver and area as they are stored."""
        return self._draft(values, self.before(existing_id) or _EMPTY, notes)

    def before(self, existing_id: int | None) -> TransferDraft | None:
        """The draft that would leave the transfer as it is."""
        row = self.rows.get(existing_id)
        return transfers.transfer_draft(row) if row else None

    def more(self, values: dict[str, Any], existing_id: int | None, notes: Notes) -> dict[str, Any]:
        """The contract to enter, if it is not yet known; what stands in the way is noted."""
        contract_id, told = self._contract(values), self._told_contract(values, notes)
        if contract_id is not None:
            self._check_same(contract_id, told, existing_id, notes)
            return {}
        if not told.no:
            return {}
        found = drafts.problems(told, self.active, self.today)
        notes.take([placed(problem) for problem in found])
        if taken := self.contracts.registered(told.registration_no):
            message = f"技术合同登记编号 {told.registration_no} 已属于合同 {taken.no}。"
            notes.add("contract_registration_no", "number-taken", message, "请核对。")
        return {"contract": told}

    def name_of(self, values: dict[str, Any]) -> str:
        """Result and contract."""
        parts = (values.get("result_code"), values.get("title"), values.get("contract_no"))
        return " ".join(part for part in parts if part)

    def code_of(self, row_id: int) -> str:
        """The code of a result."""
        return self.results.code_of(row_id)

    def remember(self, plan: Plan, row_id: int) -> None:
        """A later row about the same event is the same transfer, one contract the same."""
        contract_id = plan.draft.contract_id
        if told := plan.more.get("contract"):
            contract_id = self._made.get(plan.row, -plan.row)
            self.contracts.enter(told, contract_id)
        self.contracts.note_result(contract_id, plan.draft.result_id)
        self.by_event[_event(replace(plan.draft, contract_id=contract_id))] = row_id

    def write(self, session: Session, plan: Plan, by: Actor, at: datetime) -> Transfer:
        """Enter the contract if it is new, then record or correct the transfer."""
        draft = plan.draft
        if told := plan.more.get("contract"):
            entered = contracts.save_contract(session, told, by=by, at=at)
            self._made[plan.row] = entered.id
            draft = replace(draft, contract_id=entered.id)
        if plan.existing_id is None:
            return transfers.record_transfer(session, draft, by=by, at=at)
        return transfers.correct_transfer(
            session, plan.existing_id, draft, by=by, at=at, reason="批量导入"
        )

    def _judge(self, draft: TransferDraft, existing_id: int | None, notes: Notes) -> None:
        """The rules of the form, and those the verb asks the database for."""
        new_contract = draft.contract_id is None and self._pending
        asked = replace(draft, contract_id=-notes.row) if new_contract else draft
        super()._judge(asked, existing_id, notes)
        if draft.mode in BY_CONTRACT and draft.receiver_id is None:
            remedy = "请填写受让方，或先在合同中补充受让方。"
            notes.add("receiver", "receiver-needed", "受让方未填写。", remedy)
        if existing_id is None:
            self._check_new(draft, notes)

    def _check_new(self, draft: TransferDraft, notes: Notes) -> None:
        contract = self.contracts.row(draft.contract_id)
        if contract is not None and contract.state is ContractState.RESCINDED:
            message = f"合同 {contract.no} 已于 {contract.rescinded_on} 解除，不能登记转化。"
            notes.add("contract_no", "contract-rescinded", message, "请核对合同编号。")
        others = self.contracts.results_under(draft.contract_id) - {draft.result_id}
        if stranger := self.results.stranger(draft.result_id, others, draft.own_price):
            message = f"{transfers.ONE_CONTRACT}：该合同已转化成果 {stranger}。"
            remedy = "请归入同一成果包，或以单独价格、单独登记为由拆分。"
            notes.add("contract_no", "one-contract", message, remedy)

    def _draft(self, values: dict[str, Any], start: TransferDraft, notes: Notes) -> TransferDraft:
        told = {name: values[name] for name in _TOLD if name in values}
        if told.get("related_parties") is None:
            told["related_parties"] = start.related_parties
        told["result_id"] = self.results.find(values, notes)
        told["contract_id"] = self._contract(values)
        contract = self._told_contract(values, Notes(self.kind, notes.row))
        self._pending = told["contract_id"] is None and bool(contract.no)
        standing = self.contracts.draft(told["contract_id"]) or (contract if contract.no else None)
        mode = told.get("mode", start.mode)
        if standing is not None and mode in BY_CONTRACT:
            told["event_on"] = self._day(standing, told.get("event_on"), notes)
        receiver = self._receiver(values, start, notes) or (standing and standing.buyer_id)
        area = values.get("receive_area") if "receive_area" in values else start.receive_area
        told |= {"receiver_id": receiver, "receive_area": area or self.directory.area_of(receiver)}
        return replace(start, **told)

    def _day(self, contract: ContractDraft, told: date | None, notes: Notes) -> date | None:
        """The contract's own day; another one is a problem."""
        day = contracts.event_day(contract)
        if told is not None and day is not None and told != day:
            message = f"此种方式的转化日期是合同日期 {day}，文件写 {told}。"
            notes.add("event_on", "event-day", message, "请核对，或留空由系统填写。")
        return day

    def _receiver(self, values: dict[str, Any], start: TransferDraft, notes: Notes) -> int | None:
        if "receiver" not in values and "receiver_uscc" not in values:
            return start.receiver_id
        found = self.directory.unit(values.get("receiver"), values.get("receiver_uscc"))
        return self.known("receiver", found, notes)

    def _contract(self, values: dict[str, Any]) -> int | None:
        """The known contract of a row, by its number, else by its registration."""
        return self.contracts.find(
            values.get("contract_no"), values.get("contract_registration_no")
        )

    def _told_contract(self, values: dict[str, Any], notes: Notes) -> ContractDraft:
        """The contract as the row tells it; without a number when it names none."""
        seller = self.known("seller", self.directory.unit(values.get("seller")), notes)
        buyer = self._receiver(values, _EMPTY, Notes(self.kind, notes.row))  # told by the draft
        project = self.contracts.project(values.get("project"), notes)
        return ContractDraft(
            **contract_values(values), seller_id=seller, buyer_id=buyer, project_id=project
        )

    def _check_same(
        self, contract_id: int, told: ContractDraft, existing_id: int | None, notes: Notes
    ) -> None:
        """What the row says of a known contract is what stands there."""
        standing, row = self.contracts.draft(contract_id), self.rows.get(existing_id)
        for key, was, now in differing(standing, told):
            if key == "amount" and row is not None and now == row.own_price:
                continue  # an exported list shows the result's own price there
            if key in ("seller", "project"):
                was, now = self._name(key, was), self._name(key, now)
            message = f"合同 {standing.no} 登记的是“{shown(was)}”，文件写“{shown(now)}”。"
            notes.add(
                key, "contract-differs", message, "导入不改动合同；请核对，或在合同页面上更正。"
            )

    def _name(self, key: str, row_id: int | None) -> str | None:
        if row_id is None:
            return None
        return (
            self.directory.unit_name(row_id) if key == "seller" else self.contracts.code_of(row_id)
        )


def _event(draft: TransferDraft) -> tuple:
    """What makes two transfers the same event (§3.5)."""
    if draft.contract_id is not None:
        return draft.result_id, draft.contract_id, draft.receiver_id
    return draft.result_id, None, draft.mode, draft.event_on
