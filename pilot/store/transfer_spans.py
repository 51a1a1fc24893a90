"""The lines of 成果转化明细 as they were known: a change closes a line and opens the next."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from pilot.domain.identifiers import IdentifierKind
from pilot.domain.moment import FOREVER
from pilot.store import queries_results
from pilot.store.asked import some
from pilot.store.known_spans import joined, rewrite
from pilot.store.models import (
    Contract,
    Organisation,
    Result,
    ResultHolder,
    ResultIdentifier,
    Transfer,
    TransferSpan,
)

# Built once: every command about a transfer asks them, of some `ids`.
_RESULTS_OF = select(Transfer.result_id).where(some(Transfer.id))
_OF_RESULTS = select(Transfer).where(some(Transfer.result_id))
_CURRENT = select(TransferSpan).where(
    some(TransferSpan.transfer_id), TransferSpan.known_to == FOREVER
)
_BY_ID = {kind: select(kind).where(some(kind.id)) for kind in (Result, Contract, Organisation)}
_HOLDERS = (
    select(ResultHolder.result_id, Organisation)
    .join(Organisation, col(Organisation.id) == col(ResultHolder.organisation_id))
    .where(some(ResultHolder.result_id))
    .order_by(col(ResultHolder.result_id), col(ResultHolder.position))
)
_PATENTS = (
    select(ResultIdentifier.result_id, ResultIdentifier.number)
    .where(some(ResultIdentifier.result_id), ResultIdentifier.kind == IdentifierKind.PATENT.value)
    .order_by(col(ResultIdentifier.result_id), col(ResultIdentifier.id))
)


def refresh(session: Session, transfer_ids: Collection[int], at: datetime) -> None:
    """Record how these transfers read now, known from `at`.

    The other transfers of the same packages are refreshed too: whether an earlier year already
    counted the result (再次转化) depends on them. A voided transfer's line closes for good.
    """
    if not transfer_ids:
        return
    session.flush()
    now = _read(session, _concerned(session, transfer_ids))
    current = _current(session, list(now))
    for transfer, values in now.values():
        frame = {"base_id": transfer.base_id, "transfer_id": transfer.id}
        rewrite(session, TransferSpan, frame, current.get(transfer.id), values, at)
    session.flush()


def _concerned(session: Session, transfer_ids: Collection[int]) -> Sequence[Transfer]:
    results = set(session.exec(_RESULTS_OF, params={"ids": list(transfer_ids)}))
    family = queries_results.family(session, results)
    return session.exec(_OF_RESULTS, params={"ids": family}).all()


def _current(session: Session, transfer_ids: list[int]) -> dict[int, TransferSpan]:
    found = session.exec(_CURRENT, params={"ids": transfer_ids})
    return {span.transfer_id: span for span in found}


def _read(
    session: Session, transfers: Sequence[Transfer]
) -> dict[int, tuple[Transfer, dict[str, Any] | None]]:
    """Each transfer with the values of its line now; None when it has none."""
    results = _by_id(session, Result, {t.result_id for t in transfers})
    contracts = _by_id(session, Contract, {t.contract_id for t in transfers})
    receivers = _by_id(session, Organisation, {t.receiver_id for t in transfers})
    holders = _holders(session, list(results))
    patents = _patents(session, list(results))
    first = _first_years(transfers, results)
    found: dict[int, tuple[Transfer, dict[str, Any] | None]] = {}
    for transfer in transfers:
        result = results[transfer.result_id]
        found[transfer.id] = transfer, None
        if transfer.voided_at is None and result.voided_at is None:
            values = _about_transfer(transfer, transfer.event_on.year > first[_unit(result)])
            values |= _about_result(result, holders[result.id], patents[result.id])
            values |= _about_receiver(receivers.get(transfer.receiver_id))
            values |= _about_contract(contracts.get(transfer.contract_id), transfer)
            found[transfer.id] = transfer, values
    return found


def _first_years(transfers: Iterable[Transfer], results: dict[int, Result]) -> dict[int, int]:
    """The year of the first standing transfer of each unit that is counted."""
    first: dict[int, int] = {}
    for transfer in transfers:
        if transfer.voided_at is None:
            unit, year = _unit(results[transfer.result_id]), transfer.event_on.year
            first[unit] = min(year, first.get(unit, year))
    return first


def _unit(result: Result) -> int:
    """The package a result is counted with; a split part stands for itself."""
    return result.package_id if result.package_id and not result.split_reason else result.id


def _about_transfer(transfer: Transfer, repeated: bool) -> dict[str, Any]:
    return {
        "result_id": transfer.result_id,
        "contract_id": transfer.contract_id,
        "event_on": transfer.event_on,
        "mode": transfer.mode,
        "receive_area": transfer.receive_area,
        "implement_area": transfer.implement_area,
        "related_parties": transfer.related_parties,
        "repeated": repeated,
        "verified": transfer.verified_at is not None,
    }


def _about_result(
    result: Result, holders: list[Organisation], patents: list[str]
) -> dict[str, Any]:
    return {
        "result_code": result.code,
        "title": result.title,
        "kind": result.kind,
        "field": result.field,
        "patents": joined(patents, 500),
        "registration_no": result.registration_no,
        "holders": joined([holder.name for holder in holders], 500),
        "holder_codes": joined([holder.uscc for holder in holders if holder.uscc], 200),
    }


def _about_receiver(receiver: Organisation | None) -> dict[str, Any]:
    return {
        "receiver": receiver.name if receiver else None,
        "receiver_uscc": receiver.uscc if receiver else None,
    }


def _about_contract(contract: Contract | None, transfer: Transfer) -> dict[str, Any]:
    """The amount is the result's own price where it has one, else the whole contract's."""
    whole = contract.amount if contract else None
    return {
        "contract_no": contract.no if contract else None,
        "contract_type": contract.type if contract else None,
        "contract_registration_no": contract.registration_no if contract else None,
        "signed_on": contract.signed_on if contract else None,
        "amount": transfer.own_price if transfer.own_price is not None else whole,
        "rescinded_on": contract.rescinded_on if contract else None,
    }


def _by_id(session: Session, kind: type, ids: Collection[int | None]) -> dict[int, Any]:
    wanted = [row_id for row_id in ids if row_id is not None]
    if not wanted:
        return {}
    return {row.id: row for row in session.exec(_BY_ID[kind], params={"ids": wanted})}


def _holders(session: Session, result_ids: list[int]) -> dict[int, list[Organisation]]:
    found: dict[int, list[Organisation]] = defaultdict(list)
    for result_id, holder in session.exec(_HOLDERS, params={"ids": result_ids}):
        found[result_id].append(holder)
    return found


def _patents(session: Session, result_ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for result_id, number in session.exec(_PATENTS, params={"ids": result_ids}):
        found[result_id].append(number)
    return found
