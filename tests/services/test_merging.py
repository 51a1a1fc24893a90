"""Results found to be one later: merged, taken back, told apart; parts split from a package."""

from datetime import date
from decimal import Decimal

import pytest
from sqlmodel import func, select

from pilot.domain.drafts import Holder, Number
from pilot.domain.errors import Conflict, GuardFailed, Invalid, NotAllowed, NotFound, Refused
from pilot.domain.identifiers import IdentifierKind
from pilot.domain.moment import FOREVER
from pilot.domain.vocabulary import Indicator, Scope, Standing, TransferMode
from pilot.reports.review_queue import judged
from pilot.reports.submission_desk import desk
from pilot.reports.submissions import head
from pilot.services import (
    claiming,
    contracts,
    merging,
    results,
    submission_reviews,
    submissions,
    transfers,
)
from pilot.store import queries_merging, queries_results
from pilot.store.models import Claim, Notice, Result, Transfer, TransferSpan
from tests import factories
from tests import factories_registry as registry
from tests import factories_submissions as made
from tests.factories import clock

PATENT = Number(IdentifierKind.PATENT, "201911044411.X")
WHY = {"reason": "同一专利的两次登记"}


@pytest.fixture
def people(session):
    return factories.team(session)


def counted(session, indicator=Indicator.TRANSFERRED, standing=Standing.COUNTED, year=2026):
    query = select(func.coalesce(func.sum(Claim.sign), 0)).where(
        Claim.indicator == indicator,
        Claim.scope == Scope.CITY,
        Claim.standing == standing,
        Claim.year == year,
    )
    return session.exec(query).one()


def act(session, people, verb, *args, by=None, **options):
    return verb(session, *args, by=by or people.one, at=clock(session), **options)


def sold(session, people, **fields):
    """A result that counts this year."""
    row = registry.result(session, people, **fields)
    registry.transfer(session, people, result_id=row.id)
    return row


def lines(session):
    """The result of every line of 成果转化明细 as it is known now."""
    query = select(TransferSpan.result_id).where(TransferSpan.known_to == FOREVER)
    return sorted(session.exec(query))


def nothing_to_add(session, people):
    return claiming.recount(session, people.base.id, at=clock(session), reason="核对") == []


# --- merging -------------------------------------------------------------------------------------


def test_two_that_counted_count_once_after_the_merge(session, people):
    one, other = sold(session, people), sold(session, people)
    assert counted(session) == 2

    act(session, people, merging.merge, other.id, one.id, **WHY)

    assert counted(session) == 1
    assert lines(session) == [one.id, one.id]
    assert other.void_reason == "已并入 CG-2026-0001：同一专利的两次登记"
    assert nothing_to_add(session, people)


def test_undone_it_is_as_before(session, people):
    one = sold(session, people)
    other = sold(session, people, numbers=(PATENT,), registration_no="2112026Y0001")
    part = registry.result(session, people, package_id=other.id)
    holders = [row.organisation_id for row in queries_results.holders(session, one.id)]
    act(session, people, merging.merge, other.id, one.id, **WHY)
    assert (part.package_id, one.registration_no) == (one.id, "2112026Y0001")
    assert len(queries_results.holders(session, one.id)) == 2

    act(session, people, merging.undo, other.id, reason="查明不是同一项")

    assert counted(session) == 2
    assert (other.voided_at, part.package_id, one.registration_no) == (None, other.id, None)
    assert len(queries_results.identifiers(session, other.id)) == 2
    assert [row.organisation_id for row in queries_results.holders(session, one.id)] == holders
    assert lines(session) == [one.id, other.id]
    assert nothing_to_add(session, people)


def test_the_one_that_stands_has_all_numbers(session, people):
    one = registry.result(session, people)
    other = registry.result(session, people, numbers=(PATENT,))

    act(session, people, merging.merge, other.id, one.id, **WHY)

    with pytest.raises(Conflict, match="CG-2026-0001"):
        registry.result(session, people, numbers=(PATENT,))


def test_the_same_event_recorded_on_both_stays_once_and_verified(session, people):
    """One went in under “HT-001”, the other under “ＨＴ－００１”: one contract, one event."""
    buyer = registry.organisation(session, people)
    one, other = registry.result(session, people), registry.result(session, people)
    first = registry.contract(session, people, no="HT-001", buyer_id=buyer.id)
    again = registry.contract(session, people, no="ht 001/", buyer_id=buyer.id)
    loose = registry.transfer(
        session, people, result_id=one.id, contract_id=first.id, verified=False
    )
    kept = registry.transfer(session, people, result_id=other.id, contract_id=again.id)

    act(session, people, merging.merge, other.id, one.id, **WHY)

    assert (loose.voided_at is not None, kept.voided_at, kept.result_id) == (True, None, one.id)
    assert lines(session) == [one.id]
    act(session, people, merging.undo, other.id, reason="查明不是同一项")
    assert (loose.voided_at, kept.result_id) == (None, other.id)
    assert lines(session) == [one.id, other.id]


def test_a_submission_follows_its_result_and_can_still_ask_for_a_change(session, people):
    writer = made.author(session, people)
    buyer = registry.organisation(session, people)
    row = made.sent(session, writer, made.transfer_content(writer, buyer))
    made.accepted(session, row, people.one, people.other)
    gone, one = row.result_id, registry.result(session, people)

    act(session, people, merging.merge, gone, one.id, **WHY)

    assert row.result_id == one.id
    change = submissions.ask_change(session, row.id, by=writer.actor, at=clock(session))
    submissions.put(
        session, change.id, {"contract.amount": "90"}, by=writer.actor, at=clock(session)
    )
    submissions.submit(session, change.id, by=writer.actor, at=clock(session))
    made.accepted(session, change, people.one, people.other)
    assert counted(session) == 1


@pytest.fixture
def entered(session, people):
    """A researcher's accepted submission of a result, and another result it may be merged into."""
    writer = made.author(session, people)
    row = made.sent(session, writer, made.result_content(writer))
    made.accepted(session, row, people.one)
    return writer, row, registry.result(session, people, title="另一项示例成果")


def change_of(session, writer, row, **fields):
    change = submissions.ask_change(session, row.id, by=writer.actor, at=clock(session))
    submissions.put(session, change.id, fields, by=writer.actor, at=clock(session))
    return change


def test_a_change_of_a_merged_result_never_rewrites_the_one_that_stands(session, people, entered):
    writer, row, other = entered
    gone, was = row.result_id, other.title
    early = change_of(session, writer, row, **{"result.summary": "更正的示例简介"})
    submissions.submit(session, early.id, by=writer.actor, at=clock(session))
    act(session, people, merging.merge, gone, other.id, **WHY)

    made.claimed(session, early, people.one)
    checks = judged(session, people.one, early.id, clock(session)).checks
    assert "merged" in [each.problem.rule for each in checks]
    with pytest.raises(GuardFailed, match=f"已并入 {other.code}"):
        submission_reviews.accept(session, early.id, by=people.one, at=clock(session))
    submissions.withdraw(session, early.id, by=writer.actor, at=clock(session))
    late = change_of(session, writer, row, **{"result.summary": "再次更正的示例简介"})
    told = desk(session, writer.actor, late.id, clock(session)).problems
    assert "merged" in [each.rule for each in told]
    with pytest.raises(Refused, match="只能变更合同与转化"):
        submissions.submit(session, late.id, by=writer.actor, at=clock(session))
    assert other.title == was


def test_a_change_begun_while_merged_speaks_of_its_own_result_again(session, people, entered):
    writer, row, other = entered
    gone, was = row.result_id, other.title
    act(session, people, merging.merge, gone, other.id, **WHY)
    change = change_of(session, writer, row, **{"result.summary": "更正的示例简介"})
    act(session, people, merging.undo, gone, reason="查明不是同一项")
    assert change.result_id == gone

    submissions.submit(session, change.id, by=writer.actor, at=clock(session))
    made.accepted(session, change, people.one)

    assert (change.result_id, other.title) == (gone, was)
    assert session.get_one(Result, gone).summary == "更正的示例简介"


def test_the_author_reads_into_what_the_result_went(session, people, entered):
    writer, row, other = entered
    gone = session.get_one(Result, row.result_id)
    told = [head(session, writer.actor, row.id, clock(session))]
    act(session, people, merging.merge, gone.id, other.id, **WHY)
    told.append(head(session, writer.actor, row.id, clock(session)))

    assert [one.result for one in told] == [f"{x.code} {x.title}" for x in (gone, other)]
    assert [f"已并入 {other.code}" in one.next for one in told] == [False, True]


def test_who_submitted_is_told_of_a_merge_and_of_its_end(session, people, entered):
    writer, row, other = entered
    gone = session.get_one(Result, row.result_id)
    act(session, people, merging.merge, gone.id, other.id, **WHY)
    act(session, people, merging.undo, gone.id, reason="查明不是同一项")

    told = select(Notice.text).where(Notice.account_id == writer.actor.id).order_by(Notice.id)
    *_, merged, back = session.exec(told)
    assert f"成果 {gone.code} 与 {other.code} 为同一项，已并入" in merged
    assert f"成果 {gone.code} 恢复" in back


@pytest.mark.parametrize("who", ["manager", "one"])
def test_managers_and_reviewers_merge(session, people, who):
    one, other = registry.result(session, people), registry.result(session, people)
    act(session, people, merging.merge, other.id, one.id, by=getattr(people, who), **WHY)
    assert other.voided_at is not None


def test_what_cannot_be_merged_is_told(session, people):
    package = registry.result(session, people)
    part = registry.result(session, people, package_id=package.id)
    big = registry.result(session, people)
    registry.result(session, people, package_id=big.id)
    alien = registry.result(session, factories.team(session, "LN"))
    refused = [
        (part.id, part.id, Conflict, "自身"),
        (package.id, part.id, GuardFailed, "反过来"),
        (big.id, part.id, GuardFailed, "最上层"),
        (alien.id, part.id, NotFound, "没有找到"),
        (part.id, alien.id, NotFound, "没有找到"),
    ]
    for gone, into, error, sentence in refused:
        with pytest.raises(error, match=sentence):
            act(session, people, merging.merge, gone, into, **WHY)
    with pytest.raises(Invalid, match="理由"):
        act(session, people, merging.merge, part.id, big.id, reason=" ")
    with pytest.raises(NotAllowed):
        act(session, people, merging.merge, part.id, big.id, by=people.province, **WHY)


def test_what_went_further_is_taken_back_from_the_end(session, people):
    one, two, three = (registry.result(session, people) for _ in range(3))
    act(session, people, merging.merge, one.id, two.id, **WHY)
    act(session, people, merging.merge, two.id, three.id, **WHY)

    with pytest.raises(GuardFailed, match="先撤销那一步"):
        act(session, people, merging.undo, one.id, reason="误并")

    act(session, people, merging.undo, two.id, reason="误并")
    act(session, people, merging.undo, one.id, reason="误并")
    assert queries_merging.live_merge(session, one.id) is None


def test_a_filed_number_is_deducted_and_not_rewritten(session, people):
    """The ledger gains a −1 known later; what was known before the merge stays as it was."""
    one, other = sold(session, people), sold(session, people)
    query = select(Claim.id, Claim.recorded_at, Claim.sign).order_by(Claim.id)
    before = session.exec(query).all()
    filed_at = clock(session)

    act(session, people, merging.merge, other.id, one.id, **WHY)

    rows = session.exec(select(Claim).order_by(Claim.id)).all()
    assert [(row.id, row.recorded_at, row.sign) for row in rows][: len(before)] == before
    counts = [r for r in rows if r.indicator == Indicator.TRANSFERRED and r.scope == Scope.CITY]
    counts = [r for r in counts if r.standing is Standing.COUNTED]
    assert sum(row.sign for row in counts if row.recorded_at <= filed_at) == 2
    assert sum(row.sign for row in counts) == 1


# --- told apart ----------------------------------------------------------------------------------


def test_what_was_said_once_is_not_said_again(session, people):
    one, other = registry.result(session, people), registry.result(session, people)

    said = act(session, people, merging.distinguish, other.id, one.id, reason="原料不同")

    assert (said.one_id, said.other_id) == (one.id, other.id)
    with pytest.raises(Conflict, match="已经说明过"):
        act(session, people, merging.distinguish, one.id, other.id, reason="原料不同")
    with pytest.raises(Invalid, match="理由"):
        act(session, people, merging.distinguish, one.id, other.id, reason="")


# --- packages (domain 3.5) -----------------------------------------------------------------------


def test_a_reviewer_splits_a_part_that_went_with_its_package(session, people):
    package = sold(session, people)
    part, rest = (registry.result(session, people, package_id=package.id) for _ in range(2))
    assert counted(session) == 1

    act(session, people, results.split, part.id, reason="合同第 3 条单独定价", own_price=30)

    (own,) = queries_results.transfers_of(session, [part.id])
    assert (own.own_price, own.entered_by) == (Decimal(30), people.one.id)
    assert (counted(session), counted(session, standing=Standing.PENDING)) == (1, 1)
    transfers.verify_transfer(session, own.id, by=people.other, at=clock(session))
    assert counted(session) == 2
    assert queries_results.transfers_of(session, [rest.id]) == []

    act(session, people, results.rejoin, part.id, reason="撤销单独计价")
    assert counted(session) == 1
    assert nothing_to_add(session, people)


def test_several_receivers_in_a_year_are_one_result_and_two_contracts(session, people):
    row = sold(session, people)
    registry.transfer(session, people, result_id=row.id)

    assert counted(session) == 1
    named = session.exec(select(func.count(Transfer.contract_id.distinct()))).one()
    assert named == 2


def test_an_amendment_or_an_instalment_is_no_new_event(session, people):
    row = sold(session, people)
    (first,) = queries_results.transfers_of(session, [row.id])

    with pytest.raises(Conflict, match="变更、续签、分期付款和补登记都不是新的转化"):
        registry.transfer(session, people, result_id=row.id, contract_id=first.contract_id)

    contract = contracts.contract_draft(first_contract(session, first))
    changed = type(contract)(**{**fields_of(contract), "amount": Decimal(150)})
    act(
        session, people, contracts.save_contract, changed, by=people.manager,
        contract_id=first.contract_id, reason="补充协议",
    )  # fmt: skip
    assert counted(session) == 1


def first_contract(session, transfer):
    return session.get_one(contracts.Contract, transfer.contract_id)


def fields_of(draft):
    return {name: getattr(draft, name) for name in draft.__dataclass_fields__}


def test_a_rescinded_contract_takes_its_claim_along_from_that_day(session, people):
    row = sold(session, people)
    (first,) = queries_results.transfers_of(session, [row.id])

    act(
        session, people, contracts.rescind, first.contract_id, date(2026, 5, 1),
        by=people.manager, reason="双方协商解除",
    )  # fmt: skip

    assert counted(session) == 0
    assert counted(session, standing=Standing.EXCLUDED) == 1


def test_co_owners_are_both_named_after_the_merge(session, people):
    first, second = (registry.institute(session, people) for _ in range(2))
    one = registry.result(session, people, holders=(Holder(first.id, Decimal(100)),))
    other = registry.result(session, people, holders=(Holder(second.id),))

    act(session, people, merging.merge, other.id, one.id, **WHY)

    held = queries_results.holders(session, one.id)
    assert [row.organisation_id for row in held] == [first.id, second.id]


def test_a_project_and_a_mode_without_contract_follow(session, people):
    one, other = registry.result(session, people), registry.result(session, people)
    options = {"mode": TransferMode.SELF, "implement_area": "211102"}
    for row in (one, other):
        registry.transfer(session, people, result_id=row.id, event_on=date(2026, 5, 1), **options)
    assert counted(session) == 2

    act(session, people, merging.merge, other.id, one.id, **WHY)

    assert counted(session) == 1
    assert len(queries_results.transfers_of(session, [one.id])) == 1
    assert session.get_one(Result, other.id).voided_at is not None
