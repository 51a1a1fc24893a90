"""Transfer events: one contract one package, and never checked by whoever entered them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlmodel import select

from pilot.domain.drafts import Holder
from pilot.domain.errors import Conflict, GuardFailed, Invalid, NotAllowed, NotFound, Refused
from pilot.domain.people import Role
from pilot.domain.vocabulary import Indicator, Scope, Standing, TransferMode
from pilot.services import results, transfers
from pilot.services.command import perform
from pilot.services.transfers import transfer_draft
from pilot.store.engine import reading, writing
from pilot.store.models import Claim, Transfer
from tests import factories
from tests import factories_registry as registry
from tests.factories import clock


@pytest.fixture
def people(session):
    return factories.team(session)


def correct(session, people, row, *, reason="录入有误", **changes):
    draft = replace(transfer_draft(row), **changes)
    return transfers.correct_transfer(
        session, row.id, draft, by=people.manager, at=clock(session), reason=reason
    )


def count(session, standing=Standing.COUNTED):
    """M3 of 2026 for the city, as the ledger has it."""
    signs = session.exec(
        select(Claim.sign).where(
            Claim.indicator == Indicator.TRANSFERRED,
            Claim.scope == Scope.CITY,
            Claim.standing == standing,
            Claim.unit_kind == "result",
            Claim.year == 2026,
        )
    )
    return sum(signs)


def test_day_receiver_and_area_come_from_the_contract(session, people):
    buyer = registry.organisation(session, people, reg_area="211104")
    sale = registry.contract(session, people, buyer_id=buyer.id, signed_on=date(2026, 4, 2))

    row = registry.transfer(session, people, contract_id=sale.id)

    assert (row.event_on, row.receiver_id, row.receive_area) == (
        date(2026, 4, 2),
        buyer.id,
        "211104",
    )


def test_a_conditional_contract_dates_from_the_day_it_took_effect(session, people):
    sale = registry.contract(session, people, conditional=True, effective_on=date(2026, 4, 20))

    assert registry.transfer(session, people, contract_id=sale.id).event_on == date(2026, 4, 20)


def test_another_day_than_the_contracts_is_refused(session, people):
    with pytest.raises(Invalid, match="签订日期 2026-03-01"):
        registry.transfer(session, people, event_on=date(2026, 3, 2))


@pytest.mark.parametrize("mode", [TransferMode.SELF, TransferMode.OTHER])
def test_without_a_contract_the_event_has_a_day_of_its_own(session, people, mode):
    row = registry.transfer(session, people, mode=mode, contract_id=None, event_on=date(2026, 5, 9))

    assert (row.event_on, row.receiver_id, row.receive_area) == (date(2026, 5, 9), None, None)


@pytest.mark.parametrize(
    "mode",
    [TransferMode.TRANSFER, TransferMode.LICENCE, TransferMode.COOPERATION, TransferMode.EQUITY],
)
def test_modes_2_to_5_need_a_contract(session, people, mode):
    with pytest.raises(Refused, match="必须有合同"):
        registry.transfer(session, people, mode=mode, contract_id=None)


def test_a_contract_without_buyer_needs_a_receiver(session, people):
    sale = registry.contract(session, people, buyer_id=None)

    with pytest.raises(Invalid, match="受让方"):
        registry.transfer(session, people, contract_id=sale.id)


def test_a_rescinded_contract_carries_no_new_transfer(session, people):
    from pilot.services import contracts

    sale = registry.contract(session, people)
    contracts.rescind(
        session, sale.id, date(2026, 5, 1), by=people.manager, at=clock(session), reason="违约"
    )

    with pytest.raises(GuardFailed, match="已于 2026-05-01 解除"):
        registry.transfer(session, people, contract_id=sale.id)


def test_a_voided_result_is_not_transferred(session, people):
    row = registry.result(session, people)
    results.void_result(session, row.id, by=people.manager, at=clock(session), reason="误登")

    with pytest.raises(GuardFailed, match="已作废"):
        registry.transfer(session, people, result_id=row.id)


@pytest.mark.parametrize("what", ["result_id", "contract_id", "receiver_id"])
def test_rows_of_another_base_are_not_found(session, people, what):
    other = factories.team(session, "LN")
    foreign = {
        "result_id": registry.result,
        "contract_id": registry.contract,
        "receiver_id": registry.organisation,
    }[what](session, other)

    with pytest.raises(NotFound):
        registry.transfer(session, people, **{what: foreign.id})


# --- one contract, one package -------------------------------------------------------------------


def test_two_strangers_under_one_contract_are_refused_by_the_rules_name(session, people):
    sale = registry.contract(session, people)
    registry.transfer(session, people, contract_id=sale.id)

    with pytest.raises(GuardFailed, match="一个合同一批专利算1项：该合同已转化成果 CG-2026-0001"):
        registry.transfer(session, people, contract_id=sale.id)


def test_parts_of_one_package_share_a_contract_and_count_once(session, people):
    package = registry.result(session, people)
    parts = [registry.result(session, people, package_id=package.id) for _ in range(2)]
    sale = registry.contract(session, people)

    for row in (package, *parts):
        registry.transfer(session, people, result_id=row.id, contract_id=sale.id)

    assert count(session) == 1


def test_a_split_part_with_its_own_price_counts_by_itself(session, people):
    package = registry.result(session, people)
    part = registry.result(session, people, package_id=package.id)
    sale = registry.contract(session, people)
    registry.transfer(session, people, result_id=package.id, contract_id=sale.id)
    own = registry.transfer(session, people, result_id=part.id, contract_id=sale.id)
    results.split(
        session,
        part.id,
        by=people.manager,
        at=clock(session),
        reason="合同单独定价",
        own_price=Decimal(30),
    )
    assert (count(session), count(session, Standing.PENDING)) == (1, 1)

    transfers.verify_transfer(session, own.id, by=people.one, at=clock(session))

    assert (count(session), count(session, Standing.PENDING)) == (2, 0)


@pytest.mark.parametrize(
    ("own_price", "allowed"), [(Decimal(30), True), (None, False)], ids=["priced", "unpriced"]
)
def test_a_split_part_of_another_package_needs_its_own_price(session, people, own_price, allowed):
    package = registry.result(session, people)
    part = registry.result(session, people, package_id=package.id)
    registry.transfer(session, people, result_id=part.id)
    options = {"reason": "单独定价", "own_price": Decimal(20)}
    results.split(session, part.id, by=people.manager, at=clock(session), **options)
    sale = registry.contract(session, people)
    registry.transfer(session, people, contract_id=sale.id)
    offer = {"result_id": part.id, "contract_id": sale.id, "own_price": own_price}

    if allowed:
        assert registry.transfer(session, people, **offer).own_price == own_price
    else:
        with pytest.raises(GuardFailed, match="一个合同一批专利算1项"):
            registry.transfer(session, people, **offer)


def test_an_amended_contract_is_no_new_event(session, people):
    row = registry.transfer(session, people)

    with pytest.raises(Conflict, match="不是新的转化"):
        registry.transfer(session, people, result_id=row.result_id, contract_id=row.contract_id)


def test_two_licensees_of_one_result_are_two_contracts_and_one_item(session, people):
    row = registry.result(session, people)
    for _ in range(2):
        registry.transfer(session, people, result_id=row.id, mode=TransferMode.LICENCE)

    assert count(session) == 1


# --- check ---------------------------------------------------------------------------------------


def test_a_transfer_awaits_a_check_by_somebody_else(session, people):
    row = registry.transfer(session, people, verified=False)
    assert (count(session), count(session, Standing.PENDING)) == (0, 1)

    with pytest.raises(NotAllowed, match="录入人不能核验"):
        transfers.verify_transfer(session, row.id, by=people.manager, at=clock(session))

    transfers.verify_transfer(session, row.id, by=people.decider, at=clock(session))
    assert (row.verified_by, count(session)) == (people.decider.id, 1)


def test_a_checked_transfer_is_not_checked_twice(session, people):
    row = registry.transfer(session, people)

    with pytest.raises(Conflict, match="已经核验"):
        transfers.verify_transfer(session, row.id, by=people.other, at=clock(session))


def test_a_researcher_may_not_check(session, people):
    row = registry.transfer(session, people, verified=False)
    researcher = factories.actor(session, people.base, Role.RESEARCHER, login="pj-researcher")

    with pytest.raises(NotAllowed):
        transfers.verify_transfer(session, row.id, by=researcher, at=clock(session))


def test_a_corrected_transfer_goes_back_to_the_checker(session, people):
    row = registry.transfer(session, people)
    assert count(session) == 1

    correct(session, people, row, implement_area="211104")

    assert (row.implement_area, row.verified_at) == ("211104", None)
    assert (count(session), count(session, Standing.PENDING)) == (0, 1)


def test_the_corrector_may_not_check_the_correction(session, people):
    row = registry.transfer(session, people)
    draft = replace(transfer_draft(row), related_parties=True)
    transfers.correct_transfer(
        session, row.id, draft, by=people.decider, at=clock(session), reason="补充关联关系"
    )

    with pytest.raises(NotAllowed):
        transfers.verify_transfer(session, row.id, by=people.decider, at=clock(session))


def test_a_correction_needs_a_reason(session, people):
    with pytest.raises(Invalid, match="理由"):
        correct(session, people, registry.transfer(session, people), reason=" ")


def test_a_transfer_of_the_wrong_result_is_voided_instead(session, people):
    row = registry.transfer(session, people)

    with pytest.raises(Invalid, match="请作废后重新登记"):
        correct(session, people, row, result_id=registry.result(session, people).id)


def test_a_voided_transfer_no_longer_counts_and_stays_as_it_was(session, people):
    row = registry.transfer(session, people)

    transfers.void_transfer(session, row.id, by=people.manager, at=clock(session), reason="误登")

    assert (row.void_reason, count(session)) == ("误登", 0)
    with pytest.raises(GuardFailed, match="已作废"):
        correct(session, people, row)
    with pytest.raises(GuardFailed, match="已作废"):
        transfers.void_transfer(
            session, row.id, by=people.manager, at=clock(session), reason="再次"
        )


def test_after_a_void_the_same_transfer_can_be_recorded_rightly(session, people):
    row = registry.transfer(session, people)
    transfers.void_transfer(session, row.id, by=people.manager, at=clock(session), reason="误登")

    again = registry.transfer(session, people, result_id=row.result_id, contract_id=row.contract_id)

    assert (again.id != row.id, count(session)) == (True, 1)


def test_a_result_held_here_and_sold_away_is_outward(session, people):
    holder = registry.organisation(session, people)
    away = registry.organisation(session, people, reg_area="210200")
    row = registry.result(session, people, holders=(Holder(holder.id),))
    sale = registry.contract(session, people, buyer_id=away.id)

    registry.transfer(session, people, result_id=row.id, contract_id=sale.id)

    assert count(session) == 0
    outward = session.exec(select(Claim).where(Claim.indicator == Indicator.OUTWARD)).all()
    assert {claim.scope for claim in outward} == {Scope.CITY}


# --- through the command layer -------------------------------------------------------------------


@pytest.fixture
def stored(engine):
    with writing(engine) as session:
        people = factories.team(session)
        row = registry.transfer(session, people, verified=False)
        now = clock(session)
    return people, row, now


def test_a_check_is_journalled_once(engine, stored):
    people, row, now = stored
    first, second = (
        perform(engine, transfers.verify_transfer, row.id, by=people.one.id, now=now, key="check-1")
        for _ in range(2)
    )

    assert (first.repeated, second.repeated) == (False, True)
    with reading(engine) as session:
        (entry,) = factories.entries(session, people.base)
    assert (entry.action, entry.subject_id, entry.by_id) == (
        "transfer.verify",
        row.id,
        people.one.id,
    )


def test_a_refused_check_changes_nothing(engine, stored):
    people, row, now = stored

    with pytest.raises(NotAllowed):
        perform(engine, transfers.verify_transfer, row.id, by=people.manager.id, now=now)

    with reading(engine) as session:
        assert session.get(Transfer, row.id).verified_at is None
        assert factories.entries(session, people.base) == []
