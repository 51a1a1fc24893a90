"""What watches the installation: open sign-ins, where each journal ends, the newest moment."""

from datetime import datetime

from sqlmodel import Session, col, func, select

from pilot.store.models import Base, JournalHead, LoginSession


def open_sessions(session: Session, now: datetime) -> int:
    """How many sign-ins are open."""
    query = select(func.count()).select_from(LoginSession)
    return session.exec(
        query.where(col(LoginSession.revoked_at).is_(None), LoginSession.expires_at > now)
    ).one()


def sequences(session: Session) -> dict[str, int]:
    """The number of the last journal entry of each base, by the base's code."""
    query = select(Base.code, JournalHead.sequence).join(
        JournalHead, col(JournalHead.base_id) == col(Base.id)
    )
    return dict(session.exec(query.order_by(Base.code)).all())


def last_recorded(session: Session) -> datetime | None:
    """The newest moment that any journal has recorded."""
    return session.exec(select(func.max(JournalHead.at))).one()
