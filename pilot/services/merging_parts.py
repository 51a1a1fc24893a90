"""What follows a result that is merged into another, and goes back with it (随合并移动).

A merge notes the ids of all that it moved; taking it back moves exactly those that are still where
it left them.
"""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from pilot.domain.identifiers import IdentifierKind
from pilot.store import queries_merging, queries_results
from pilot.store.models import (
    ProjectResult,
    PublicFact,
    Result,
    ResultHolder,
    ResultIdentifier,
    Submission,
    Transfer,
)

Moved = dict[str, list[Any]]
_TWICE = "与并入成果的同一转化重复"
_KINDS = {  # rows that name their result
    "transfer": Transfer,
    "number": ResultIdentifier,
    "project": ProjectResult,
    "fact": PublicFact,
    "submission": Submission,
}


def follow(session: Session, gone: Result, into: Result, at: datetime) -> Moved:
    """Move everything of `gone` to `into`; the ids that moved, by kind.

    The same transfer recorded on both is voided once, the unverified one first; holders that only
    `gone` names are added, as both are named (M3-R7).
    """
    twins = _twins(session, gone, into)
    lost = {loser.id: keeper.id for loser, keeper in twins}
    for loser, _ in twins:
        loser.voided_at, loser.void_reason = at, _TWICE
    session.flush()
    follows = {
        "transfer": queries_results.transfers_of(session, [gone.id]),
        "number": _numbers(session, gone, into),
        "project": _links(session, gone, into),
        "fact": queries_merging.public_facts(session, gone.id),
        "submission": queries_merging.submissions(session, gone.id),
    }
    for row in (row for rows in follows.values() for row in rows):
        row.result_id = into.id
    moved: Moved = {kind: [row.id for row in rows] for kind, rows in follows.items()}
    moved["voided"] = sorted(lost)
    moved["redirected"] = _redirect(session, lost)
    moved["part"] = _parts(session, gone, into)
    moved["holder"] = _holders(session, gone, into)
    moved["registration"] = _registration(gone, into)
    return moved


def take_back(session: Session, gone: Result, into: Result, moved: Moved) -> None:
    """The same backwards, for whatever still stands where the merge left it."""
    for kind, table in _KINDS.items():
        for row in queries_merging.rows(session, table, moved[kind]):
            if row.result_id == into.id:
                row.result_id = gone.id
    for row in queries_merging.changes_of(session, moved["submission"]):  # asked for since
        if row.result_id == into.id:
            row.result_id = gone.id
    for row in queries_merging.rows(session, Transfer, moved["voided"]):
        if row.void_reason == _TWICE:
            row.voided_at = row.void_reason = None
    was = dict(moved["redirected"])
    for row in queries_merging.rows(session, Submission, list(was)):
        row.transfer_id = was[row.id]
    for row in queries_merging.rows(session, Result, moved["part"]):
        if row.package_id == into.id:
            row.package_id = gone.id
    for held in queries_results.holders(session, into.id):
        if held.organisation_id in moved["holder"] and held.share is None:
            session.delete(held)
    if moved["registration"] and into.registration_no == gone.registration_no:
        into.registration_no = into.registered_on = None


def transfer_ids(moved: Moved) -> list[int]:
    """Every transfer that a merge touched."""
    return [*moved["transfer"], *moved["voided"]]


def _twins(session: Session, gone: Result, into: Result) -> list[tuple[Transfer, Transfer]]:
    """Transfers that both have, each with the one that stays: the verified one, else `into`'s."""
    own = queries_results.transfers_of(session, [gone.id])
    theirs = queries_results.transfers_of(session, [into.id])
    keys = queries_merging.contract_keys(session, [*own, *theirs])
    known = {_event(row, keys): row for row in theirs}
    pairs = [(row, known[_event(row, keys)]) for row in own if _event(row, keys) in known]
    return [
        (twin, row) if row.verified_by and not twin.verified_by else (row, twin)
        for row, twin in pairs
    ]


def _event(row: Transfer, keys: dict[int, str]) -> tuple:
    """What makes two records one event: contract and receiver, else mode, day and receiver."""
    if row.contract_id is not None:
        return keys[row.contract_id] or row.contract_id, row.receiver_id
    return row.mode, row.event_on, row.receiver_id


def _redirect(session: Session, lost: dict[int, int]) -> list[tuple[int, int]]:
    """Submissions whose transfer was recorded twice speak of the one that stays."""
    rows = queries_merging.submissions_of_transfers(session, lost)
    found = [(row.id, row.transfer_id) for row in rows]
    for row in rows:
        row.transfer_id = lost[row.transfer_id]
    return found


def _numbers(session: Session, gone: Result, into: Result) -> list[ResultIdentifier]:
    """All but a registration number where the other has its own: a result has one."""
    registered = IdentifierKind.REGISTRATION if into.registration_no else None
    rows = queries_results.identifiers(session, gone.id)
    return [row for row in rows if row.kind != registered]


def _links(session: Session, gone: Result, into: Result) -> list[ProjectResult]:
    known = {row.project_id for row in queries_merging.project_links(session, into.id)}
    rows = queries_merging.project_links(session, gone.id)
    return [row for row in rows if row.project_id not in known]


def _parts(session: Session, gone: Result, into: Result) -> list[int]:
    rows = queries_results.children(session, gone.id)
    for row in rows:
        row.package_id = into.id
    return [row.id for row in rows]


def _holders(session: Session, gone: Result, into: Result) -> list[int]:
    known = queries_results.holders(session, into.id)
    ids = {row.organisation_id for row in known}
    wanted = queries_results.holders(session, gone.id)
    new = [row.organisation_id for row in wanted if row.organisation_id not in ids]
    last = max((row.position for row in known), default=0)
    session.add_all(_holder(into, one, last + at) for at, one in enumerate(new, 1))
    return new


def _holder(into: Result, organisation_id: int, position: int) -> ResultHolder:
    return ResultHolder(
        base_id=into.base_id,
        result_id=into.id,
        organisation_id=organisation_id,
        position=position,
    )


def _registration(gone: Result, into: Result) -> list[str]:
    if into.registration_no or not gone.registration_no:
        return []
    into.registration_no, into.registered_on = gone.registration_no, gone.registered_on
    return [gone.registration_no]
