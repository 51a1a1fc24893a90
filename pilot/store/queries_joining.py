"""Invitations, requests for an account, and who may ask (加入)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlmodel import Session, col

from pilot.domain.vocabulary import RegistrationState
from pilot.store import search
from pilot.store.models import (
    Account,
    Base,
    Invitation,
    JoinPolicy,
    LoginAttempt,
    Notice,
    Organisation,
    Registration,
)
from pilot.store.tokens import token_hash

_LIKE_ONE = "individual"  # a unit that is one person: no name to offer to strangers


def invitation_of(session: Session, key: str) -> Invitation | None:
    """The invitation that a link's secret opens, however it stands."""
    query = select(Invitation).where(col(Invitation.token_hash) == token_hash(key))
    return session.scalars(query).first()


def registration_of(session: Session, key: str) -> Registration | None:
    """The request that an applicant's secret shows."""
    query = select(Registration).where(col(Registration.token_hash) == token_hash(key))
    return session.scalars(query).first()


def approved_name(session: Session, invitation_id: int) -> str:
    """The name of the applicant whose approval made an invitation; '' for any other."""
    query = select(Registration.name).where(col(Registration.invitation_id) == invitation_id)
    return session.scalars(query).first() or ""


def invitations(base_id: int) -> Select:
    """The invitations of a base with who made them and what came of them, the latest first."""
    host, guest = Account.__table__.alias("host"), Account.__table__.alias("guest")
    return (
        select(
            Invitation,
            host.c.name.label("host"),
            guest.c.login.label("login"),
            col(Organisation.name).label("unit"),
        )
        .join(host, host.c.id == col(Invitation.invited_by))
        .outerjoin(guest, guest.c.id == col(Invitation.account_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Invitation.organisation_id))
        .where(col(Invitation.base_id) == base_id)
        .order_by(col(Invitation.recorded_at).desc(), col(Invitation.id).desc())
    )


def open_invitations_by(session: Session, account_id: int) -> Sequence[Invitation]:
    """The invitations somebody made that could still be used."""
    query = select(Invitation).where(
        col(Invitation.invited_by) == account_id,
        col(Invitation.used_at).is_(None),
        col(Invitation.revoked_at).is_(None),
    )
    return session.scalars(query).all()


def registrations(base_id: int, *, waiting: bool) -> Select:
    """The requests of a base: those that wait, the longest first, or the decided, latest first."""
    state, when = col(Registration.state), col(Registration.recorded_at)
    chosen = state == RegistrationState.WAITING if waiting else state != RegistrationState.WAITING
    order = (when, col(Registration.id)) if waiting else (col(Registration.decided_at).desc(),)
    return (
        select(
            Registration,
            col(Organisation.name).label("known_unit"),
            col(Account.name).label("decider"),
            col(Invitation.used_at).label("joined_at"),
        )
        .outerjoin(Organisation, col(Organisation.id) == col(Registration.organisation_id))
        .outerjoin(Account, col(Account.id) == col(Registration.decided_by))
        .outerjoin(Invitation, col(Invitation.id) == col(Registration.invitation_id))
        .where(col(Registration.base_id) == base_id, chosen)
        .order_by(*order)
    )


def waiting(session: Session, base_id: int) -> int:
    """How many requests wait for an administrator."""
    query = select(func.count()).where(
        col(Registration.base_id) == base_id,
        col(Registration.state) == RegistrationState.WAITING,
    )
    return session.scalars(query).one()


def policy(session: Session, base_id: int) -> JoinPolicy | None:
    """Whether strangers may ask; None while nobody has said."""
    return session.scalars(select(JoinPolicy).where(col(JoinPolicy.base_id) == base_id)).first()


def open_bases(session: Session) -> dict[int, str]:
    """The bases whose administrators let strangers ask, by id, in the order of their names."""
    query = (
        select(col(Base.id), col(Base.name))
        .join(JoinPolicy, col(JoinPolicy.base_id) == col(Base.id))
        .where(col(JoinPolicy.is_open))
        .order_by(col(Base.name))
    )
    return {row.id: row.name for row in session.execute(query)}


def units_like(session: Session, base_id: int, text: str, most: int) -> dict[int, str]:
    """A few registered units whose name holds a text; no single persons."""
    query = (
        select(col(Organisation.id), col(Organisation.name))
        .where(
            col(Organisation.base_id) == base_id,
            col(Organisation.kind) != _LIKE_ONE,
            search.holds(Organisation.name, text),
        )
        .order_by(func.length(Organisation.name), col(Organisation.name))
        .limit(most)
    )
    return {row.id: row.name for row in session.execute(query)}


def tries(session: Session, what: str, address: str, after: datetime) -> int:
    """How often an address has done something at the door since a moment."""
    query = select(func.count()).where(
        col(LoginAttempt.login) == what,
        col(LoginAttempt.address) == address,
        col(LoginAttempt.at) > after,
    )
    return session.scalars(query).one()


def told(session: Session, accounts: Collection[int], text: str) -> set[int]:
    """Which of these accounts have an unread notice with this text."""
    query = select(col(Notice.account_id)).where(
        col(Notice.account_id).in_(list(accounts)),
        col(Notice.read_at).is_(None),
        col(Notice.text) == text,
    )
    return set(session.scalars(query))


def forget_applicants(session: Session, before: datetime) -> int:
    """Empty name and contact of requests decided before a moment; how many."""
    decided = update(Registration).where(
        col(Registration.decided_at) < before, col(Registration.contact) != ""
    )
    return session.execute(decided.values(name="", contact="")).rowcount
