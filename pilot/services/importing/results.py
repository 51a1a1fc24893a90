"""Results from a file (成果导入): matched by code, else by a number, else by the title."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from pilot.domain.draft_fields import described
from pilot.domain.drafts import Holder, Number, ResultDraft
from pilot.domain.identifiers import IdentifierKind, identifier_key, normalise_uscc
from pilot.domain.import_columns import ImportKind
from pilot.domain.parsing import ParseError, parse_decimal
from pilot.domain.people import Actor
from pilot.services import results
from pilot.services.importing.book import Book, readiness
from pilot.services.importing.plan import Notes, Plan
from pilot.store import queries_import
from pilot.store.models import Result

_NUMBERS = {
    "patents": IdentifierKind.PATENT,
    "software": IdentifierKind.SOFTWARE,
    "standards": IdentifierKind.STANDARD,
}
_COLUMN_OF = {kind.value: key for key, kind in _NUMBERS.items()}
_COLUMN_OF[IdentifierKind.REGISTRATION.value] = "registration_no"
_EMPTY = ResultDraft(title="", kind="", holders=())
_FIELDS = described(ResultDraft).keys() - {"holders"}
_BETWEEN = "\x1f"  # no key has it: neither side could be kept


class ResultBook(Book):
    """The results of a base while a file is read against them."""

    kind = ImportKind.RESULTS

    def __init__(self, session: Session, base_id: int, today: date) -> None:
        super().__init__(session, base_id, today)
        self.by_code: dict[str, int] = {}
        self.by_title: dict[str, int | tuple[int, ...]] = {}  # most titles are one result's
        self.by_number: dict[str, int] = {}
        for row_id, code, title, voided in queries_import.result_keys(session, base_id):
            self.by_code[code] = row_id
            if not voided:
                self._called(title, row_id)
        for result_id, kind, key in queries_import.number_keys(session, base_id):
            self.by_number[_place(kind, key)] = result_id
        self._at_hand([])

    def look_up(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Read the results that these rows are about, and no others: a base may have a million."""
        silent = Notes(self.kind, 0)
        found = {self.find(values, silent) for values in rows} - {None}
        self._at_hand([row_id for row_id in found if row_id > 0])

    def _at_hand(self, ids: Collection[int]) -> None:
        self.rows = {row.id: row for row in queries_import.results_of(self.session, ids)}
        self.holders = queries_import.holders_of(self.session, ids)
        self.numbers = queries_import.identifiers_of(self.session, ids)

    def find(self, values: dict[str, Any], notes: Notes) -> int | None:
        """The result of this code; without one, of one of its numbers, else of its title."""
        if code := values.get("code"):
            return self.by_code.get(code)
        keys = _keys(_numbers(values), values.get("registration_no"))
        found = sorted({self.by_number[key] for key in keys if key in self.by_number})
        found = found or self._titled(values.get("title") or "")
        if len(found) > 1:
            message = f"编号或名称与 {len(found)} 项已登记的成果相同。"
            notes.add("code", "result-ambiguous", message, "请填写成果编号。")
        return found[0] if found else None

    def _titled(self, title: str) -> Sequence[int]:
        found = self.by_title.get(title, ())
        return found if isinstance(found, tuple) else (found,)

    def _called(self, title: str, row_id: int) -> None:
        known = self._titled(title)
        self.by_title[title] = (*known, row_id) if known else row_id

    def draft(self, values: dict[str, Any], existing_id: int | None, notes: Notes) -> ResultDraft:
        """What the row makes of the result; columns the file lacks stay as they are."""
        start = self.before(existing_id) or _EMPTY
        told = {name: value for name, value in values.items() if name in _FIELDS}
        told |= readiness(values) | self._holders(values, start, notes)
        if "contact" in values:
            held = [holder.organisation_id for holder in told.get("holders", start.holders)]
            found = self.directory.person(values["contact"], start.contact_id, held)
            told["contact_id"] = self.known("contact", found, notes)
        if told.get("code") is None:
            told["code"] = start.code
        if told.get("non_secret") is None:
            told["non_secret"] = False
        if "package" in values:
            told["package_id"] = self._package(values["package"], notes)
        kinds = {kind for key, kind in _NUMBERS.items() if key in values}
        kept = [number for number in start.numbers if number.kind not in kinds]
        return replace(start, **told, numbers=_in_order([*kept, *_numbers(values)]))

    def before(self, existing_id: int | None) -> ResultDraft | None:
        """The draft that would leave the result as it is."""
        row = self.rows.get(existing_id)
        if row is None:
            return None
        numbers = [
            Number(IdentifierKind(one.kind), one.number)
            for one in self.numbers.get(row.id, [])
            if one.kind != IdentifierKind.REGISTRATION
        ]
        holders = self.holders.get(row.id, [])
        return ResultDraft(
            **{name: getattr(row, name) for name in _FIELDS - {"numbers"}},
            holders=tuple(Holder(one.organisation_id, one.share) for one in holders),
            numbers=_in_order(numbers),
        )

    def more(self, values: dict[str, Any], existing_id: int | None, notes: Notes) -> dict[str, Any]:
        """Nothing besides the draft; what stands in the way of it is noted."""
        for place in _keys(_numbers(values), values.get("registration_no")):
            owner = self.by_number.get(place)
            if owner is not None and owner != existing_id:
                kind, key = place.split(_BETWEEN)
                message = f"{IdentifierKind(kind).label} {key} 已属于另一项成果。"
                remedy = "请核对编号，或填写那项成果的编号。"
                notes.add(_COLUMN_OF[kind], "number-taken", message, remedy)
        row = self.rows.get(existing_id)
        if row is not None and row.voided_at is not None:
            notes.add("code", "result-gone", f"成果 {row.code} 已作废。", "请删除这一行。")
        return {}

    def code_of(self, row_id: int) -> str:
        """The code of a result; a row of the file that has none yet by its number."""
        [row] = queries_import.results_of(self.session, [row_id]) if row_id > 0 else [None]
        return row.code if row else super().code_of(row_id)

    def remember(self, plan: Plan, row_id: int) -> None:
        """A later row with the same code, number or title is about the same result."""
        draft = plan.draft
        if draft.code:
            self.by_code[draft.code] = row_id
        self._called(draft.title, row_id)
        for place in _keys(draft.numbers, draft.registration_no):
            self.by_number[place] = row_id

    def write(self, session: Session, plan: Plan, by: Actor, at: datetime) -> Result:
        """Enter or change the result."""
        reason = "批量导入"
        return results.save_result(
            session, plan.draft, by=by, at=at, result_id=plan.existing_id, reason=reason
        )

    def _holders(
        self, values: dict[str, Any], start: ResultDraft, notes: Notes
    ) -> dict[str, tuple[Holder, ...]]:
        """The holders in their order; shares go along with them."""
        if "holders" not in values:
            return {}
        found = [self.directory.unit(name) for name in values["holders"] or ()]
        ids = [self.known("holders", one, notes) for one in found]
        if None in ids:
            return {}
        self._check_codes(values.get("holder_codes") or (), ids, notes)
        if "shares" in values:
            shares = _shares(values["shares"] or (), len(ids), notes)
        else:
            before = {holder.organisation_id: holder.share for holder in start.holders}
            shares = [before.get(one) for one in ids]
        return {"holders": tuple(map(Holder, ids, shares))}

    def _check_codes(self, codes: tuple[str, ...], ids: list[int], notes: Notes) -> None:
        known = {self.directory.uscc_of(one) for one in ids}
        for code in codes:
            if normalise_uscc(code) not in known:
                message = f"{code[:32]} 不是上列持有方的代码。"
                notes.add("holder_codes", "unit-mismatch", message, "请核对持有方和代码。")

    def _package(self, code: str | None, notes: Notes) -> int | None:
        if code is None or code in self.by_code:
            return self.by_code.get(code)
        message = f"没有编号为 {code} 的成果。"
        notes.add("package", "result-unknown", message, "请核对编号，或把成果包排在前面。")
        return None


def _numbers(values: dict[str, Any]) -> list[Number]:
    """The numbers a row tells; "暂无" and the like name nothing."""
    told = [
        Number(kind, number) for key, kind in _NUMBERS.items() for number in values.get(key) or ()
    ]
    return [one for one in told if identifier_key(one.kind, one.number)]


def _keys(numbers: Iterable[Number], registration: str | None) -> list[str]:
    """Kind and comparison key of every number of a result, the registration number too."""
    told = [(one.kind, one.number) for one in numbers]
    if registration:
        told.append((IdentifierKind.REGISTRATION, registration))
    keys = [(kind.value, identifier_key(kind, number)) for kind, number in told]
    return [_place(kind, key) for kind, key in keys if key]


def _place(kind: str, key: str) -> str:
    """Both as one text: a million pairs would take twice the memory."""
    return f"{kind}{_BETWEEN}{key}"


def _in_order(numbers: list[Number]) -> tuple[Number, ...]:
    """Numbers in one order, so that the same ones are equal."""
    return tuple(sorted(numbers, key=lambda one: (one.kind.value, one.number)))


def _shares(texts: tuple[str, ...], holders: int, notes: Notes) -> list[Decimal | None]:
    """One share a holder, or none at all."""
    if not texts:
        return [None] * holders
    if len(texts) != holders:
        message = f"有 {len(texts)} 个份额，而持有方有 {holders} 个。"
        notes.add("shares", "share-count", message, "请逐个对应填写，或留空。")
        return [None] * holders
    try:
        return [parse_decimal(text) for text in texts]
    except ParseError as error:
        notes.add("shares", "read-texts", f"持有份额：{error.message}", error.remedy)
        return [None] * holders
