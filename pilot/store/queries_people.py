"""Accounts, roles and sessions, looked up anew at every action."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from pilot.domain.errors import NotAllowed
from pilot.domain.people import Actor, Role
from pilot.store.models import Account, AccountRole, LoginSession
from pilot.store.tokens import token_hash

SIGN_IN_AGAIN = "登录已失效，请重新登录。"


def actor(session: Session, by: int | str, now: datetime) -> Actor:
    """The actor of an account id or a session token; raises NotAllowed if it may not act now."""
    found = account_id(session, by, now)
    account = session.get(Account, found) if found is not None else None
    if account is None or account.disabled_at is not None:
        raise NotAllowed(SIGN_IN_AGAIN)
    return as_actor(session, account)


def as_actor(session: Session, account: Account) -> Actor:
    """An account with the roles it holds now."""
    roles = session.exec(select(AccountRole.role).where(AccountRole.account_id == account.id))
    return Actor(account.id, account.base_id, account.name, frozenset(roles))


def live_session(session: Session, token: str, now: datetime) -> LoginSession | None:
    """The session of a token that is neither revoked nor past its idle or absolute end."""
    query = select(LoginSession).where(
        LoginSession.token_hash == token_hash(token),
        col(LoginSession.revoked_at).is_(None),
        LoginSession.expires_at > now,
    )
    return session.exec(query).first()


def account_id(session: Session, by: int | str, now: datetime) -> int | None:
    """The account of an id or of a session token; None when the session has ended."""
    if isinstance(by, int):
        return by
    found = live_session(session, by, now)
    return found.account_id if found else None


def holders(session: Session, base_id: int, roles: Collection[Role]) -> list[int]:
    """The accounts of a base that hold one of the roles and are not disabled."""
    query = (
        select(Account.id)
        .join(AccountRole, col(AccountRole.account_id) == col(Account.id))
        .where(
            Account.base_id == base_id,
            col(Account.disabled_at).is_(None),
            col(AccountRole.role).in_(list(roles)),
        )
        .distinct()
    )
    return sorted(session.exec(query))
