"""The demonstration shows everything the product knows, and its numbers are what they should be."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session, select

from pilot.domain.moment import moment
from pilot.domain.submissions import Tab
from pilot.domain.vocabulary import (
    Conclusion,
    EvidenceState,
    FilingState,
    Gate,
    Indicator,
    Scope,
    Stage,
    Standing,
    State,
    SubmissionState,
)
from pilot.reports import pack_changes
from pilot.services.verify import verify
from pilot.store import queries_counting, queries_review_queue
from pilot.store.engine import make_engine
from pilot.store.models import (
    Account,
    Base,
    Decision,
    Evidence,
    Filing,
    FilingEdition,
    Organisation,
    Project,
    ReportFiling,
    Submission,
    SubmissionRound,
)

FROZEN = FilingState.FROZEN
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


def test_reports_were_handed_in_but_for_two_that_wait_for_a_signature(shown):
    found = shown.exec(select(ReportFiling)).all()
    waiting = {(one.template, one.period): one.state for one in found if one.state is not FROZEN}

    assert len(found) == 2 * 34 + 11 + 2 * 4  # months, quarters, years
    assert waiting == {
        ("R1", "2026-10"): FilingState.APPROVED,
        ("R3", "2026-10"): FilingState.SUBMITTED,
    }
    assert [one.year for one in shown.exec(select(Filing).order_by(Filing.year))] == [2024, 2025]


def test_one_report_was_corrected_and_its_correction_says_what_came_late(shown, demo):
    [(number, filing_id)] = shown.exec(
        select(FilingEdition.number, FilingEdition.filing_id).where(FilingEdition.number > 1)
    )
    packs = select(FilingEdition.pack_id).where(FilingEdition.filing_id == filing_id)
    folder, view = demo / "demo-attachments", moment(LATER)
    found = [
        pack_changes.counts(shown, 1, [pack], folder, view)[pack]
        for pack in shown.exec(packs.order_by(FilingEdition.number))
    ]

    assert (number, found) == (2, [2, 0])


def test_every_organisation_is_plainly_fictional(shown):
    assert all(name.startswith("示例") for name in shown.exec(select(Organisation.name)))


def test_its_records_verify(shown, demo):
    base = shown.exec(select(Base)).one()
    assert verify(shown, demo / "demo-attachments", base).differences == ()
