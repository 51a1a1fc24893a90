"""Lines of 成果转化明细 as they were known."""

from datetime import date
from decimal import Decimal

import pytest
from sqlmodel import select

from pilot.domain.drafts import Holder, Number
from pilot.domain.identifiers import IdentifierKind
from pilot.domain.moment import FOREVER
from pilot.services import contracts, results, transfers
from pilot.store import known_spans, transfer_spans
from pilot.store.models import Contract, TransferSpan
from tests import factories
from tests import factories_registry as registry
from tests.factories import clock


@pytest.fixture
def people(session):
    return factories.team(session)


def lines(session, transfer):
    return session.exec(
        select(TransferSpan)
        .where(TransferSpan.transfer_id == transfer.id)
        .order_by(TransferSpan.known_from)
    ).all()


def current(session, transfer):
    return next(line for line in lines(session, transfer) if line.known_to == FOREVER)


def test_a_line_copies_what_the_table_shows(session, people):
    holders = tuple(
        Holder(registry.institute(session, people, name=name).id)
        for name in ("示例甲所", "示例乙所")
    )
    row = registry.result(
        session,
        people,
        title="示例工艺",
        field="catalyst",
        holders=holders,
        numbers=(Number(IdentifierKind.PATENT, "201911044411.X"),),
    )
    buyer = registry.organisation(session, people, name="示例化工")
    sale = registry.contract(session, people, no="HT-A", buyer_id=buyer.id)
    transfer = registry.transfer(session, people, result_id=row.id, contract_id=sale.id)

    line = current(session, transfer)

    assert (line.result_code, line.title, line.field) == ("CG-2026-0001", "示例工艺", "catalyst")
    assert (line.holders, line.patents) == ("示例甲所、示例乙所", "201911044411.X")
    assert (line.receiver, line.receiver_uscc) == ("示例化工", buyer.uscc)
    assert (line.contract_no, line.signed_on) == ("HT-A", date(2026, 3, 1))
    assert (line.amount, line.verified, line.repeated) == (Decimal(120), True, False)


def test_lines_of_a_transfer_never_overlap(session, people):
    transfer = registry.transfer(session, people)
    for at in (clock(session), clock(session)):
        contract = session.get(Contract, transfer.contract_id)
        draft = contracts.contract_draft(contract)
        from dataclasses import replace

        contracts.save_contract(
            session,
            replace(draft, amount=(draft.amount or 0) + 1),
            by=people.manager,
            at=at,
            contract_id=contract.id,
        )

    found = lines(session, transfer)

    assert [line.amount for line in found[-2:]] == [Decimal(121), Decimal(122)]
    assert [line.known_to for line in found] == [*[line.known_from for line in found[1:]], FOREVER]


def test_nothing_new_opens_no_line(session, people):
    transfer = registry.transfer(session, people)
    before = len(lines(session, transfer))

    transfer_spans.refresh(session, [transfer.id], clock(session))

    assert len(lines(session, transfer)) == before


def test_two_changes_in_one_instant_leave_one_line(session, people):
    transfer = registry.transfer(session, people, verified=False)
    at = clock(session)
    before = len(lines(session, transfer))

    for area in ("211104", "211122"):
        transfer.implement_area = area
        transfer_spans.refresh(session, [transfer.id], at)

    assert len(lines(session, transfer)) == before + 1
    assert current(session, transfer).implement_area == "211122"


def test_a_voided_transfer_has_no_line_any_more_but_had_one(session, people):
    transfer = registry.transfer(session, people)
    at = clock(session)

    transfers.void_transfer(session, transfer.id, by=people.manager, at=at, reason="误登")

    found = lines(session, transfer)
    assert found
    assert found[-1].known_to == at


def test_the_later_year_is_marked_as_repeated(session, people):
    row = registry.result(session, people)
    later = registry.transfer(session, people, result_id=row.id)
    assert not current(session, later).repeated

    old = registry.contract(session, people, signed_on=date(2025, 11, 1))
    earlier = registry.transfer(session, people, result_id=row.id, contract_id=old.id)

    assert current(session, later).repeated
    assert not current(session, earlier).repeated

    transfers.void_transfer(
        session, earlier.id, by=people.manager, at=clock(session), reason="误登"
    )
    assert not current(session, later).repeated


def test_parts_of_a_package_repeat_it_and_a_split_part_does_not(session, people):
    package = registry.result(session, people)
    part = registry.result(session, people, package_id=package.id)
    old = registry.contract(session, people, signed_on=date(2025, 11, 1))
    registry.transfer(session, people, result_id=package.id, contract_id=old.id)
    later = registry.transfer(session, people, result_id=part.id)
    assert current(session, later).repeated

    results.split(
        session,
        part.id,
        by=people.manager,
        at=clock(session),
        reason="单独定价",
        own_price=Decimal(30),
    )

    line = current(session, later)
    assert (line.repeated, line.amount) == (False, Decimal(30))


def test_many_patents_are_shown_as_far_as_they_fit():
    numbers = [f"2019110444{number:02d}.X" for number in range(60)]

    text = known_spans.joined(numbers, 500)

    assert len(text) <= 500
    assert text.startswith("201911044400.X、")
    assert text.endswith("等60项")
    assert known_spans.joined([], 500) is None
