"""Invitations (邀请): a link that lets one person open one account, made and taken back.

The secret of the link is an option of the verb, never its first argument; the journal hides its
hash, and the link itself is shown once, by the page that made it.
"""

from datetime import date, datetime

from sqlmodel import Session

from pilot.domain.errors import Conflict, Invalid
from pilot.domain.joining import check_invitation, invitation_state, is_key
from pilot.domain.moment import end_of_day, local_day
from pilot.domain.parsing import clean_text
from pilot.domain.people import Actor, Role
from pilot.domain.vocabulary import InvitationState
from pilot.services.command import verb
from pilot.store import queries, queries_joining
from pilot.store.models import Invitation, Organisation
from pilot.store.tokens import new_token, token_hash


def new_key() -> str:
    """The secret of a new link: 256 random bits."""
    return new_token()


@verb("invitation.create")
def invite(
    session: Session,
    role: Role,
    organisation_id: int | None,
    until: date | None,
    *,
    link_key: str,
    note: str = "",
    by: Actor,
    at: datetime,
) -> Invitation:
    """Make a link that opens one account with this role and unit, to the end of the day `until`.

    `note` says for the list whom it is for. Raises Invalid.
    """
    check_invitation(role, until, local_day(at))
    if not is_key(link_key):
        raise Invalid("key", "链接没有生成，请刷新页面后重试。")
    if organisation_id is not None:
        queries.one(session, Organisation, by.base_id, organisation_id)
    row = Invitation(
        base_id=by.base_id,
        token_hash=token_hash(link_key),
        note=clean_text(note, 50) or "",
        role=role,
        organisation_id=organisation_id,
        expires_at=end_of_day(until),
        invited_by=by.id,
        recorded_at=at,
    )
    session.add(row)
    session.flush()
    return row


@verb("invitation.revoke")
def revoke(session: Session, invitation_id: int, *, by: Actor, at: datetime) -> Invitation:
    """Make a link useless before it is used (撤销邀请)."""
    row = queries.one(session, Invitation, by.base_id, invitation_id)
    state = state_of(row, at)
    if state is not InvitationState.OPEN:
        raise Conflict(f"这个邀请{state.label}，不必撤销。")
    row.revoked_at = at
    return row


def revoke_all_by(session: Session, account_id: int, at: datetime) -> None:
    """Take back every open link of somebody who may invite no more."""
    for row in queries_joining.open_invitations_by(session, account_id):
        row.revoked_at = at


def state_of(row: Invitation, now: datetime) -> InvitationState:
    """How an invitation stands now."""
    return invitation_state(now, expires=row.expires_at, used=row.used_at, revoked=row.revoked_at)
