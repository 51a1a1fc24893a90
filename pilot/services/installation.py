"""A new base (基地): its row, its journal, and the lists it starts with."""

from datetime import datetime

from sqlmodel import Session

from pilot.services import setup
from pilot.store import journal
from pilot.store.models import Base


def open_base(
    session: Session,
    *,
    code: str,
    name: str,
    city_code: str,
    city_name: str,
    at: datetime,
    demo: bool = False,
) -> Base:
    """Create a base with an empty journal and the lists of `data/codes`; commits nothing."""
    base = Base(code=code, name=name, city_code=city_code, city_name=city_name, is_demo=demo)
    session.add(base)
    session.flush()
    journal.open_book(session, base, at)
    setup.install(session, base, at)
    return base
