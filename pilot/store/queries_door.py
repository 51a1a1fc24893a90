"""What the door asks: accounts by login, tries that failed, sessions that are open."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, Select, bindparam, func, update
from sqlmodel import Session, col, select

from pilot.domain.people import Role
from pilot.store.models import Account, AccountRole, Base, LoginAttempt, LoginSession
from pilot.store.tokens import token_hash


def account_named(session: Session, login: str, *, lock: bool = False) -> Account | None:
    """The account of a login name; `lock` makes other tries for it wait for this transaction."""
    query = select(Account).where(Account.login == login)
    return session.exec(query.with_for_update() if lock else query).first()


def last_failures(
    session: Session,
    most: int,
    *,
    login: str | None = None,
    address: str | None = None,
    after: datetime | None = None,
) -> list[datetime]:
    """When the last failed tries of a login and/or an address were, newest first."""
    query = select(LoginAttempt.at).where(col(LoginAttempt.succeeded).is_(False))
    if login is not None:
        query = query.where(LoginAttempt.login == login)
    if address is not None:
        query = query.where(LoginAttempt.address == address)
    if after is not None:
        query = query.where(LoginAttempt.at > after)
    return list(session.exec(query.order_by(col(LoginAttempt.at).desc()).limit(most)))


def last_success(session: Session, login: str, address: str | None = None) -> datetime | None:
    """When a login last signed in, from anywhere or from one address."""
    query = select(func.max(LoginAttempt.at)).where(
        LoginAttempt.login == login, col(LoginAttempt.succeeded).is_(True)
    )
    if address is not None:
        query = query.where(LoginAttempt.address == address)
    return session.exec(query).one()


def open_session(session: Session, token: str, now: datetime) -> Sequence[Row]:
    """The session of a token with its account, a row for each role; none if either has ended."""
    return session.execute(_OPEN, {"token": token_hash(token), "now": now}).all()


def _open() -> Select:
    """Columns, not objects, and built once: every run of every page asks this several times."""
    return (
        select(
            col(LoginSession.id).label("session_id"),
            LoginSession.created_at,
            LoginSession.last_seen_at,
            col(Account.id).label("account_id"),
            Account.base_id,
            Account.login,
            Account.name,
            Account.must_change,
            AccountRole.role,
        )
        .join(Account, col(Account.id) == col(LoginSession.account_id))
        .join(AccountRole, col(AccountRole.account_id) == col(Account.id), isouter=True)
        .where(
            LoginSession.token_hash == bindparam("token"),
            col(LoginSession.revoked_at).is_(None),
            LoginSession.expires_at
            > bindparam("now", type_=LoginSession.__table__.c.expires_at.type),
            col(Account.disabled_at).is_(None),
        )
    )


_OPEN = _open()


def touch(session: Session, session_id: int, now: datetime, expires_at: datetime) -> None:
    """Note that a session is in use and move its end; one that was revoked stays so."""
    session.exec(
        update(LoginSession)
        .where(col(LoginSession.id) == session_id, col(LoginSession.revoked_at).is_(None))
        .values(last_seen_at=now, expires_at=expires_at)
    )


def revoke(session: Session, token: str, at: datetime) -> None:
    """End the session of a token."""
    session.exec(
        update(LoginSession)
        .where(
            col(LoginSession.token_hash) == token_hash(token),
            col(LoginSession.revoked_at).is_(None),
        )
        .values(revoked_at=at)
    )


def revoke_all(session: Session, account_id: int, at: datetime) -> None:
    """End every session of an account at once."""
    session.exec(
        update(LoginSession)
        .where(col(LoginSession.account_id) == account_id, col(LoginSession.revoked_at).is_(None))
        .values(revoked_at=at)
    )


def open_count(session: Session, account_id: int, now: datetime) -> int:
    """How many sessions of an account are open now."""
    query = select(func.count()).where(
        LoginSession.account_id == account_id,
        col(LoginSession.revoked_at).is_(None),
        LoginSession.expires_at > now,
    )
    return session.exec(query).one()


def other_administrators(session: Session, base_id: int, account_id: int) -> int:
    """How many active administrators a base has besides one account."""
    query = (
        select(func.count())
        .select_from(AccountRole)
        .join(Account, col(Account.id) == col(AccountRole.account_id))
        .where(
            Account.base_id == base_id,
            Account.id != account_id,
            AccountRole.role == Role.ADMIN,
            col(Account.disabled_at).is_(None),
        )
    )
    return session.exec(query).one()


def roles(session: Session, account_id: int) -> list[AccountRole]:
    """The rows that give an account its roles."""
    query = select(AccountRole).where(AccountRole.account_id == account_id)
    return list(session.exec(query.order_by(col(AccountRole.role))))


def enabled_roles(session: Session) -> list[AccountRole]:
    """The roles of every account that is not disabled, of every base."""
    query = (
        select(AccountRole)
        .join(Account, col(Account.id) == col(AccountRole.account_id))
        .where(col(Account.disabled_at).is_(None))
    )
    return list(session.exec(query))


def accounts(session: Session, base_id: int) -> list[tuple[Account, list[Role], datetime | None]]:
    """Every account of a base by login, with its roles and when it last signed in."""
    rows = session.exec(
        select(Account).where(Account.base_id == base_id).order_by(col(Account.login))
    )
    held: dict[int, list[Role]] = {}
    for account_id, role in session.exec(
        select(AccountRole.account_id, AccountRole.role).where(AccountRole.base_id == base_id)
    ):
        held.setdefault(account_id, []).append(role)
    last = select(LoginSession.account_id, func.max(LoginSession.created_at)).group_by(
        col(LoginSession.account_id)
    )
    seen = {account_id: at for account_id, at in session.exec(last)}
    order = list(Role)
    return [(row, sorted(held.get(row.id, []), key=order.index), seen.get(row.id)) for row in rows]


def any_base(session: Session, *, demo: bool | None = None) -> bool:
    """Whether a base exists; with `demo`, whether one of a demonstration or a real one does."""
    query = select(Base.id).limit(1)
    if demo is not None:
        query = query.where(col(Base.is_demo).is_(demo))
    return session.exec(query).first() is not None
