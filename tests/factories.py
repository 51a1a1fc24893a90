"""Data for tests, reached by the real verbs; each factory names only what matters."""

from datetime import UTC, datetime

from sqlalchemy import func
from sqlmodel import Session, select

from pilot.domain.people import Actor, Role
from pilot.store import journal
from pilot.store.models import Account, AccountRole, Base

NOON = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)


def base(session: Session, code: str = "PJ", **fields) -> Base:
    """A pilot base with an open journal."""
    values = {"name": "示例中试基地", "city_code": "211100", "city_name": "盘锦市"} | fields
    row = Base(code=code, **values)
    session.add(row)
    session.flush()
    journal.open_book(session, row, NOON)
    session.flush()
    return row


def actor(session: Session, home: Base, *roles: Role, login: str = "", name: str = "") -> Actor:
    """An account of a base with the given roles (manager unless told otherwise)."""
    roles = roles or (Role.MANAGER,)
    login = login or f"user{_count(session, Account) + 1}"
    row = Account(
        base_id=home.id,
        login=login,
        name=name or f"示例{login}",
        password_hash="!",
        password_set_at=NOON,
        recorded_at=NOON,
    )
    session.add(row)
    session.flush()
    session.add_all(AccountRole(account_id=row.id, role=role, base_id=home.id) for role in roles)
    session.flush()
    return Actor(row.id, home.id, row.name, frozenset(roles))


def _count(session: Session, kind: type) -> int:
    return session.exec(select(func.count()).select_from(kind)).one()
