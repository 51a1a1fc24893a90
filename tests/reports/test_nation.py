"""Many bases in one table: the sums of what each base shows by itself."""

import random
from datetime import timedelta

import pytest

from pilot.domain.moment import Moment
from pilot.domain.vocabulary import GOALS, Gate, Indicator, Scope
from pilot.reports import overview, portfolio
from pilot.reports.nation import nation
from pilot.services import snapshots
from pilot.store import queries_overview, queries_stage_counts
from tests import factories, factories_goals
from tests.services.test_snapshots import History

COLUMNS = {"counted": "已计入", "month": "本月", "pending": "待核", "last_year": "上年同期"}


@pytest.fixture
def many(session):
    """Three bases with histories; two have snapshots, and one a goal."""
    chance = random.Random(7)
    found = [History(session, chance, code) for code in ("AA", "BB", "CC")]
    for turn in range(60):
        for base in found:
            base.step()
        if turn == 40:
            for base in found[:2]:
                snapshots.refresh(session, base.base_id, at=base.at, months=5)
    factories_goals.target(session, found[0].people, Indicator.NEW_PILOT, 10)
    return found


def view_of(many):
    at = max(base.at for base in many)
    return Moment(at.year, at.date(), at, True)


def test_the_sums_are_those_of_the_bases(session, many):
    ids, view = [base.base_id for base in many], view_of(many)
    shown = nation(session, ids, view).goals
    live = queries_overview.sums(session, ids, view, list(Indicator))
    for column, name in COLUMNS.items():
        for indicator in GOALS:
            for scope in Scope:
                place = shown["指标"].str.startswith(indicator.value)
                row = shown[place & (shown["范围"] == scope.label)]
                own = [getattr(one, column) for one in live if one[1:3] == (indicator, scope)]
                assert row[name].item() == sum(own), (indicator, scope, name)
    assert sum(shown["已计入"]) > 0
    assert len(nation(session, ids, view).bases) == 3


def test_the_stages_of_many_bases_are_those_of_the_bases(session, many, monkeypatch):
    ids, view = [base.base_id for base in many], view_of(many)
    one_by_one = portfolio.stage_strip(session, ids, view)
    monkeypatch.setattr(queries_stage_counts, "MANY", 2)
    assert portfolio.stage_strip(session, ids, view) == one_by_one
    assert overview.glance(session, ids, view).nation is not None


def test_few_bases_keep_their_cards(session):
    people = factories.team(session)
    factories.before_gate(session, people, Gate.G2)
    at = factories.clock(session) + timedelta(days=1)
    seen = overview.glance(session, [people.base.id], Moment(2026, at.date(), at, True))
    assert seen.nation is None
    assert not seen.cards.empty
