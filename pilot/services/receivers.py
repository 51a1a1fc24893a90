"""The further receivers of a contract (其他受让方): one transfer each, of the same result.

Several transfers are still one 项: domain note §3.5, rule M3-R3.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from pilot.domain.drafts import TransferDraft
from pilot.domain.people import Actor
from pilot.domain.submission_parts import Parts, parts
from pilot.services import transfers
from pilot.services.command import within
from pilot.store import queries_results, queries_submissions
from pilot.store.models import Contract, Submission, Transfer

_CHANGE = "填报变更"


def accepted_before(session: Session, row: Submission) -> Parts:
    """What a change asks to change, as it was accepted; blank for anything else."""
    if row.changes_id is None:
        return parts({})
    content = json.loads(session.get_one(Submission, row.changes_id).content)
    return replace(parts(content), receivers=tuple(_named(session, row.base_id, content)))


def take_out(
    session: Session, row: Submission, read: Parts, before: Parts, *, by: Actor, at: datetime
) -> None:
    """Void the transfers of those who no longer receive."""
    gone = set(before.receivers) - set(read.receivers)
    for transfer in _transfers(session, row):
        if transfer.receiver_id in gone:
            within(transfers.void_transfer)(session, transfer.id, by=by, at=at, reason=_CHANGE)


def set_receivers(
    session: Session, row: Submission, draft: TransferDraft, read: Parts, *, by: Actor, at: datetime
) -> list[Transfer]:
    """The transfer of each of them: recorded, used as it is, or corrected by a change."""
    correct, record = within(transfers.correct_transfer), within(transfers.record_transfer)
    found = []
    for receiver_id in read.receivers:
        theirs = replace(draft, receiver_id=receiver_id, receive_area=None)
        old = registered(session, theirs)
        if old is not None and row.changes_id is not None:
            old = correct(session, old.id, theirs, by=by, at=at, reason=_CHANGE)
        found.append(old or record(session, theirs, by=by, at=at))
    return found


def registered(session: Session, draft: TransferDraft) -> Transfer | None:
    """The standing transfer of this result to this receiver under this contract."""
    if draft.contract_id is None:
        return None
    buyer = session.get_one(Contract, draft.contract_id).buyer_id
    wanted = (draft.result_id, draft.receiver_id or buyer)
    under = queries_results.transfers_under(session, draft.contract_id)
    return next((one for one in under if (one.result_id, one.receiver_id) == wanted), None)


def resting_on(session: Session, row: Submission) -> list[Transfer]:
    """The transfers that an accepted submission brought: the first, and each further receiver's."""
    if row.transfer_id is None:
        return []
    content = json.loads(session.get_one(Submission, row.changes_id).content)
    named = set(_named(session, row.base_id, content))
    others = [one for one in _transfers(session, row) if one.receiver_id in named]
    return [session.get_one(Transfer, row.transfer_id), *others]


def _transfers(session: Session, row: Submission) -> list[Transfer]:
    """The other standing transfers of the same result under the same contract."""
    if row.contract_id is None:
        return []
    under = queries_results.transfers_under(session, row.contract_id)
    return [one for one in under if one.result_id == row.result_id and one.id != row.transfer_id]


def _named(session: Session, base_id: int, content: Mapping[str, Any]) -> list[int]:
    """The receivers by their ids in the registry, those asked for by their credit codes."""
    wanted = content.get("organisations", ())
    found = []
    for one in content.get("receivers", ()):
        if one < 0:
            uscc = wanted[-one - 1].get("uscc") if -one <= len(wanted) else None
            unit = queries_submissions.organisation_with(session, base_id, uscc) if uscc else None
            one = unit.id if unit else one
        found.append(one)
    return found
