"""Units and persons: who they are, and what follows when that changes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from pilot.domain.drafts import OrganisationDraft
from pilot.domain.errors import Conflict, NotAllowed, NotFound, Refused, StalePage
from pilot.domain.moment import FOREVER
from pilot.domain.people import Role
from pilot.services import organisations
from pilot.services.command import Seen, perform
from pilot.services.organisations import organisation_draft, person_draft
from pilot.store.engine import reading, writing
from pilot.store.models import Organisation, ProjectSpan, Transfer, TransferSpan
from tests import factories
from tests import factories_registry as registry
from tests.factories import clock


@pytest.fixture
def people(session):
    return factories.team(session)


def save(session, people, unit, **changes):
    draft = replace(organisation_draft(unit), **changes)
    return organisations.save_organisation(
        session, draft, by=people.manager, at=clock(session), organisation_id=unit.id
    )


def line(session, transfer):
    return session.exec(
        select(TransferSpan).where(
            TransferSpan.transfer_id == transfer.id, TransferSpan.known_to == FOREVER
        )
    ).one()


def test_a_name_is_one_unit_of_the_base(session, people):
    registry.organisation(session, people, name="示例化工")

    with pytest.raises(Conflict, match="“示例化工”已经登记"):
        registry.organisation(session, people, name="示例化工 ")


def test_a_credit_code_in_use_names_whose_it_is(session, people):
    first = registry.organisation(session, people, name="示例甲公司")

    with pytest.raises(Conflict, match="已属于“示例甲公司”"):
        registry.organisation(session, people, uscc=first.uscc.lower())


def test_another_base_may_know_the_same_unit(session, people):
    first = registry.organisation(session, people)
    elsewhere = factories.team(session, "LN")

    again = registry.organisation(session, elsewhere, name=first.name, uscc=first.uscc)

    assert again.id != first.id


def test_a_unit_of_another_base_is_not_found(session, people):
    foreign = registry.organisation(session, factories.team(session, "LN"))

    with pytest.raises(NotFound):
        save(session, people, foreign, name="改名")


def test_several_persons_without_a_credit_code_are_fine(session, people):
    for name in ("示例甲", "示例乙"):
        unit = registry.organisation(session, people, name=name, kind="individual")
        assert unit.uscc is None


def test_every_problem_is_told_at_once(session, people):
    with pytest.raises(Refused) as refused:
        registry.organisation(session, people, kind="", reg_area="999999")

    assert {each.field for each in refused.value.problems} == {"kind", "reg_area"}


def test_a_reviewer_may_not_save_units(session, people):
    with pytest.raises(NotAllowed):
        organisations.save_organisation(
            session, OrganisationDraft("示例", "enterprise"), by=people.one, at=clock(session)
        )


def test_a_switched_off_code_stays_on_an_old_record(session, people):
    unit = registry.organisation(session, people, zone="liaobin")
    from pilot.store import queries_codes

    queries_codes.item(session, people.base.id, "zones", "liaobin", "").active = False

    assert save(session, people, unit, short_name="示例").zone == "liaobin"
    with pytest.raises(Refused):
        registry.organisation(session, people, zone="liaobin")


def test_a_new_name_reaches_the_lines_that_show_it_and_old_views_keep_the_old(session, people):
    buyer = registry.organisation(session, people, name="示例旧名公司")
    sale = registry.contract(session, people, buyer_id=buyer.id)
    transfer = registry.transfer(session, people, contract_id=sale.id)
    before = clock(session)

    save(session, people, buyer, name="示例新名公司")

    assert line(session, transfer).receiver == "示例新名公司"
    then = session.exec(
        select(TransferSpan.receiver).where(
            TransferSpan.known_from <= before, TransferSpan.known_to > before
        )
    ).one()
    assert then == "示例旧名公司"


def test_a_new_name_reaches_the_projects_that_show_it(session, people):
    holder = registry.institute(session, people, name="示例旧名研究所")
    project = factories.project(session, people, holder_id=holder.id)

    save(session, people, holder, name="示例新名研究所")

    current = session.exec(
        select(ProjectSpan.holder)
        .where(ProjectSpan.project_id == project.id, ProjectSpan.known_to == FOREVER)
        .order_by(ProjectSpan.valid_from.desc())
    ).first()
    assert current == "示例新名研究所"


@pytest.mark.parametrize("before", [None, "210200"])
def test_where_a_receiver_is_registered_follows_into_its_transfers(session, people, before):
    buyer = registry.organisation(session, people, reg_area=before)
    sale = registry.contract(session, people, buyer_id=buyer.id)
    transfer = registry.transfer(session, people, contract_id=sale.id)
    assert transfer.receive_area == before

    save(session, people, buyer, reg_area="211104")

    assert session.get(Transfer, transfer.id).receive_area == "211104"
    assert line(session, transfer).receive_area == "211104"


def test_an_area_of_the_transfers_own_does_not_follow(session, people):
    buyer = registry.organisation(session, people, reg_area="211102")
    sale = registry.contract(session, people, buyer_id=buyer.id)
    transfer = registry.transfer(session, people, contract_id=sale.id, receive_area="211122")

    save(session, people, buyer, reg_area="210200")

    assert session.get(Transfer, transfer.id).receive_area == "211122"


def test_saving_without_a_change_opens_no_new_line(session, people):
    buyer = registry.organisation(session, people)
    sale = registry.contract(session, people, buyer_id=buyer.id)
    registry.transfer(session, people, contract_id=sale.id)
    lines = len(session.exec(select(TransferSpan)).all())

    save(session, people, buyer)

    assert len(session.exec(select(TransferSpan)).all()) == lines


def test_a_person_belongs_to_a_unit_of_the_base(session, people):
    foreign = registry.organisation(session, factories.team(session, "LN"))

    with pytest.raises(NotFound):
        registry.person(session, people, organisation_id=foreign.id)


def test_a_manager_renamed_is_renamed_on_the_project(session, people):
    leader = registry.person(session, people, name="示例甲")
    project = factories.project(session, people, manager_id=leader.id)
    draft = replace(person_draft(leader), name="示例乙")

    organisations.save_person(
        session, draft, by=people.manager, at=clock(session), person_id=leader.id
    )

    names = session.exec(
        select(ProjectSpan.manager).where(
            ProjectSpan.project_id == project.id, ProjectSpan.known_to == FOREVER
        )
    ).all()
    assert "示例乙" in names


@pytest.fixture
def stored(engine):
    """A committed base with one unit."""
    with writing(engine) as session:
        people = factories.team(session)
        unit = registry.organisation(session, people, name="示例化工")
        now = clock(session)
    return people, unit, now


def test_a_command_is_journalled_with_what_changed(engine, stored):
    people, unit, now = stored
    draft = replace(organisation_draft(unit), reg_area="211104")

    perform(
        engine,
        organisations.save_organisation,
        draft,
        by=people.manager.id,
        now=now,
        organisation_id=unit.id,
        reason="迁址",
    )

    with reading(engine) as session:
        (entry,) = factories.entries(session, people.base)
    assert (entry.action, entry.subject_id, entry.reason) == ("organisation.save", unit.id, "迁址")
    assert '"reg_area":["211102","211104"]' in entry.changes


def test_the_same_key_saves_once(engine, stored):
    people, _, now = stored
    draft = OrganisationDraft("示例新单位", "foreign")

    first, second = (
        perform(
            engine,
            organisations.save_organisation,
            draft,
            by=people.manager.id,
            now=now,
            key="form-1",
        )
        for _ in range(2)
    )

    assert not first.repeated
    assert second.repeated
    assert second.subject_id == first.subject_id


def test_a_page_that_is_no_longer_true_saves_nothing(engine, stored):
    people, unit, now = stored
    edit = {"by": people.manager.id, "organisation_id": unit.id}
    draft = organisation_draft(unit)
    perform(
        engine,
        organisations.save_organisation,
        replace(draft, short_name="先到"),
        now=now,
        seen=Seen("organisation", unit.id, unit.rev),
        **edit,
    )

    with pytest.raises(StalePage):
        perform(
            engine,
            organisations.save_organisation,
            replace(draft, short_name="后到"),
            now=now + timedelta(minutes=1),
            seen=Seen("organisation", unit.id, unit.rev),
            **edit,
        )

    with reading(engine) as session:
        assert session.get(Organisation, unit.id).short_name == "先到"


def test_a_disabled_right_saves_nothing(engine, stored):
    people, _, now = stored
    with writing(engine) as session:
        reader = factories.actor(session, people.base, Role.OFFICER, login="pj-officer")

    with pytest.raises(NotAllowed):
        perform(
            engine,
            organisations.save_organisation,
            OrganisationDraft("示例", "foreign"),
            by=reader.id,
            now=now,
        )
