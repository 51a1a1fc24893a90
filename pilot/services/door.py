"""The door (登录): sign in and out, limits on guessing, who stands behind a session.

These are not verbs: a stranger has no actor yet. Tries and sessions are records of their own
(login_attempt, login_session), and each sign-in or refusal is one line of the security log.
"""

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from pilot.domain.errors import Busy, NotAllowed, Unwritable
from pilot.domain.passwords import is_typable
from pilot.domain.people import Actor
from pilot.services import accounts, passwords
from pilot.services.command import perform
from pilot.store import queries_door, queries_people
from pilot.store.engine import reading, writing
from pilot.store.models import LoginAttempt, LoginSession
from pilot.store.retrying import again
from pilot.store.tokens import new_token, token_hash

WRONG = "登录名或密码不正确，请核对后重试。"
PAUSED = "登录失败次数过多，已暂停 15 分钟；请稍后再试，或请管理员重置密码。"
WINDOW = timedelta(minutes=15)
TRIES_PER_LOGIN, TRIES_PER_ADDRESS = 5, 30
KNOWN_FOR = timedelta(days=30)
TOUCH_EVERY = timedelta(minutes=1)

log = logging.getLogger("pilot.door")


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lasts: `idle` after its last use, `longest` after the sign-in."""

    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=10)

    def end(self, started: datetime, used: datetime) -> datetime:
        """When a session ends unless it is used again."""
        return min(started + self.longest, used + self.idle)


@dataclass(frozen=True, slots=True)
class SignIn:
    """What a try at the door came to: a token, or a sentence that says why not."""

    token: str | None
    sentence: str = ""
    must_change: bool = False


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who stands behind a live session."""

    actor: Actor
    login: str
    session_id: int
    started: datetime
    last_seen: datetime
    must_change: bool


@dataclass(frozen=True, slots=True)
class _Try:
    """A try that the limits let through; it counts as failed until it succeeds."""

    id: int
    stored: str | None


def sign_in(
    engine: Engine,
    login: str,
    password: str,
    *,
    address: str,
    agent: str,
    now: datetime,
    old: str = "",
    limits: Limits | None = None,
) -> SignIn:
    """Try a password: the same sentence and the same work whether the login exists or not.

    Five failures of a login, or thirty from an address, within 15 minutes pause it for 15
    minutes. The token `old` that the browser brought along ends; a new one is issued.
    """
    login, address = login.strip().lower(), address[:64]
    if not is_typable(login, 64) or not is_typable(password):
        return SignIn(None, WRONG)
    attempt = _admit(engine, login, address, now)
    if attempt is None:
        log.warning("sign-in paused for %s", address)
        return SignIn(None, PAUSED)
    good, renewed = passwords.verified(password, attempt.stored)
    opened = functools.partial(_browser, address, agent, now, limits or Limits())
    found = _let_in(engine, login, attempt, opened, renewed=renewed, old=old) if good else None
    if found is None:
        log.warning("sign-in refused for %s", address)
        return SignIn(None, WRONG)
    return found


def sign_out(engine: Engine, token: str, *, now: datetime) -> None:
    """End the session of a token (退出登录)."""
    if not token:
        return

    def once(_number: int) -> None:
        with writing(engine) as session:
            queries_door.revoke(session, token, now)

    again(once)


def visitor(session: Session, token: str, now: datetime) -> Visitor | None:
    """Who stands behind a token now; None if the session or the account has ended."""
    if not token or not is_typable(token, 100):
        return None
    rows = queries_door.open_session(session, token, now)
    if not rows:
        return None
    found, roles = rows[0], frozenset(row.role for row in rows if row.role)
    actor = Actor(found.account_id, found.base_id, found.name, roles)
    return Visitor(
        actor,
        found.login,
        found.session_id,
        found.created_at,
        found.last_seen_at,
        found.must_change,
    )


def touch(engine: Engine, who: Visitor, *, now: datetime, limits: Limits | None = None) -> None:
    """Note that a person used the session; written at most once a minute.

    A database that takes no writes just now still lets people read.
    """
    if now - who.last_seen < TOUCH_EVERY:
        return
    end = (limits or Limits()).end(who.started, now)
    try:
        with writing(engine) as session:
            queries_door.touch(session, who.session_id, now, end)
    except (Busy, Unwritable) as error:
        log.warning("use of session %s not noted: %s", who.session_id, error.message)


def change_password(
    engine: Engine, token: str, current: str, new: str, *, address: str, now: datetime
) -> str:
    """Change the password of a session's owner and return the login; every session ends.

    Guesses at the present password are limited like those at the door. Raises a PilotError.
    """
    with reading(engine) as session:
        who = visitor(session, token, now)
    if who is None:
        raise NotAllowed(queries_people.SIGN_IN_AGAIN)
    accounts.check_new_password(current, new, who.login)
    attempt = _admit(engine, who.login, address[:64], now)
    if attempt is None:
        raise NotAllowed(PAUSED)
    perform(engine, accounts.change_password, current, new, by=token, now=now)
    again(lambda _number: _succeeded(engine, attempt))
    return who.login


def _succeeded(engine: Engine, attempt: _Try) -> None:
    with writing(engine) as session:
        session.get_one(LoginAttempt, attempt.id).succeeded = True


def _admit(engine: Engine, login: str, address: str, now: datetime) -> _Try | None:
    """Record a try before its password is looked at, so that parallel ones are counted too."""
    return again(lambda _number: _recorded(engine, login, address, now))


def _recorded(engine: Engine, login: str, address: str, now: datetime) -> _Try | None:
    with writing(engine) as session:
        account = queries_door.account_named(session, login, lock=True)
        # A name that nobody has may be a password in the wrong field: only its digest is kept.
        name = login if account else f"?{token_hash(login)[:32]}"
        if _paused(session, name, address, now):
            return None
        row = LoginAttempt(at=now, login=name, address=address, succeeded=False)
        session.add(row)
        session.flush()
        closed = account is None or account.disabled_at is not None
        return _Try(row.id, None if closed else account.password_hash)


def _paused(session: Session, login: str, address: str, now: datetime) -> bool:
    """Whether the login or the address failed too often.

    From an address where the owner has signed in before, only that address's failures count:
    a stranger who guesses elsewhere can't lock the owner out.
    """
    success = queries_door.last_success(session, login, address)
    known = success is not None and now - success < KNOWN_FOR
    where = address if known else None
    since = success if known else queries_door.last_success(session, login)
    by_login = queries_door.last_failures(
        session, TRIES_PER_LOGIN, login=login, address=where, after=since
    )
    by_address = queries_door.last_failures(session, TRIES_PER_ADDRESS, address=address)
    return _too_many(by_login, TRIES_PER_LOGIN, now) or _too_many(
        by_address, TRIES_PER_ADDRESS, now
    )


def _too_many(failures: list[datetime], most: int, now: datetime) -> bool:
    """Whether `most` failures lie within one window that ended less than a window ago."""
    if len(failures) < most:
        return False
    return failures[0] - failures[-1] <= WINDOW and now - failures[0] < WINDOW


def _browser(address: str, agent: str, now: datetime, limits: Limits) -> LoginSession:
    """A session that begins now; whose it is comes later."""
    return LoginSession(
        created_at=now,
        last_seen_at=now,
        expires_at=limits.end(now, now),
        address=address,
        agent=agent[:200],
    )


def _let_in(
    engine: Engine,
    login: str,
    attempt: _Try,
    opened: Callable[[], LoginSession],
    *,
    renewed: str | None,
    old: str,
) -> SignIn | None:
    """Open a session, unless the account was closed while the password was looked at.

    A try whose answer was lost may leave one more session behind that nobody has the token of.
    """

    def once(_number: int) -> SignIn | None:
        token, browser = new_token(), opened()
        with writing(engine) as session:
            account = queries_door.account_named(session, login, lock=True)
            if (
                account is None
                or account.disabled_at
                or account.password_hash not in (attempt.stored, renewed)
            ):
                return None
            if renewed:
                account.password_hash = renewed
            session.get_one(LoginAttempt, attempt.id).succeeded = True
            if old:
                queries_door.revoke(session, old, browser.created_at)
            browser.account_id, browser.token_hash = account.id, token_hash(token)
            session.add(browser)
        log.info("account %s signed in from %s", account.id, browser.address)
        return SignIn(token, must_change=account.must_change)

    return again(once)
