"""What a page kept is shown again only to who would read the same."""

from datetime import UTC, date, datetime, timedelta

import pytest

from pilot.domain.moment import moment
from pilot.domain.people import Actor, Role
from pilot.reports.mark import mark
from pilot.services import projects
from pilot.services.command import perform
from pilot.store import queries_portfolio
from pilot.store.engine import reading, writing
from tests import factories

NOW = datetime(2030, 6, 3, 4, 0, tzinfo=UTC)  # after everything the factories record
SOON = timedelta(minutes=5)


@pytest.fixture
def people(engine):
    with writing(engine) as session:
        found = factories.team(session)
        factories.project(session, found)
    return found


def told(engine, *about) -> str:
    with reading(engine) as session:
        return mark(session, *about)


def test_a_view_of_today_reads_the_same_for_everybody_until_somebody_writes(engine, people):
    before = told(engine, [1], moment(NOW))
    assert told(engine, [1], moment(NOW + SOON)) == before

    perform(engine, projects.note, 1, "示例进展", by=people.manager.id, now=NOW + SOON)
    assert told(engine, [1], moment(NOW + 2 * SOON)) != before


def test_a_view_that_does_not_see_the_last_entry_yet_is_nobody_elses(engine, people):
    perform(engine, projects.note, 1, "示例进展", by=people.manager.id, now=NOW + SOON)
    with reading(engine) as session:
        assert max(at for *_, at in queries_portfolio.journal_heads(session)) == NOW + SOON

    early, later = moment(NOW), moment(NOW + 2 * SOON)
    assert told(engine, early) != told(engine, later)
    assert told(engine, early) != told(engine, moment(NOW + timedelta(seconds=1)))


def test_another_day_year_base_filter_or_reader_is_another_answer(engine):
    reader = Actor(1, 1, "示例", frozenset({Role.MANAGER}))
    asked = [
        (reader, [1], moment(NOW), "加氢"),
        (reader, [1], moment(NOW), "聚合"),
        (reader, [1, 2], moment(NOW), "加氢"),
        (reader, [1], moment(NOW, year=2029), "加氢"),
        (reader, [1], moment(NOW, as_of=date(2030, 6, 1)), "加氢"),
        (reader, [1], moment(NOW, known_on=date(2030, 6, 1)), "加氢"),
        (reader, [1], moment(NOW + timedelta(days=1)), "加氢"),
        (Actor(1, 1, "示例", frozenset({Role.REVIEWER})), [1], moment(NOW), "加氢"),
        (Actor(2, 1, "示例", frozenset({Role.MANAGER})), [1], moment(NOW), "加氢"),
    ]
    assert len({told(engine, *about) for about in asked}) == len(asked)
