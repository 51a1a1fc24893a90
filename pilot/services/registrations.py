"""Requests for an account (注册申请): approved with a confirmed unit, or refused with a reason.

Approval makes an invitation that the applicant's own secret opens: the administrator never holds
the way in, and the login name is chosen by its owner, once they may have one.
"""

from datetime import datetime

from sqlmodel import Session

from pilot.domain.errors import Conflict, Invalid
from pilot.domain.joining import AFTER_APPROVAL
from pilot.domain.parsing import clean_text
from pilot.domain.people import Actor, Role
from pilot.domain.vocabulary import RegistrationState
from pilot.services.command import verb
from pilot.store import queries, queries_joining
from pilot.store.models import Invitation, JoinPolicy, Organisation, Registration


@verb("registration.approve")
def approve(
    session: Session, registration_id: int, organisation_id: int | None, *, by: Actor, at: datetime
) -> Registration:
    """Let an applicant in as a researcher of a unit (None: of no unit)."""
    row = _waiting(session, registration_id, by)
    if organisation_id is not None:
        queries.one(session, Organisation, by.base_id, organisation_id)
    invitation = Invitation(
        base_id=row.base_id,
        token_hash=row.token_hash,
        note="自助申请",
        role=Role.RESEARCHER,
        organisation_id=organisation_id,
        expires_at=at + AFTER_APPROVAL,
        invited_by=by.id,
        recorded_at=at,
    )
    session.add(invitation)
    session.flush()
    row.state, row.invitation_id = RegistrationState.APPROVED, invitation.id
    row.organisation_id, row.decided_by, row.decided_at = organisation_id, by.id, at
    return row


@verb("registration.refuse")
def refuse(
    session: Session, registration_id: int, *, by: Actor, at: datetime, reason: str = ""
) -> Registration:
    """Refuse an applicant, who reads the reason with their own link."""
    row = _waiting(session, registration_id, by)
    told = clean_text(reason, 300)
    if not told:
        raise Invalid("reason", "请填写不批准的理由；申请人会看到。")
    row.state, row.refusal = RegistrationState.REFUSED, told
    row.decided_by, row.decided_at = by.id, at
    return row


@verb("join_policy.save")
def save_policy(session: Session, is_open: bool, *, by: Actor, at: datetime) -> JoinPolicy:
    """Let strangers ask for an account of this base, or no longer (自助申请)."""
    row = queries_joining.policy(session, by.base_id)
    if (row.is_open if row else False) == is_open:
        raise Conflict("自助申请的开关没有变化。")
    if row is None:
        row = JoinPolicy(base_id=by.base_id, recorded_at=at)
        session.add(row)
    row.is_open = is_open
    session.flush()
    return row


def _waiting(session: Session, registration_id: int, by: Actor) -> Registration:
    row = queries.one(session, Registration, by.base_id, registration_id)
    if row.state is not RegistrationState.WAITING:
        raise Conflict(f"这份申请{row.state.label}，不能再处理。")
    return row
