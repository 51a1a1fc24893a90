"""Accounts, roles and sessions, looked up anew at every action."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam
from sqlmodel import Session, col, select

from pilot.domain.errors import NotAllowed
from pilot.domain.people import Actor, Role
from pilot.store.models import Account, AccountRole, JournalHead, LoginSession
from pilot.store.tokens import token_hash

SIGN_IN_AGAIN = "登录已失效，请重新登录。"


def actor(session: Session, by: int | str, now: datetime) -> Actor:
    """The actor of an account id or a session token; raises NotAllowed if it may not act now."""
    return _actor(_asked(session, _OF_ID, _OF_TOKEN, by, now))


def in_turn(session: Session, by: int | str, now: datetime) -> tuple[Actor, JournalHead]:
    """The same, with the base's turn to write, which is taken as `journal.lock` takes it."""
    rows = _asked(session, _OF_ID_IN_TURN, _OF_TOKEN_IN_TURN, by, now)
    return _actor(rows), rows[0].JournalHead


def _asked(
    session: Session, of_id: Select, of_token: Select, by: int | str, now: datetime
) -> Sequence[Row]:
    if isinstance(by, int):
        return session.execute(of_id, {"id": by}).all()
    return session.execute(of_token, {"token": token_hash(by), "now": now}).all()


def _actor(rows: Sequence[Row]) -> Actor:
    if not rows:
        raise NotAllowed(SIGN_IN_AGAIN)
    found, roles = rows[0], frozenset(row.role for row in rows if row.role)
    return Actor(found.id, found.base_id, found.name, roles)


def _actors() -> Select:
    """A row for each role of an account that is not disabled; built once, asked at every action."""
    return (
        select(Account.id, Account.base_id, Account.name, AccountRole.role)
        .join(AccountRole, col(AccountRole.account_id) == col(Account.id), isouter=True)
        .where(col(Account.disabled_at).is_(None))
    )


def _live() -> ColumnElement[bool]:
    """Neither revoked nor past its idle or absolute end."""
    ends = LoginSession.__table__.c.expires_at
    return and_(
        LoginSession.token_hash == bindparam("token"),
        col(LoginSession.revoked_at).is_(None),
        ends > bindparam("now", type_=ends.type),
    )


def _with_turn(actors: Select) -> Select:
    """Locks the end of the base's journal, and nothing of the account."""
    ends = col(JournalHead.base_id) == col(Account.base_id)
    return actors.add_columns(JournalHead).join(JournalHead, ends).with_for_update(of=JournalHead)


_OF_ID = _actors().where(Account.id == bindparam("id"))
_OF_TOKEN = (
    _actors().join(LoginSession, col(LoginSession.account_id) == col(Account.id)).where(_live())
)
_OF_ID_IN_TURN, _OF_TOKEN_IN_TURN = _with_turn(_OF_ID), _with_turn(_OF_TOKEN)


def as_actor(session: Session, account: Account) -> Actor:
    """An account with the roles it holds now."""
    roles = session.exec(select(AccountRole.role).where(AccountRole.account_id == account.id))
    return Actor(account.id, account.base_id, account.name, frozenset(roles))


def live_session(session: Session, token: str, now: datetime) -> LoginSession | None:
    """The session of a token that is neither revoked nor past its idle or absolute end."""
    query = select(LoginSession).where(_live())
    return session.exec(query, params={"token": token_hash(token), "now": now}).first()


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


def reporters(session: Session, base_id: int) -> list[int]:
    """Who is asked to hand in a base's reports: its officers, or its managers if it has none."""
    officers = holders(session, base_id, [Role.OFFICER])
    return officers or holders(session, base_id, [Role.MANAGER])
