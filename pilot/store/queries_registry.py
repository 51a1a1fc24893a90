"""Units and persons, and what names them (单位, 人员)."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from pilot.store.models import (
    Landing,
    Organisation,
    Person,
    Project,
    Result,
    ResultHolder,
    Transfer,
)


def organisation_named(session: Session, base_id: int, name: str) -> Organisation | None:
    """The unit of this name."""
    return session.exec(
        select(Organisation).where(Organisation.base_id == base_id, Organisation.name == name)
    ).first()


def organisation_with_uscc(session: Session, base_id: int, uscc: str) -> Organisation | None:
    """The unit with this credit code."""
    return session.exec(
        select(Organisation).where(Organisation.base_id == base_id, Organisation.uscc == uscc)
    ).first()


def organisations(session: Session, base_id: int) -> Sequence[Organisation]:
    """Every unit of a base, by name."""
    return session.exec(
        select(Organisation)
        .where(Organisation.base_id == base_id)
        .order_by(col(Organisation.name), col(Organisation.id))
    ).all()


def persons(session: Session, base_id: int) -> Sequence[Person]:
    """Every person of a base, by name."""
    return session.exec(
        select(Person).where(Person.base_id == base_id).order_by(col(Person.name), col(Person.id))
    ).all()


def transfers_naming(session: Session, organisation_id: int) -> Sequence[Transfer]:
    """The transfers that a unit receives, or whose result it holds."""
    held = select(ResultHolder.result_id).where(ResultHolder.organisation_id == organisation_id)
    return session.exec(
        select(Transfer)
        .where(
            or_(
                Transfer.receiver_id == organisation_id,
                col(Transfer.result_id).in_(held),
            )
        )
        .order_by(col(Transfer.id))
    ).all()


def results_held(session: Session, organisation_id: int) -> list[int]:
    """The ids of the results that a unit holds."""
    query = select(ResultHolder.result_id).where(ResultHolder.organisation_id == organisation_id)
    return sorted(set(session.exec(query)))


def projects_naming(session: Session, organisation_id: int) -> Sequence[Project]:
    """The projects whose holder or pilot unit it is."""
    return session.exec(
        select(Project)
        .where(
            or_(
                Project.holder_id == organisation_id,
                Project.pilot_org_id == organisation_id,
            )
        )
        .order_by(col(Project.id))
    ).all()


def projects_managed_by(session: Session, person_id: int) -> Sequence[Project]:
    """The projects whose manager it is."""
    return session.exec(
        select(Project).where(Project.manager_id == person_id).order_by(col(Project.id))
    ).all()


def results_led_by(session: Session, person_id: int) -> Sequence[Result]:
    """The standing results somebody is responsible for, by code."""
    return session.exec(_led_by(person_id)).all()


def results_left_behind(
    session: Session, person_id: int, old_unit: int, new_unit: int | None
) -> Sequence[Result]:
    """Of those the ones that the old unit holds and the new one does not."""

    def held_by(unit_id: int | None) -> ColumnElement:
        held = (ResultHolder.result_id == Result.id, ResultHolder.organisation_id == unit_id)
        return select(ResultHolder.id).where(*held).exists()

    query = _led_by(person_id).where(held_by(old_unit), ~held_by(new_unit))
    return session.exec(query).all()


def _led_by(person_id: int) -> SelectOfScalar[Result]:
    standing = (Result.contact_id == person_id, col(Result.voided_at).is_(None))
    return select(Result).where(*standing).order_by(col(Result.code))


def person_names(session: Session, base_id: int) -> dict[int, str]:
    """Every person by id, in the order of their names: name and unit."""
    query = (
        select(Person.id, Person.name, Organisation.name)
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id), isouter=True)
        .where(Person.base_id == base_id)
        .order_by(col(Person.name), col(Person.id))
    )
    return {row_id: f"{name}　{unit or '未登记单位'}" for row_id, name, unit in session.exec(query)}


def plant_projects(session: Session, organisation_id: int) -> list[int]:
    """The projects whose plant it runs (实施单位)."""
    query = select(Landing.project_id).where(Landing.entity_id == organisation_id).distinct()
    return sorted(session.exec(query))
