"""Who is responsible for results (成果负责人): named, handed over, never left behind."""

import pytest

from pilot.domain.drafts import Holder, PersonDraft
from pilot.domain.errors import Conflict, GuardFailed, Invalid, NotFound
from pilot.reports import registry as reports
from pilot.services import organisations, result_leads, results
from pilot.store.models import Result
from tests import factories
from tests import factories_registry as registry
from tests.factories import clock


@pytest.fixture
def team(session):
    return factories.team(session)


@pytest.fixture
def unit(session, team):
    return registry.institute(session, team)


@pytest.fixture
def person(session, team, unit):
    return registry.person(session, team, name="示例甲", organisation_id=unit.id)


def led(session, team, unit, person, **fields):
    return registry.result(
        session, team, holders=(Holder(unit.id),), contact_id=person.id, **fields
    )


def hand_over(session, team, person, to, rows, reason="调离"):
    result_leads.hand_over(
        session, person.id, to.id, result_ids=[row.id for row in rows],
        by=team.manager, at=clock(session), reason=reason,
    )  # fmt: skip


def test_all_that_somebody_leads_goes_to_another(session, team, unit, person):
    rows = [led(session, team, unit, person) for _ in range(2)]
    gone = led(session, team, unit, person)
    results.void_result(session, gone.id, by=team.manager, at=clock(session), reason="误录")
    other = registry.person(session, team, name="示例乙", organisation_id=unit.id)
    before = [row.rev for row in rows]

    hand_over(session, team, person, other, rows)

    assert [row.contact_id for row in rows] == [other.id] * 2
    assert [row.rev for row in rows] == [rev + 1 for rev in before]
    assert session.get_one(Result, gone.id).contact_id == person.id
    listed = reports.led(session, team.manager, other.id)
    assert listed == {row.id: f"{row.code} {row.title}" for row in rows}
    assert reports.led(session, team.manager, person.id) == {}


@pytest.mark.parametrize(
    ("who", "shown", "reason", "error"),
    [
        pytest.param("self", "all", "调离", Invalid, id="to nobody else"),
        pytest.param("other", "all", " ", Invalid, id="without a reason"),
        pytest.param("other", "none", "调离", Conflict, id="a result came since"),
    ],
)
def test_a_handing_over_that_is_refused(session, team, unit, person, who, shown, reason, error):
    row = led(session, team, unit, person)
    to = person if who == "self" else registry.person(session, team, organisation_id=unit.id)

    with pytest.raises(error):
        hand_over(session, team, person, to, [row] if shown == "all" else [], reason)
    assert row.contact_id == person.id


def test_who_leads_nothing_has_nothing_to_hand_over(session, team, unit, person):
    other = registry.person(session, team, organisation_id=unit.id)
    with pytest.raises(Conflict):
        hand_over(session, team, person, other, [])


def moved(session, team, person, unit_id):
    draft = PersonDraft(name=person.name, kind=person.kind, organisation_id=unit_id)
    organisations.save_person(
        session, draft, by=team.manager, at=clock(session), person_id=person.id
    )


@pytest.mark.parametrize("to", ["another unit", "no unit"])
def test_nobody_leaves_a_unit_with_its_results(session, team, unit, person, to):
    rows = [led(session, team, unit, person) for _ in range(4)]
    new = registry.institute(session, team).id if to == "another unit" else None

    with pytest.raises(GuardFailed, match=f"4 项（{rows[0].code}、.*等），请先") as refusal:
        moved(session, team, person, new)
    assert rows[3].code not in refusal.value.message
    assert person.organisation_id == unit.id

    hand_over(session, team, person, registry.person(session, team), rows)
    moved(session, team, person, new)
    assert person.organisation_id == new


def test_who_moves_to_a_fellow_holder_keeps_the_result(session, team, unit, person):
    new = registry.institute(session, team)
    holders = (Holder(unit.id), Holder(new.id))
    row = registry.result(session, team, holders=holders, contact_id=person.id)
    elsewhere = registry.result(session, team, contact_id=person.id)

    moved(session, team, person, new.id)

    assert (row.contact_id, elsewhere.contact_id) == (person.id, person.id)


def test_only_a_person_of_the_base_can_be_responsible(session, team):
    stranger = registry.person(session, factories.team(session, "QT"))
    with pytest.raises(NotFound):
        registry.result(session, team, contact_id=stranger.id)


def test_another_value_of_a_result_leaves_its_person(session, team, unit, person):
    row = led(session, team, unit, person)
    draft = results.result_draft(session, row)
    assert draft.contact_id == person.id
    results.save_result(session, draft, by=team.manager, at=clock(session), result_id=row.id)
    assert row.contact_id == person.id
