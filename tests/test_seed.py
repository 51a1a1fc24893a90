"""The demonstration shows everything the product knows, and its numbers are what they should be."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session, select

from pilot.domain.moment import moment
from pilot.domain.submissions import Tab
from pilot.domain.vocabulary import (
    Conclusion,
    EvidenceState,
    Gate,
    Indicator,
    Scope,
    Stage,
    Standing,
    State,
    SubmissionState,
)
from pilot.services.verify import verify
from pilot.store import queries_counting, queries_review_queue
from pilot.store.engine import make_engine
from pilot.store.models import (
    Account,
    Base,
    Decision,
    Evidence,
    Organisation,
    Project,
    Submission,
    SubmissionRound,
)

LATER = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def shown(demo):
    engine = make_engine(f"sqlite:///{demo / 'demo.db'}")
    with Session(engine) as session:
        yield session
    engine.dispose()


def number(session, year, indicator, standing=Standing.COUNTED, **times):
    view = moment(LATER, year=year, **times)
    totals = queries_counting.totals(session, 1, view)
    return totals.get((indicator, Scope.CITY, standing), 0)


@pytest.mark.parametrize(
    ("year", "indicator", "count"),
    [
        (2024, Indicator.NEW_PILOT, 11),
        (2024, Indicator.INDUSTRIALISED, 4),
        (2024, Indicator.TRANSFERRED, 83),
        (2025, Indicator.NEW_PILOT, 8),
        (2025, Indicator.INDUSTRIALISED, 3),
        (2025, Indicator.TRANSFERRED, 61),
        (2026, Indicator.NEW_PILOT, 7),
        (2026, Indicator.INDUSTRIALISED, 2),
        (2026, Indicator.TRANSFERRED, 54),
    ],
)
def test_the_goals_of_a_year(shown, year, indicator, count):
    assert number(shown, year, indicator) == count


def test_a_pilot_entered_late_moves_the_past_as_known_today_only(shown):
    end, then = date(2025, 12, 31), date(2026, 1, 31)
    assert number(shown, 2025, Indicator.NEW_PILOT, as_of=end) == 8
    assert number(shown, 2025, Indicator.NEW_PILOT, as_of=end, known_on=then) == 7


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (Project.stage, set(Stage)),
        (Project.state, set(State)),
        (Decision.gate, set(Gate)),
        (Decision.conclusion, {Conclusion.PASS, Conclusion.CONDITIONAL}),
        (Submission.state, set(SubmissionState)),
        (Evidence.state, set(EvidenceState) - {EvidenceState.MISSING, EvidenceState.EXPIRED}),
    ],
    ids=["stages", "states and ends", "gates", "conclusions", "submissions", "papers"],
)
def test_it_shows_every(shown, column, words):
    assert words <= set(shown.exec(select(column)))


def test_every_tab_of_the_reviewers_queue_shows_something(shown):
    reviewer = shown.exec(select(Account.id).where(Account.login == "reviewer")).one()
    found = queries_review_queue.counts(shown, 1, reviewer)

    assert found == {Tab.MINE: 1, Tab.UNCLAIMED: 1, Tab.RETURNED: 1, Tab.DONE: 4}


def test_one_submission_waits_with_a_look_alike_and_one_came_back_twice(shown):
    rounds = shown.exec(select(SubmissionRound)).all()
    assert any(one.alike for one in rounds)
    assert max(one.number for one in rounds) == 2


def test_every_organisation_is_plainly_fictional(shown):
    assert all(name.startswith("示例") for name in shown.exec(select(Organisation.name)))


def test_its_records_verify(shown, demo):
    base = shown.exec(select(Base)).one()
    assert verify(shown, demo / "demo-attachments", base).differences == ()
