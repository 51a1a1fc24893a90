"""Contracts: what is unique about them, and what a change does to their transfers."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlmodel import select

from pilot.domain.errors import Conflict, GuardFailed, Invalid, NotFound, Refused
from pilot.domain.moment import FOREVER
from pilot.domain.vocabulary import ContractState, ContractType, TransferMode
from pilot.services import contracts
from pilot.services.command import perform
from pilot.services.contracts import contract_draft
from pilot.store.engine import reading, writing
from pilot.store.models import Transfer, TransferSpan
from tests import factories
from tests import factories_registry as registry
from tests.factories import clock


@pytest.fixture
def people(session):
    return factories.team(session)


def save(session, people, row, **changes):
    draft = replace(contract_draft(row), **changes)
    return contracts.save_contract(
        session, draft, by=people.manager, at=clock(session), contract_id=row.id
    )


def sold(session, people, **fields):
    """A contract with one verified transfer."""
    sale = registry.contract(session, people, **fields)
    return sale, registry.transfer(session, people, contract_id=sale.id)


def current(session, transfer):
    return session.exec(
        select(TransferSpan).where(
            TransferSpan.transfer_id == transfer.id, TransferSpan.known_to == FOREVER
        )
    ).one()


def test_a_number_is_one_contract(session, people):
    registry.contract(session, people, no="HT-A")

    with pytest.raises(Conflict, match="HT-A 已经登记"):
        registry.contract(session, people, no="HT-A")


def test_a_registration_number_in_use_names_its_contract(session, people):
    registered = {"registration_no": "2026211100010001", "registered_on": date(2026, 3, 9)}
    registry.contract(session, people, no="HT-A", **registered)

    with pytest.raises(Conflict, match="已属于合同 HT-A"):
        registry.contract(session, people, **registered)


def test_an_odd_registration_number_is_taken_with_a_warning_only(session, people):
    assert registry.contract(session, people, registration_no="12345").registration_no == "12345"


def test_several_unregistered_contracts_are_fine(session, people):
    assert {registry.contract(session, people).registration_no for _ in range(2)} == {None}


def test_parties_belong_to_the_base(session, people):
    foreign = registry.organisation(session, factories.team(session, "LN"))

    with pytest.raises(NotFound):
        registry.contract(session, people, buyer_id=foreign.id)


def test_a_contract_is_not_signed_tomorrow(session, people):
    with pytest.raises(Refused, match="还没有到"):
        registry.contract(session, people, signed_on=date(2026, 6, 2))


def test_a_new_amount_reaches_the_line_and_leaves_the_check_alone(session, people):
    sale, transfer = sold(session, people)

    save(session, people, sale, amount=Decimal("88.50"))

    assert current(session, transfer).amount == Decimal("88.50")
    assert session.get(Transfer, transfer.id).verified_by == people.one.id


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"signed_on": date(2025, 12, 31)}, id="another year"),
        pytest.param({"type": ContractType.SERVICE}, id="another type"),
        pytest.param({"conditional": True, "effective_on": date(2026, 4, 1)}, id="a condition"),
    ],
)
def test_what_decides_the_count_is_checked_anew(session, people, change):
    sale, transfer = sold(session, people)

    save(session, people, sale, **change)

    assert session.get(Transfer, transfer.id).verified_at is None
    assert not current(session, transfer).verified


def test_a_transfer_follows_the_day_of_its_contract(session, people):
    sale, transfer = sold(session, people)

    save(session, people, sale, signed_on=date(2025, 12, 31))

    assert session.get(Transfer, transfer.id).event_on == date(2025, 12, 31)
    assert current(session, transfer).event_on == date(2025, 12, 31)


def test_a_transfer_with_a_day_of_its_own_keeps_it(session, people):
    sale = registry.contract(session, people)
    transfer = registry.transfer(
        session,
        people,
        contract_id=sale.id,
        mode=TransferMode.OTHER,
        event_on=date(2026, 4, 5),
    )

    save(session, people, sale, signed_on=date(2026, 2, 1))

    assert session.get(Transfer, transfer.id).event_on == date(2026, 4, 5)


def test_a_transfer_follows_the_buyer_of_its_contract(session, people):
    sale, transfer = sold(session, people)
    other = registry.organisation(session, people, reg_area="211122")

    save(session, people, sale, buyer_id=other.id)

    row = session.get(Transfer, transfer.id)
    assert (row.receiver_id, row.receive_area) == (other.id, "211122")


def test_a_rescinded_contract_shows_its_day_on_the_line(session, people):
    sale, transfer = sold(session, people)

    contracts.rescind(
        session, sale.id, date(2026, 5, 8), by=people.manager, at=clock(session), reason="违约"
    )

    assert sale.state is ContractState.RESCINDED
    assert current(session, transfer).rescinded_on == date(2026, 5, 8)


@pytest.mark.parametrize("on", [date(2026, 2, 28), date(2026, 6, 2)])
def test_a_rescission_lies_between_signing_and_today(session, people, on):
    sale = registry.contract(session, people)

    with pytest.raises(Invalid, match="解除日期"):
        contracts.rescind(session, sale.id, on, by=people.manager, at=clock(session), reason="违约")


def test_a_rescission_needs_a_reason(session, people):
    sale = registry.contract(session, people)

    with pytest.raises(Invalid, match="理由"):
        contracts.rescind(
            session, sale.id, date(2026, 5, 1), by=people.manager, at=clock(session), reason=""
        )


def test_a_rescinded_contract_is_closed_until_it_is_reinstated(session, people):
    sale = registry.contract(session, people)
    rescission = {"by": people.manager, "reason": "违约"}
    contracts.rescind(session, sale.id, date(2026, 5, 1), at=clock(session), **rescission)

    with pytest.raises(Conflict):
        contracts.rescind(session, sale.id, date(2026, 5, 1), at=clock(session), **rescission)
    draft = replace(contract_draft(sale), state=ContractState.IN_FORCE)
    with pytest.raises(GuardFailed, match="不能再修改"):
        contracts.save_contract(
            session, draft, by=people.manager, at=clock(session), contract_id=sale.id
        )

    contracts.reinstate(session, sale.id, by=people.manager, at=clock(session), reason="录错合同")
    assert (sale.state, sale.rescinded_on) == (ContractState.IN_FORCE, None)


def test_a_rescission_is_journalled_with_its_reason(engine):
    with writing(engine) as session:
        people = factories.team(session)
        sale = registry.contract(session, people)
        now = clock(session)

    perform(
        engine,
        contracts.rescind,
        sale.id,
        date(2026, 5, 1),
        by=people.manager.id,
        now=now,
        reason="违约",
    )

    with reading(engine) as session:
        (entry,) = factories.entries(session, people.base)
    assert (entry.action, entry.subject, entry.reason) == ("contract.rescind", "contract", "违约")
    assert '"state":["in_force","rescinded"]' in entry.changes
