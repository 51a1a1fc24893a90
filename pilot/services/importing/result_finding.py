"""The results of a base while rows of transfers name them (成果): by code, number or title."""

from decimal import Decimal
from typing import Any

from sqlmodel import Session

from pilot.domain.identifiers import IdentifierKind, identifier_key
from pilot.services.importing.plan import Notes
from pilot.store import queries_import
from pilot.store.models import Result


class ResultShelf:
    """Results by what people call them."""

    def __init__(self, session: Session, base_id: int) -> None:
        rows = queries_import.results(session, base_id)
        self._rows: dict[int, Result] = {row.id: row for row in rows}
        self._by_code = {row.code: row.id for row in rows}
        self._by_title: dict[str, list[int]] = {}
        for row in rows:
            if row.voided_at is None:
                self._by_title.setdefault(row.title, []).append(row.id)
        self._by_number = {
            (number.kind, number.key): result_id
            for result_id, numbers in queries_import.identifiers(session, base_id).items()
            for number in numbers
        }

    def find(self, values: dict[str, Any], notes: Notes) -> int | None:
        """The result of a row; what is wrong is noted under its code."""
        found = self._found(values)
        named = values.get("result_code") or values.get("title") or values.get("registration_no")
        if len(found) > 1:
            message = f"编号或名称与 {len(found)} 项已登记的成果相同。"
            notes.add("result_code", "result-ambiguous", message, "请填写成果编号。")
        elif not found and named:
            message = f"没有登记成果“{named}”。"
            notes.add(
                "result_code", "result-unknown", message, "请先登记或导入该成果，或核对编号。"
            )
        elif found:
            self._check(self._rows[found[0]], values.get("title"), notes)
        return found[0] if len(found) == 1 else None

    def code_of(self, result_id: int) -> str:
        """The code of a result."""
        return self._rows[result_id].code

    def stranger(
        self, result_id: int | None, others: set[int], own_price: Decimal | None
    ) -> str | None:
        """One of `others` that is counted apart although it shares the contract (§3.5)."""
        result = self._rows.get(result_id)
        if result is None or (result.split_reason and (own_price or result.registration_no)):
            return None
        apart = [
            self._rows[one] for one in sorted(others) if _unit(self._rows[one]) != _unit(result)
        ]
        return f"{apart[0].code}《{apart[0].title}》" if apart else None

    def _found(self, values: dict[str, Any]) -> list[int]:
        if code := values.get("result_code"):
            return [self._by_code[code]] if code in self._by_code else []
        told = [(IdentifierKind.PATENT, number) for number in values.get("patents") or ()]
        if values.get("registration_no"):
            told.append((IdentifierKind.REGISTRATION, values["registration_no"]))
        keys = [(kind.value, identifier_key(kind, number)) for kind, number in told]
        found = sorted({self._by_number[key] for key in keys if key in self._by_number})
        return found or self._by_title.get(values.get("title") or "", [])

    def _check(self, result: Result, title: str | None, notes: Notes) -> None:
        if result.voided_at is not None:
            message = f"成果 {result.code} 已作废，不能登记转化。"
            notes.add("result_code", "result-gone", message, "请删除这一行。")
        if title is not None and title != result.title:
            message = f"成果 {result.code} 的名称是“{result.title}”，文件写“{title}”。"
            notes.add("title", "title-mismatch", message, "请核对编号和名称。")


def _unit(result: Result) -> int:
    return result.package_id or result.id
