"""The people of the units that a submission names (成果负责人)."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlmodel import Session, col

from pilot.store.models import Organisation, Person


def of_units(session: Session, base_id: int, unit_ids: Collection[int]) -> dict[int, str]:
    """The people of some units by id, in the order of their names; with the unit if several."""
    query = (
        select(col(Person.id), col(Person.name), col(Organisation.name).label("unit"))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.base_id) == base_id, col(Person.organisation_id).in_(list(unit_ids)))
        .order_by(col(Person.name), col(Person.id))
    )
    return {row.id: f"{row.name}　{row.unit}" for row in session.execute(query)}


def names(session: Session, base_id: int, ids: Collection[int]) -> dict[int, str]:
    """The names of some people of a base."""
    query = select(col(Person.id), col(Person.name)).where(
        col(Person.base_id) == base_id, col(Person.id).in_(list(ids))
    )
    return {row.id: row.name for row in session.execute(query)}


def named(session: Session, unit_id: int, name: str) -> Person | None:
    """The first person of a unit with a name, letter case aside."""
    query = (
        select(Person)
        .where(
            col(Person.organisation_id) == unit_id,
            func.lower(Person.name) == name.lower(),
        )
        .order_by(col(Person.id))
    )
    return session.scalars(query).first()
