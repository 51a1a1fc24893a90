"""Results that turn out to be one (查重): merge, take a merge back, say that they are not the same.

Both stay readable: one stands, the other is closed and says where it went. What hung on it follows
and the counts are judged anew; what was filed stays as it was filed, and the difference shows
there as a deduction (核减).
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session

from pilot.domain.errors import Conflict, GuardFailed, Invalid
from pilot.domain.people import Actor
from pilot.domain.submissions import ENDED
from pilot.services import consequences, merging_parts, notices
from pilot.services.command import verb
from pilot.services.transfers import check_one_contract
from pilot.store import queries, queries_merging, queries_results
from pilot.store.models import Result, ResultDistinction, ResultMerge, Submission, Transfer


@verb("result.merge")
def merge(
    session: Session, result_id: int, into_id: int, *, by: Actor, at: datetime, reason: str
) -> Result:
    """Say that a result is the same as another (合并): the other stands, everything follows it."""
    gone = _standing(queries.one(session, Result, by.base_id, result_id))
    into = _standing(queries.one(session, Result, by.base_id, into_id))
    _check_reason(reason, "合并")
    _check_apart(session, gone, into)
    packages = {gone.package_id, into.package_id} - {None}
    moved = merging_parts.follow(session, gone, into, at)
    gone.voided_at, gone.void_reason = at, f"已并入 {into.code}：{reason.strip()}"[:500]
    session.add(
        ResultMerge(
            base_id=by.base_id,
            result_id=gone.id,
            into_id=into.id,
            reason=reason.strip(),
            moved=json.dumps(moved),
            by_id=by.id,
            recorded_at=at,
        )
    )
    session.flush()
    _check_contracts(session, into)
    touched = {gone.id, into.id, *packages}
    _follow(session, by.base_id, touched, merging_parts.transfer_ids(moved), at, reason)
    _tell_authors(session, moved, f"登记的成果 {gone.code} 与 {into.code} 为同一项，已并入", at)
    return gone


@verb("result.merge")
def undo(session: Session, result_id: int, *, by: Actor, at: datetime, reason: str) -> Result:
    """Take a merge back (撤销合并): the result stands again with what it had brought along."""
    gone = queries.one(session, Result, by.base_id, result_id)
    done = queries_merging.live_merge(session, gone.id)
    if done is None:
        raise Conflict(f"成果 {gone.code} 没有并入别的成果，不需要撤销。")
    _check_reason(reason, "撤销合并")
    into = session.get_one(Result, done.into_id)
    if into.voided_at is not None:
        raise GuardFailed([f"{into.code} 之后又已作废或并入别的成果，请先撤销那一步"])
    moved = json.loads(done.moved)
    gone.voided_at = gone.void_reason = None
    merging_parts.take_back(session, gone, into, moved)
    done.undone_at, done.undone_by, done.undo_reason = at, by.id, reason.strip()
    session.flush()
    for row in (gone, into):
        _check_contracts(session, row)
    packages = {gone.package_id, into.package_id} - {None}
    touched = {gone.id, into.id, *packages}
    _follow(session, by.base_id, touched, merging_parts.transfer_ids(moved), at, reason)
    _tell_authors(session, moved, f"并入 {into.code} 已撤销，成果 {gone.code} 恢复", at)
    return gone


@verb("result.merge")
def distinguish(
    session: Session, result_id: int, other_id: int, *, by: Actor, at: datetime, reason: str
) -> ResultDistinction:
    """Say that two results are not the same (不是同一项), and why; nobody is asked again."""
    one, other = (
        _standing(queries.one(session, Result, by.base_id, row_id))
        for row_id in (result_id, other_id)
    )
    if not 2 <= len(reason.strip()) <= 300:
        raise Invalid("reason", "请写明不是同一项的理由（2 至 300 字）。")
    if one.id == other.id:
        raise Conflict("请选择两项不同的成果。")
    if queries_merging.distinction(session, one.id, other.id):
        raise Conflict("已经说明过这两项不是同一成果，不需要重复说明。")
    low, high = sorted((one.id, other.id))
    said = ResultDistinction(
        base_id=by.base_id,
        one_id=low,
        other_id=high,
        reason=reason.strip(),
        by_id=by.id,
        recorded_at=at,
    )
    session.add(said)
    session.flush()
    return said


def _standing(result: Result) -> Result:
    if result.voided_at is not None:
        raise GuardFailed([f"成果 {result.code} 已作废或并入别的成果，不能再合并"])
    return result


def _check_reason(reason: str, what: str) -> None:
    if not reason.strip():
        raise Invalid("reason", f"“{what}”必须填写理由。")


def _check_apart(session: Session, gone: Result, into: Result) -> None:
    """Neither the same, nor a package into a part: packages are one level deep."""
    if gone.id == into.id:
        raise Conflict("成果不能并入自身，请选择另一项。")
    if into.package_id == gone.id:
        raise GuardFailed([f"{gone.code} 是 {into.code} 所属的成果包；请反过来，把包内成果并入它"])
    if into.package_id is not None and queries_results.children(session, gone.id):
        raise GuardFailed([f"{gone.code} 是成果包，请并入最上层的成果，不能并入包内成果"])


def _check_contracts(session: Session, result: Result) -> None:
    for transfer in queries_results.transfers_of(session, [result.id]):
        if transfer.contract_id is not None:
            check_one_contract(session, result, transfer.contract_id, transfer.own_price)


def _follow(
    session: Session,
    base_id: int,
    result_ids: set[int],
    transfers: Iterable[int],
    at: datetime,
    reason: str,
) -> None:
    """Lines of transfers are written anew, also of those that stand no longer; then the claims."""
    moved: Sequence[Transfer] = queries_merging.rows(session, Transfer, list(transfers))
    consequences.of_transfers(session, base_id, moved, at=at, reason=reason)
    consequences.of_results(session, base_id, result_ids, at=at, reason=reason)


def _tell_authors(session: Session, moved: merging_parts.Moved, what: str, at: datetime) -> None:
    """Tell whoever submitted what has become of the result that their submission speaks of."""
    for row in queries_merging.rows(session, Submission, moved["submission"]):
        if row.state in ENDED:
            notices.to_author(session, row, what, at)
