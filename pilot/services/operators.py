"""Who acts at the command line (操作人): an account like any other, named by its login."""

from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from pilot.domain.errors import NotFound, PilotError
from pilot.domain.people import MAY, Actor
from pilot.store import queries_door, queries_people
from pilot.store.engine import reading


def operator(engine: Engine, login: str) -> int:
    """The account that a command writes for; NotFound for a login nobody has."""
    with reading(engine) as session:
        return _named(session, login)


def reader(session: Session, login: str, action: str, now: datetime) -> Actor:
    """Who a command reads for: the named account, or one of the only base that may.

    Whoever runs commands on the server can read its database anyway; a name is only needed to
    tell bases apart.
    """
    if login:
        return queries_people.actor(session, _named(session, login), now)
    able = [row for row in queries_door.enabled_roles(session) if row.role in MAY[action]]
    if len({row.base_id for row in able}) != 1:
        raise PilotError("请用 --by 写明操作人的登录名。")
    return queries_people.actor(session, min(row.account_id for row in able), now)


def _named(session: Session, login: str) -> int:
    account = queries_door.account_named(session, login.strip())
    if account is None:
        raise NotFound(f"没有登录名为“{login}”的账号。")
    return account.id
