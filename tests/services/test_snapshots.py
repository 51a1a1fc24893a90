"""A stored month and what has come since add up to what counting anew gives, at any two times."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, func, select

from pilot.domain.moment import Moment, month_ends
from pilot.domain.vocabulary import GOALS, Scope, Stage, Standing, State
from pilot.services import snapshots
from pilot.store import journal, project_spans, queries_snapshots, queries_stage_counts
from pilot.store.models import (
    Claim,
    CountSnapshot,
    Definition,
    Project,
    ProjectSpan,
    SnapshotClaims,
)
from tests import factories
from tests.factories import NOON

FIRST = datetime(2026, 1, 10, 4, tzinfo=UTC)


def counted(session: Session, bases: list[int], view: Moment) -> tuple[Counter, Counter]:
    """Everything counted anew, by the definition of the two times."""
    span = ProjectSpan
    projects = session.exec(
        select(*[getattr(span, name) for name in queries_snapshots.PROJECT_KEYS]).where(
            span.base_id.in_(bases),
            span.valid_from <= view.as_of,
            span.valid_to > view.as_of,
            span.known_from <= view.known_at,
            span.known_to > view.known_at,
        )
    )
    claims = Counter()
    for row in session.exec(select(Claim).where(Claim.base_id.in_(bases))):
        if row.effective_on <= view.as_of and row.recorded_at <= view.known_at:
            key = tuple(getattr(row, name) for name in queries_snapshots.CLAIM_KEYS)
            claims[key] += row.sign
    nonzero = {key: number for key, number in claims.items() if number}
    return Counter(tuple(row) for row in projects), Counter(nonzero)


def by_state(projects: Counter) -> Counter:
    found = Counter()
    for (_, stage, state, *_rest), number in projects.items():
        found[stage, state] += number
    return found


def in_stages(session: Session, bases: list[int], view: Moment) -> Counter:
    found = queries_stage_counts.stage_counts(session, bases, view)
    return Counter({(stage, state): number for stage, state, number in found})


class History:
    """A base to which things happen at random, entered late as often as not."""

    def __init__(self, session: Session, chance: random.Random, code: str) -> None:
        self.session, self.chance = session, chance
        self.people = factories.team(session, code)
        self.base_id, self.at = self.people.base.id, FIRST
        self.definition = session.exec(
            select(Definition.id).where(Definition.base_id == self.base_id)
        ).first()
        self.projects: list[Project] = []

    def step(self) -> None:
        """One command some days later: a project changes, a unit is counted or taken back."""
        self.at += timedelta(days=self.chance.randint(0, 9), seconds=self.chance.randint(1, 9))
        head = journal.lock(self.session, self.base_id)
        head.at = self.at
        day = self.at.date() - timedelta(days=self.chance.choice([0, 0, 1, 20, 45, 100]))
        self.chance.choice([self._project, self._project, self._claim, self._reversal])(day)
        self.session.flush()

    def _project(self, day: date) -> None:
        if not self.projects or self.chance.random() < 0.3:
            self.session.info["clock"] = self.at - timedelta(seconds=1)
            self.projects.append(factories.project(self.session, self.people))
            return
        row = self.chance.choice(self.projects)
        row.stage, row.state = self.chance.choice(list(Stage)), self.chance.choice(list(State)[:4])
        row.field = self.chance.choice([None, "new_materials", "biology"])
        project_spans.refresh(self.session, row, on=max(day, date(2026, 1, 5)), at=self.at)

    def _claim(self, day: date) -> None:
        self._entry(day, 1, None)

    def _reversal(self, day: date) -> None:
        taken = select(Claim.reverses_id).where(Claim.reverses_id.is_not(None))
        query = select(Claim).where(
            Claim.base_id == self.base_id, Claim.sign == 1, Claim.id.not_in(taken)
        )
        if row := self.session.exec(query).first():
            self._entry(day, -1, row)

    def _entry(self, day: date, sign: int, back: Claim | None) -> None:
        self.session.add(
            Claim(
                base_id=self.base_id,
                indicator=back.indicator if back else self.chance.choice(GOALS),
                scope=back.scope if back else self.chance.choice(list(Scope)),
                standing=back.standing if back else self.chance.choice(list(Standing)),
                unit_kind="project",
                unit_id=1,
                year=back.year if back else day.year,
                sign=sign,
                effective_on=day,
                recorded_at=self.at,
                definition_id=self.definition,
                rule="示例",
                reverses_id=back.id if back else None,
            )
        )


@pytest.mark.parametrize("number", range(4))
def test_snapshots_and_what_came_since_are_the_live_count(session, number, monkeypatch):
    chance = random.Random(number)
    bases = [History(session, chance, code) for code in ("AA", "BB", "CC")]
    for turn in range(60):
        for base in bases:
            base.step()
        if turn % 20 == 15:  # the third base never gets one
            for base in bases[:2]:
                snapshots.refresh(session, base.base_id, at=base.at, months=chance.randint(1, 6))
    ids = [base.base_id for base in bases]
    for _ in range(25):
        day = date(2025, 9, 1) + timedelta(days=chance.randint(0, 600))
        known = FIRST + timedelta(days=chance.randint(0, 400))
        view = Moment(day.year, day, known, False)
        projects, claims = counted(session, ids, view)
        assert queries_snapshots.projects(session, ids, view) == projects
        assert queries_snapshots.claims(session, ids, view) == claims
        assert in_stages(session, ids, view) == by_state(projects)
        monkeypatch.setattr(queries_stage_counts, "MANY", 2)
        assert in_stages(session, ids, view) == by_state(projects)
        monkeypatch.undo()
    assert session.exec(select(func.count()).select_from(SnapshotClaims)).one() > 0


def test_a_month_is_stored_once_and_never_changed(session):
    people = factories.team(session)
    factories.project(session, people)
    assert snapshots.refresh(session, people.base.id, at=NOON, months=3) == 3
    assert snapshots.refresh(session, people.base.id, at=NOON, months=3) == 0
    kept = session.exec(select(CountSnapshot).order_by(CountSnapshot.month_end)).all()
    assert [row.month_end for row in kept] == month_ends(date(2026, 6, 1), 3)
    assert {row.known_at for row in kept} == {journal.lock(session, people.base.id).at}


def test_what_is_entered_late_about_a_stored_month_is_seen_only_by_who_may_know_it(session):
    chance = random.Random(1)
    base = History(session, chance, "AA")
    snapshots.refresh(session, base.base_id, at=FIRST + timedelta(days=60), months=1)
    base.at = FIRST + timedelta(days=90)
    base._claim(FIRST.date())
    session.flush()
    month_end = month_ends((FIRST + timedelta(days=60)).date(), 1)[0]
    before = Moment(2026, month_end, base.at - timedelta(seconds=1), False)
    after = Moment(2026, month_end, base.at, False)
    assert sum(queries_snapshots.claims(session, [base.base_id], before).values()) == 0
    assert sum(queries_snapshots.claims(session, [base.base_id], after).values()) == 1


def test_the_ends_of_months():
    ends = month_ends(date(2024, 3, 31), 3)
    assert ends == [date(2023, 12, 31), date(2024, 1, 31), date(2024, 2, 29)]
    assert month_ends(date(2024, 3, 1), 1) == [date(2024, 2, 29)]
