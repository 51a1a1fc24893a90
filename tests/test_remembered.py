"""A story told again leaves the rows that acting it out leaves, and ends at other writes."""

import pytest
from sqlmodel import Session, SQLModel, select

from pilot.domain.vocabulary import Gate
from pilot.services import reviews
from tests import factories
from tests.conftest import empty


def told(session: Session):
    people = factories.team(session)
    return people, factories.at_gate(session, people, Gate.G1)


def rows_of(session: Session):
    """Every row, in whatever order it lies."""
    return {
        table.name: sorted(map(repr, session.execute(select(table))))
        for table in SQLModel.metadata.sorted_tables
    }


def test_the_rows_and_the_objects_are_those_of_the_first_time(engine, monkeypatch):
    with Session(engine, expire_on_commit=False) as session:
        _, first = told(session)
        rows = rows_of(session)
    empty(engine)
    monkeypatch.setattr(reviews, "open_review", None)  # nothing is acted out any more
    with Session(engine, expire_on_commit=False) as session:
        _, again = told(session)

        assert rows_of(session) == rows
        assert again in session
        assert again.model_dump() == first.model_dump()


def test_after_another_write_the_verbs_are_asked(engine, monkeypatch):
    with Session(engine, expire_on_commit=False) as session:
        told(session)
    empty(engine)
    monkeypatch.setattr(reviews, "open_review", None)
    with Session(engine, expire_on_commit=False) as session:
        people = factories.team(session)
        people.base.name = "示例另一基地"
        with pytest.raises(TypeError):
            factories.at_gate(session, people, Gate.G1)
