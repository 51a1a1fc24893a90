"""Units and persons, and what names them (单位, 人员)."""

from collections.abc import Sequence

from sqlmodel import Session, col, or_, select

from pilot.store.models import Landing, Organisation, Person, Project, ResultHolder, Transfer


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


def plant_projects(session: Session, organisation_id: int) -> list[int]:
    """The projects whose plant it runs (实施单位)."""
    query = select(Landing.project_id).where(Landing.entity_id == organisation_id).distinct()
    return sorted(session.exec(query))
