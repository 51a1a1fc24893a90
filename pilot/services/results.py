"""Results (成果): enter and edit them, split a part from its package, void."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial

from sqlmodel import Session

from pilot.domain.draft_fields import described
from pilot.domain.drafts import Holder, Number, ResultDraft, checked
from pilot.domain.errors import Conflict, GuardFailed, Invalid
from pilot.domain.identifiers import IdentifierKind, stored_title_key
from pilot.domain.moment import local_day
from pilot.domain.parsing import parse_decimal
from pilot.domain.people import Actor
from pilot.services import consequences
from pilot.services.command import verb
from pilot.services.result_parts import set_holders, set_numbers
from pilot.services.transfers import check_one_contract
from pilot.store import memo, queries, queries_codes, queries_results, versions
from pilot.store.models import Organisation, Person, Result, Transfer

_COLUMNS = sorted(set(described(ResultDraft)) - {"code", "holders", "numbers"})
LAST = "last result number"  # of the year in which a batch runs


@verb("result.save")
def save_result(
    session: Session,
    draft: ResultDraft,
    *,
    by: Actor,
    at: datetime,
    result_id: int | None = None,
    reason: str = "",
) -> Result:
    """Enter a result, numbered CG-YYYY-NNNN unless it brings its code, or change one."""
    lists = queries_codes.lists(session, by.base_id, retired=result_id is not None)
    draft = checked(draft, lists, local_day(at))
    for holder in draft.holders:
        queries.one(session, Organisation, by.base_id, holder.organisation_id)
    if draft.contact_id is not None:
        queries.one(session, Person, by.base_id, draft.contact_id)
    if result_id is None:
        return _enter(session, draft, by, at)
    result = queries.one(session, Result, by.base_id, result_id)
    return _change(session, result, draft, at, reason or "修改成果信息")


@verb("result.split")
def split(
    session: Session,
    result_id: int,
    *,
    by: Actor,
    at: datetime,
    reason: str,
    own_price: Decimal | None = None,
) -> Result:
    """Count a part by itself (拆分), because it has its own price or is registered separately.

    A part that changed hands only with its package gets a transfer of its own under the same
    contract. The price, in 万元, is recorded on its transfers, which are then checked anew.
    """
    result = _standing(queries.one(session, Result, by.base_id, result_id))
    if result.package_id is None:
        raise Invalid("package_id", "只有成果包中的成果才能拆分；它已经单独计数。")
    _check_reason(reason, "拆分")
    transfers = queries_results.transfers_of(session, [result.id])
    transfers = transfers or _inherited(session, result, by, at)
    _set_price(transfers, own_price)
    _check_ground(result, transfers)
    result.split_reason = reason.strip()
    consequences.send_back(transfers)
    session.add_all(transfers)
    session.flush()
    _follow(session, result, {result.id, result.package_id}, at, reason)
    return result


@verb("result.split")
def rejoin(session: Session, result_id: int, *, by: Actor, at: datetime, reason: str) -> Result:
    """Count a split part with its package again (撤销拆分)."""
    result = _standing(queries.one(session, Result, by.base_id, result_id))
    if result.split_reason is None:
        raise Conflict(f"成果 {result.code} 没有拆分，不需要撤销。")
    _check_reason(reason, "撤销拆分")
    result.split_reason = None
    _check_contracts(session, result)
    session.flush()
    _follow(session, result, {result.id, result.package_id}, at, reason)
    return result


@verb("result.save")
def void_result(
    session: Session, result_id: int, *, by: Actor, at: datetime, reason: str
) -> Result:
    """Take back a result entered by mistake (作废).

    Its numbers become free again; the journal keeps them. Its transfers and parts come first.
    """
    result = _standing(queries.one(session, Result, by.base_id, result_id))
    _check_reason(reason, "作废")
    obstacles = []
    if queries_results.transfers_of(session, [result.id]):
        obstacles.append("还有转化事件，请先作废")
    if queries_results.children(session, result.id):
        obstacles.append("还是其他成果的成果包，请先改动它们的归属")
    if obstacles:
        raise GuardFailed(obstacles)
    result.voided_at, result.void_reason = at, reason.strip()
    for row in queries_results.identifiers(session, result.id):
        session.delete(row)
    session.flush()
    package = {result.package_id} - {None}
    _follow(session, result, {result.id} | package, at, reason)
    return result


def result_draft(session: Session, result: Result) -> ResultDraft:
    """The draft that would leave a result as it is; a form starts from it."""
    plain = set(described(ResultDraft)) - {"holders", "numbers"}
    holders = queries_results.holders(session, result.id)
    numbers = queries_results.identifiers(session, result.id)
    return ResultDraft(
        **{name: getattr(result, name) for name in plain},
        holders=tuple(Holder(row.organisation_id, row.share) for row in holders),
        numbers=tuple(
            Number(IdentifierKind(row.kind), row.number)
            for row in numbers
            if row.kind != IdentifierKind.REGISTRATION
        ),
    )


def _enter(session: Session, draft: ResultDraft, by: Actor, at: datetime) -> Result:
    code = draft.code or _next_code(session, by.base_id, local_day(at).year)
    if draft.code:
        memo.forget(session, LAST)
    if queries_results.result_with_code(session, by.base_id, code):
        raise Conflict(f"成果编号 {code} 已经使用，请留空由系统编号。")
    _check_package(session, by.base_id, draft.package_id)
    result = Result(base_id=by.base_id, code=code, recorded_at=at, **columns(draft))
    session.add(result)
    session.flush()
    set_holders(session, result, draft, ())
    set_numbers(session, result, draft, ())
    session.flush()
    _follow(session, result, {result.id, draft.package_id} - {None}, at, "登记成果")
    return result


def _change(
    session: Session, result: Result, draft: ResultDraft, at: datetime, reason: str
) -> Result:
    _standing(result)
    if draft.code and draft.code != result.code:
        raise Invalid("code", f"成果编号 {result.code} 一经使用不能修改。")
    rev, old_package = result.rev, result.package_id
    if draft.package_id != old_package:
        _check_package(session, result.base_id, draft.package_id, result)
    for name, value in columns(draft).items():
        setattr(result, name, value)
    parts_changed = set_holders(session, result, draft) | set_numbers(session, result, draft)
    session.flush()
    if parts_changed and result.rev == rev:
        versions.bump(session, result)
    if draft.package_id != old_package:
        _check_contracts(session, result)
        consequences.send_back(queries_results.transfers_of(session, [result.id]))
    touched = {result.id, old_package, result.package_id} - {None}
    _follow(session, result, touched, at, reason)
    return result


def columns(draft: ResultDraft) -> dict:
    """What a result keeps of its draft, besides its code and its parts."""
    plain = {name: getattr(draft, name) for name in _COLUMNS}
    return plain | {"title_key": stored_title_key(draft.title)}


def _next_code(session: Session, base_id: int, year: int) -> str:
    """The next of the year; writers take turns, and the unique code is the last lock."""
    prefix = code_prefix(year)
    last = partial(queries.last_number, session, Result, base_id, prefix)
    number = memo.once(session, LAST, last) + 1
    memo.note(session, LAST, number)
    return f"{prefix}{number:04d}"


def code_prefix(year: int) -> str:
    """How the codes of a year begin."""
    return f"CG-{year}-"


def _check_package(
    session: Session, base_id: int, package_id: int | None, result: Result | None = None
) -> None:
    """Packages are one level deep and a split part stays where it is until it is rejoined."""
    if result and result.split_reason:
        raise Invalid("package_id", "成果已拆分计数，请先撤销拆分再改动所属成果包。")
    if package_id is None:
        return
    package = _standing(queries.one(session, Result, base_id, package_id))
    if package.package_id is not None:
        raise Invalid("package_id", f"{package.code} 自己属于另一个成果包，请选择最上层的成果包。")
    if result and package.id == result.id:
        raise Invalid("package_id", "成果不能以自己为成果包。")
    if result and queries_results.children(session, result.id):
        raise Invalid("package_id", f"{result.code} 自己是成果包，不能再归入别的成果包。")


def _check_contracts(session: Session, result: Result) -> None:
    for transfer in queries_results.transfers_of(session, [result.id]):
        if transfer.contract_id is not None:
            check_one_contract(session, result, transfer.contract_id, transfer.own_price)


def _check_reason(reason: str, what: str) -> None:
    if not reason.strip():
        raise Invalid("reason", f"“{what}”必须填写理由。")


def _standing(result: Result) -> Result:
    if result.voided_at is not None:
        raise GuardFailed([f"成果 {result.code} 已作废，不能再改动"])
    return result


def _check_ground(result: Result, transfers: Sequence[Transfer]) -> None:
    if not result.registration_no and not any(transfer.own_price for transfer in transfers):
        raise GuardFailed(["拆分需要依据：单独价格，或单独的成果登记号"])


def _inherited(session: Session, part: Result, by: Actor, at: datetime) -> list[Transfer]:
    """What the part's package passed on under contracts, as transfers of the part."""
    whole = queries_results.transfers_of(session, [part.package_id])
    kept = ("contract_id", "mode", "event_on", "receiver_id", "receive_area", "implement_area")
    return [
        Transfer(
            base_id=part.base_id,
            result_id=part.id,
            entered_by=by.id,
            recorded_at=at,
            related_parties=row.related_parties,
            **{name: getattr(row, name) for name in kept},
        )
        for row in whole
        if row.contract_id is not None
    ]


def _set_price(transfers: Sequence[Transfer], own_price: Decimal | None) -> None:
    if own_price is None:
        return
    if own_price <= 0:
        raise Invalid("own_price", "单独价格应大于 0（万元）。")
    if not transfers:
        raise Invalid("own_price", "单独价格登记在转化事件上：请先登记这项成果的转化事件。")
    for transfer in transfers:
        transfer.own_price = parse_decimal(own_price)


def _follow(session: Session, result: Result, touched: set[int], at: datetime, reason: str) -> None:
    consequences.of_results(session, result.base_id, touched, at=at, reason=reason)
