"""The accounts of the page tests as the people of a project."""

from sqlalchemy import Engine
from sqlmodel import Session, select

from pilot.domain.people import Actor, Role
from pilot.store.engine import reading
from pilot.store.models import Account, Base
from pilot.store.queries_people import as_actor
from tests import serving
from tests.factories import Team


def second_accounts(engine: Engine) -> None:
    """A second manager and a second reviewer: whoever submits or scores needs another person."""
    serving.account(engine, "manager2", Role.MANAGER)
    serving.account(engine, "reviewer2", Role.REVIEWER)


def people_and_seconds(engine: Engine) -> None:
    """An account of every role, and the second ones."""
    serving.people(engine)
    second_accounts(engine)


def team(session: Session) -> Team:
    """The people of the one base: `manager` submits, `manager2` decides, two reviewers score."""
    home = session.exec(select(Base)).one()
    logins = ("manager", "manager2", "reviewer", "reviewer2", "province")
    return Team(home, *(_actor(session, login) for login in logins))


def people(engine: Engine) -> Team:
    """The same, read from the database."""
    with reading(engine) as session:
        return team(session)


def _actor(session: Session, login: str) -> Actor:
    return as_actor(session, session.exec(select(Account).where(Account.login == login)).one())
