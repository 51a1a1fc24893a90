"""How a stranger comes in (加入): a link that opens an account, a request for one.

Like the door these are not verbs: a stranger has no actor yet. Each leaves its entry in the
journal all the same, in its own transaction; a refusal leaves a line in the security log. Tries
are counted where those at the door are (login_attempt), under names that no login can have.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from pilot.domain import joining as rules
from pilot.domain.errors import Busy, Conflict, NotAllowed, NotFound, PilotError, Unwritable
from pilot.domain.joining import RegistrationDraft
from pilot.domain.moment import local_day
from pilot.domain.people import Role
from pilot.domain.vocabulary import InvitationState, RegistrationState
from pilot.services import accounts, invitations, notices, security
from pilot.services.door import PAUSED, TRIES_PER_ADDRESS, WINDOW
from pilot.store import journal, queries_door, queries_joining, queries_people
from pilot.store.engine import writing
from pilot.store.models import (
    Account,
    Base,
    Invitation,
    LoginAttempt,
    Organisation,
    Registration,
)
from pilot.store.retrying import again
from pilot.store.tokens import token_hash

DEAD = "这个链接不能使用：可能已经用过、过期、被撤销，或没有复制完整。请联系邀请您的管理员。"
CLOSED = "现在没有开放自助申请；请联系本基地的系统管理员，由管理员邀请您。"
TOO_MANY = "您这里提交得太频繁，没有保存；请一小时后再试，或联系系统管理员。"
FULL = "等待处理的申请太多，暂时不能受理，没有保存；请联系系统管理员。"
ASKED = "有新的账号申请等待处理，请到“人员与权限”的“账号申请”。"
_JOIN, _ASK, _LOOK = "+join", "+register", "+unit"
_TRIES_PER_LINK = 20


@dataclass(frozen=True, slots=True)
class Offer:
    """What an open link gives: a role in a base, a unit or '', until the end of a day.

    `name` is whom an approved request is about; '' where an administrator's link leaves it open.
    """

    base: str
    role: Role
    unit: str
    until: date
    name: str


@dataclass(frozen=True, slots=True)
class Asked:
    """How a request stands, for who holds its secret; `refusal` is the reason of a refused one.

    `over` says that it was approved: then the invitation alone says what the secret opens.
    """

    base: str
    on: date
    state: RegistrationState
    refusal: str

    @property
    def over(self) -> bool:
        """Whether nothing is left to tell about the request itself."""
        return self.state is RegistrationState.APPROVED


def offer(session: Session, key: str, now: datetime) -> Offer | None:
    """What a link opens now; None for one that is used, expired, revoked or forged."""
    row = _usable(session, key, now)
    if row is None:
        return None
    unit = session.get(Organisation, row.organisation_id) if row.organisation_id else None
    base = session.get_one(Base, row.base_id)
    return Offer(
        base=base.name,
        role=row.role,
        unit=unit.name if unit else "",
        until=local_day(row.expires_at),
        name=queries_joining.approved_name(session, row.id),
    )


def asked(session: Session, key: str) -> Asked | None:
    """How the request with this secret stands; None where there is none."""
    row = queries_joining.registration_of(session, key) if rules.is_key(key) else None
    if row is None:
        return None
    base = session.get_one(Base, row.base_id)
    return Asked(base.name, local_day(row.recorded_at), row.state, row.refusal or "")


def join(
    engine: Engine, key: str, login: str, name: str, password: str, *, address: str, now: datetime
) -> str:
    """Open the account of a link and return its login name; the link is used up.

    Who was approved comes in by the name that was approved, whatever `name` says.
    Raises NotFound for a dead link, Invalid or Conflict for what is to be corrected, NotAllowed
    after too many tries.
    """
    with _logged("invitation.use"):
        attempt = again(lambda _number: _admit(engine, key, address[:64], now))
        return again(
            lambda number: _join(engine, key, (login, name, password), attempt, now, number)
        )


def ask(
    engine: Engine, base_id: int, draft: RegistrationDraft, key: str, *, address: str, now: datetime
) -> None:
    """Leave a request for an account; the same secret again is the same request.

    Nothing is said about who has an account already: no login name is asked for. Raises Refused
    with everything that is to be corrected, NotAllowed where nobody may ask, or too often.
    """
    with _logged("registration.ask"):
        stored = rules.checked(draft, local_day(now))
        if not rules.is_key(key):
            raise NotAllowed(CLOSED)
        again(lambda _number: _ask(engine, base_id, stored, key, address[:64], now))


def units_like(
    engine: Engine, base_id: int, text: str, *, address: str, now: datetime
) -> dict[int, str]:
    """A few registered units whose names hold a text of two characters or more.

    Strangers see names only, and an address looks up only so many.
    """
    text = text.strip()[:200]
    if len(text) < rules.SHORTEST_SEARCH or "\0" in text:
        return {}
    return again(lambda _number: _units(engine, base_id, text, address[:64], now))


def open_bases(session: Session) -> dict[int, str]:
    """The bases that strangers may ask, by id."""
    return queries_joining.open_bases(session)


@contextmanager
def _logged(action: str) -> Iterator[None]:
    try:
        yield
    except (Busy, Unwritable):
        raise
    except PilotError as error:
        security.refused(error, action, None)
        raise


def _usable(session: Session, key: str, now: datetime) -> Invitation | None:
    row = queries_joining.invitation_of(session, key) if rules.is_key(key) else None
    usable = row is not None and invitations.state_of(row, now) is InvitationState.OPEN
    return row if usable else None


def _admit(engine: Engine, key: str, address: str, now: datetime) -> int:
    """Record a try before it is looked at, so that parallel ones count; returns its id.

    Names may be tried only so often with one link, and links only so often from an address.
    """
    with writing(engine) as session:
        row = queries_joining.invitation_of(session, key) if rules.is_key(key) else None
        name = f"{_JOIN}-{row.id}" if row else _JOIN
        since = now - WINDOW
        by_link = queries_door.last_failures(session, _TRIES_PER_LINK, login=name, after=since)
        by_address = queries_door.last_failures(
            session, TRIES_PER_ADDRESS, address=address, after=since
        )
        if (row and len(by_link) >= _TRIES_PER_LINK) or len(by_address) >= TRIES_PER_ADDRESS:
            raise NotAllowed(PAUSED)
        attempt = LoginAttempt(at=now, login=name, address=address, succeeded=False)
        session.add(attempt)
        session.flush()
        return attempt.id


def _join(
    engine: Engine, key: str, chosen: tuple[str, str, str], attempt: int, now: datetime, number: int
) -> str:
    with writing(engine) as session:
        row = queries_joining.invitation_of(session, key) if rules.is_key(key) else None
        if row is None:
            raise NotFound(DEAD)
        head = journal.lock(session, row.base_id)
        session.refresh(row)
        if number and row.used_at is not None and row.used_at >= now:
            return session.get_one(Account, row.account_id).login  # the try before was saved
        if invitations.state_of(row, now) is not InvitationState.OPEN:
            raise NotFound(DEAD)
        at = max(now, head.at + timedelta(microseconds=1))
        with journal.recording(session) as changes:
            account = _opened(session, row, chosen, at)
            session.flush()
        session.get_one(LoginAttempt, attempt).succeeded = True
        note = journal.Note(row.base_id, at, account.id, "invitation.use", "account", account.id)
        journal.append(session, head, note, changes, now)
        return account.login


def _opened(
    session: Session, row: Invitation, chosen: tuple[str, str, str], at: datetime
) -> Account:
    login, name, password = chosen
    name = queries_joining.approved_name(session, row.id) or name
    account = accounts.of_invitation(
        session, row.base_id, login, name, password,
        role=row.role, organisation_id=row.organisation_id, at=at,
    )  # fmt: skip
    row.used_at, row.account_id = at, account.id
    return account


def _ask(
    engine: Engine, base_id: int, draft: RegistrationDraft, key: str, address: str, now: datetime
) -> None:
    with writing(engine) as session:
        if base_id not in queries_joining.open_bases(session):
            raise NotAllowed(CLOSED)
        head = journal.lock(session, base_id)
        if queries_joining.registration_of(session, key) is not None:
            return
        since = now - rules.ASKED_WITHIN
        if queries_joining.tries(session, _ASK, address, since) >= rules.ASKED_PER_ADDRESS:
            raise NotAllowed(TOO_MANY)
        if queries_joining.waiting(session, base_id) >= rules.MOST_WAITING:
            raise Conflict(FULL)
        at = max(now, head.at + timedelta(microseconds=1))
        with journal.recording(session) as changes:
            row = _request(session, base_id, draft, key, at)
            session.flush()
        session.add(LoginAttempt(at=now, login=_ASK, address=address, succeeded=True))
        note = journal.Note(base_id, at, None, "registration.ask", "registration", row.id)
        journal.append(session, head, note, changes, now)


def _request(
    session: Session, base_id: int, draft: RegistrationDraft, key: str, at: datetime
) -> Registration:
    unit = session.get(Organisation, draft.organisation_id) if draft.organisation_id else None
    known = unit is not None and unit.base_id == base_id
    row = Registration(
        base_id=base_id,
        token_hash=token_hash(key),
        name=draft.name,
        unit=draft.unit,
        organisation_id=unit.id if known else None,
        contact=draft.contact,
        reason=draft.reason,
        recorded_at=at,
    )
    session.add(row)
    found = queries_people.holders(session, base_id, [Role.ADMIN])
    untold = set(found) - queries_joining.told(session, found, ASKED)
    notices.tell(session, base_id, untold, ASKED, page="people", about_id=None, at=at)
    return row


def _units(engine: Engine, base_id: int, text: str, address: str, now: datetime) -> dict[int, str]:
    with writing(engine) as session:
        since = now - rules.LOOKED_WITHIN
        if base_id not in queries_joining.open_bases(session):
            return {}
        if queries_joining.tries(session, _LOOK, address, since) >= rules.LOOKED_PER_ADDRESS:
            return {}
        session.add(LoginAttempt(at=now, login=_LOOK, address=address, succeeded=True))
        return queries_joining.units_like(session, base_id, text, rules.MOST_FOUND)
