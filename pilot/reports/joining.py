"""Invitations and requests for an account (邀请、账号申请) as an administrator reads them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping
from sqlmodel import Session

from pilot.domain.moment import local_day, minute
from pilot.domain.people import Actor
from pilot.domain.vocabulary import InvitationState, RegistrationState
from pilot.services.invitations import state_of
from pilot.services.reads import read
from pilot.store import queries_joining, streams

PAGE = 20


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """One invitation with what its button needs."""

    id: int
    rev: int
    role: str
    unit: str
    note: str
    state: InvitationState
    until: str
    host: str
    guest: str
    made: str

    @property
    def is_open(self) -> bool:
        """Whether it can still be used, or taken back."""
        return self.state is InvitationState.OPEN


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request for an account; `unit_id` is the registered unit the applicant picked.

    `outcome` says of a decided one who decided, and whether the account was made.
    """

    id: int
    rev: int
    name: str
    unit: str
    unit_id: int | None
    known_unit: str
    contact: str
    note: str
    asked: str
    state: RegistrationState
    outcome: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list and how long the whole list is."""

    lines: list
    total: int


@dataclass(frozen=True, slots=True)
class Policy:
    """Whether strangers may ask; `id` None while nobody has said."""

    id: int | None
    rev: int
    is_open: bool


@read("invitation.read")
def invitations(session: Session, reader: Actor, now: datetime, page: int = 1) -> Listed:
    """A page of the invitations of the reader's base, the latest first."""
    query = queries_joining.invitations(reader.base_id)
    rows = streams.page(session, query, PAGE, (page - 1) * PAGE)
    return Listed([_invitation(row, now) for row in rows], streams.count(session, query))


@read("registration.read")
def requests(session: Session, reader: Actor, *, waiting: bool, page: int = 1) -> Listed:
    """A page of the requests that wait, the longest first, or of the decided, the latest first."""
    query = queries_joining.registrations(reader.base_id, waiting=waiting)
    rows = streams.page(session, query, PAGE, (page - 1) * PAGE)
    return Listed([_request(row) for row in rows], streams.count(session, query))


@read("registration.read")
def waiting(session: Session, reader: Actor) -> int:
    """How many requests wait."""
    return queries_joining.waiting(session, reader.base_id)


@read("registration.read")
def policy(session: Session, reader: Actor) -> Policy:
    """The switch of the reader's base."""
    row = queries_joining.policy(session, reader.base_id)
    return Policy(row.id, row.rev, row.is_open) if row else Policy(None, 0, False)


def _invitation(row: RowMapping, now: datetime) -> InvitationLine:
    one = row["Invitation"]
    return InvitationLine(
        id=one.id,
        rev=one.rev,
        role=one.role.label,
        unit=row["unit"] or "",
        note=one.note,
        state=state_of(one, now),
        until=f"{local_day(one.expires_at)}",
        host=row["host"],
        guest=row["login"] or "",
        made=minute(one.recorded_at),
    )


def _request(row: RowMapping) -> RequestLine:
    one = row["Registration"]
    return RequestLine(
        id=one.id,
        rev=one.rev,
        name=one.name,
        unit=one.unit,
        unit_id=one.organisation_id,
        known_unit=row["known_unit"] or "",
        contact=one.contact,
        note=one.reason,
        asked=minute(one.recorded_at),
        state=one.state,
        outcome=_outcome(row),
    )


def _outcome(row: RowMapping) -> str:
    one = row["Registration"]
    if one.decided_at is None:
        return ""
    told = f"{row['decider']} {minute(one.decided_at)}"
    if one.state is RegistrationState.REFUSED:
        return f"{told}，理由：{one.refusal}"
    return f"{told}，{'已建立账号' if row['joined_at'] else '还没有建立账号'}"
