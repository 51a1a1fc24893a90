"""The people of a page test as a team that factories can work with."""

from sqlmodel import Session, col, select

from pilot.domain.people import Actor, Role
from pilot.store.models import Account, Base
from pilot.store.queries_people import as_actor
from tests import factories
from tests.factories import Team


def people_of(session: Session) -> Team:
    """The accounts of `tests.serving` and the second ones that two-person rules need."""
    home = session.exec(select(Base).order_by(col(Base.id))).first()
    return Team(
        base=home,
        manager=_actor(session, home, "manager", Role.MANAGER),
        decider=_actor(session, home, "manager2", Role.MANAGER),
        one=_actor(session, home, "reviewer", Role.REVIEWER),
        other=_actor(session, home, "reviewer2", Role.REVIEWER),
        province=_actor(session, home, "province", Role.PROVINCE),
    )


def _actor(session: Session, home: Base, login: str, role: Role) -> Actor:
    row = session.exec(select(Account).where(Account.login == login)).first()
    return as_actor(session, row) if row else factories.actor(session, home, role, login=login)
