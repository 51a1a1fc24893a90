"""Bases (基地): which ones a reader may see."""

from collections.abc import Collection, Sequence

from sqlmodel import Session, col, select

from pilot.domain.people import Actor
from pilot.store.models import Base


def visible(session: Session, actor: Actor) -> Sequence[Base]:
    """The bases whose records an actor reads: their own, or all for the province."""
    query = select(Base).order_by(col(Base.id))
    if not actor.sees_all_bases:
        query = query.where(Base.id == actor.base_id)
    return session.exec(query).all()


def names(session: Session, ids: Collection[int]) -> dict[int, str]:
    """The names of bases by id."""
    query = select(Base.id, Base.name).where(col(Base.id).in_(list(ids)))
    return dict(session.exec(query).all())
