"""Plants and the levels they reach: proof, a second person, withdrawal, shared plants."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from pilot.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from pilot.domain.vocabulary import Gate, Indicator, LandingLevel, Scope, Standing
from pilot.services import landing
from pilot.services.landing import LandingDraft
from tests import factories
from tests.factories import clock
from tests.furnished import furnished


def _accepted(session):
    people = factories.team(session)
    row = factories.before_gate(session, people, Gate.G3)
    factories.pass_gate(session, people, row, on=date(2026, 4, 10))
    return people, row


@pytest.fixture
def accepted(session):
    return furnished(session, _accepted)


@pytest.fixture
def people(accepted):
    return accepted[0]


@pytest.fixture
def project(accepted):
    """An accepted pilot with no plant yet."""
    return accepted[1]


def m2(session, people, standing=Standing.COUNTED) -> int:
    return factories.count(session, people, Indicator.INDUSTRIALISED, Scope.CITY, standing)


def reach(session, people, plant, level=LandingLevel.L4, **fields):
    values = {"on": date(2026, 5, 10), "proof": "试生产条件确认意见"} | fields
    return landing.reach(session, plant.id, level, by=people.manager, at=clock(session), **values)


def verify(session, who, step):
    return landing.verify_step(session, step.id, by=who, at=clock(session))


def test_a_level_counts_only_once_it_is_verified(session, people, project):
    step = reach(session, people, factories.plant(session, people, project))
    assert (m2(session, people), m2(session, people, Standing.PENDING)) == (0, 1)
    verify(session, people.one, step)
    assert (m2(session, people), m2(session, people, Standing.PENDING)) == (1, 0)


def test_who_entered_a_level_does_not_verify_it(session, people, project):
    step = reach(session, people, factories.plant(session, people, project))
    with pytest.raises(NotAllowed, match="自己登记"):
        verify(session, people.manager, step)


def test_a_level_is_verified_once(session, people, project):
    step = reach(session, people, factories.plant(session, people, project))
    verify(session, people.one, step)
    with pytest.raises(Conflict):
        verify(session, people.other, step)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        pytest.param({"proof": " "}, "证明材料", id="no proof"),
        pytest.param({"on": date(2026, 6, 2)}, "还没有到", id="in the future"),
    ],
)
def test_what_a_level_must_say(session, people, project, fields, sentence):
    with pytest.raises(Invalid, match=sentence):
        reach(session, people, factories.plant(session, people, project), **fields)


def test_a_level_stands_once(session, people, project):
    plant = factories.plant(session, people, project)
    reach(session, people, plant)
    with pytest.raises(Conflict, match="已登记（2026-05-10）"):
        reach(session, people, plant)


def withdraw(session, people, step, **fields):
    values = {"on": date(2026, 5, 20), "reason": "许可撤销"} | fields
    return landing.withdraw_step(session, step.id, by=people.manager, at=clock(session), **values)


def test_a_withdrawn_level_no_longer_counts_and_can_be_reached_again(session, people, project):
    plant = factories.plant(session, people, project)
    step = factories.level(session, people, plant, LandingLevel.L4)
    withdraw(session, people, step)
    assert m2(session, people) == 0
    again = reach(session, people, plant, on=date(2026, 5, 25))
    verify(session, people.one, again)
    assert m2(session, people) == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        pytest.param({"reason": ""}, "必须说明理由", id="no reason"),
        pytest.param({"on": date(2026, 5, 9)}, "不能早于达到", id="before it was reached"),
        pytest.param({"on": date(2026, 6, 2)}, "还没有到", id="in the future"),
    ],
)
def test_what_a_withdrawal_must_say(session, people, project, fields, sentence):
    step = reach(session, people, factories.plant(session, people, project))
    with pytest.raises(Invalid, match=sentence):
        withdraw(session, people, step, **fields)


def test_a_level_is_withdrawn_once(session, people, project):
    step = reach(session, people, factories.plant(session, people, project))
    withdraw(session, people, step)
    with pytest.raises(Conflict, match="已撤回"):
        withdraw(session, people, step)


def draft_of(plant, **changes) -> LandingDraft:
    names = ("entity_id", "site_area", "investment_code", "investment", "product", "capacity")
    return replace(LandingDraft(**{name: getattr(plant, name) for name in names}), **changes)


def edit(session, people, plant, draft, reason="更正"):
    return landing.edit_landing(
        session, plant.id, draft, by=people.manager, at=clock(session), reason=reason
    )


def test_a_plant_is_changed_with_a_reason(session, people, project):
    plant = factories.plant(session, people, project)
    with pytest.raises(Invalid, match="必须说明理由"):
        edit(session, people, plant, draft_of(plant, product="示例产品"), reason=" ")


def test_a_plant_moved_out_of_the_city_no_longer_counts(session, people, project):
    plant = factories.plant(session, people, project)
    factories.level(session, people, plant, LandingLevel.L4)
    edit(session, people, plant, draft_of(plant, site_area="210211"))
    assert m2(session, people) == 0


def test_an_investment_is_not_negative(session, people, project):
    with pytest.raises(Invalid, match="负数"):
        factories.plant(session, people, project, investment=Decimal(-1))


CODE = "2601-211102-04-01-000001"


def two_projects(session, people):
    rows = []
    for number in (1, 2):
        row = factories.before_gate(session, people, Gate.G3, name=f"示例项目{number}")
        factories.pass_gate(session, people, row, on=date(2026, 4, 10))
        rows.append(row)
    return rows


def test_one_plant_of_two_projects_counts_once(session, people):
    first, second = two_projects(session, people)
    plant = factories.plant(session, people, first, investment_code=CODE)
    with pytest.raises(Conflict, match=first.code):
        factories.plant(session, people, second, investment_code=CODE)
    shared = factories.plant(session, people, second, investment_code=CODE, shares_plant=True)
    assert shared.principal_id == plant.id
    for each in (plant, shared):
        factories.level(session, people, each, LandingLevel.L4)
    assert m2(session, people) == 1


def test_a_plant_whose_code_is_corrected_to_anothers_must_say_so_too(session, people):
    first, second = two_projects(session, people)
    plant = factories.plant(session, people, first, investment_code=CODE)
    other = factories.plant(session, people, second)
    wrong = draft_of(other, investment_code=CODE)
    with pytest.raises(Conflict, match="同厂"):
        edit(session, people, other, wrong)
    edit(session, people, other, replace(wrong, shares_plant=True))
    assert other.principal_id == plant.id


def test_another_bases_plant_is_as_good_as_missing(session, people, project):
    plant = factories.plant(session, people, project)
    stranger = factories.team(session, "YK")
    with pytest.raises(NotFound):
        reach(session, stranger, plant)
