"""What public sources say (公开信息)."""

from sqlmodel import Session, select

from pilot.store.models import Project, PublicFact


def known(session: Session, base_id: int) -> set[tuple[str, str, str]]:
    """Subject, text and source of everything already recorded."""
    fact = PublicFact
    query = select(fact.subject, fact.fact, fact.source).where(fact.base_id == base_id)
    return set(session.exec(query).all())


def projects_by_name(session: Session, base_id: int) -> dict[str, Project]:
    """The projects of a base by name."""
    query = select(Project).where(Project.base_id == base_id)
    return {row.name: row for row in session.exec(query)}
