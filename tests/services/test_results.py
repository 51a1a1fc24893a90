"""Results: their codes, holders, numbers and packages."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlmodel import select

from pilot.domain.drafts import Holder, Number
from pilot.domain.errors import Conflict, GuardFailed, Invalid, NotFound, Refused, StalePage
from pilot.domain.identifiers import IdentifierKind
from pilot.domain.moment import FOREVER
from pilot.services import results
from pilot.services.command import Seen, perform
from pilot.services.results import result_draft
from pilot.store import queries_results
from pilot.store.engine import reading, writing
from pilot.store.models import Result, ResultIdentifier, Transfer, TransferSpan
from tests import factories
from tests import factories_registry as registry
from tests.factories import clock

PATENT = Number(IdentifierKind.PATENT, "201911044411.X")
OTHER = Number(IdentifierKind.PATENT, "ZL 201730610076.0")


@pytest.fixture
def people(session):
    return factories.team(session)


def save(session, people, row, **changes):
    draft = replace(result_draft(session, row), **changes)
    return results.save_result(
        session, draft, by=people.manager, at=clock(session), result_id=row.id
    )


def act(session, people, verb, row, **options):
    return verb(session, row.id, by=people.manager, at=clock(session), **options)


def test_codes_run_by_year(session, people):
    codes = [registry.result(session, people).code for _ in range(3)]
    assert codes == ["CG-2026-0001", "CG-2026-0002", "CG-2026-0003"]


def test_codes_run_on_past_four_digits(session, people):
    for code in ("CG-2026-9999", None, None):
        last = registry.result(session, people, code=code)
    assert last.code == "CG-2026-10001"


def test_the_year_of_a_code_is_the_local_one(session, people):
    draft = registry.result_draft(session, people)
    new_year = factories.NOON.replace(month=12, day=31, hour=16)  # 1 January in Asia/Shanghai

    row = results.save_result(session, draft, by=people.manager, at=new_year)

    assert row.code == "CG-2027-0001"


def test_a_result_may_bring_its_code(session, people):
    registry.result(session, people, code="CG-2024-0117")

    assert registry.result(session, people, code="CG-2026-0041").code == "CG-2026-0041"
    assert registry.result(session, people).code == "CG-2026-0042"
    with pytest.raises(Conflict, match="CG-2024-0117 已经使用"):
        registry.result(session, people, code="CG-2024-0117")


def test_two_bases_number_by_themselves(session, people):
    registry.result(session, people)

    assert registry.result(session, factories.team(session, "LN")).code == "CG-2026-0001"


def test_a_code_is_never_changed(session, people):
    row = registry.result(session, people)

    with pytest.raises(Invalid, match="不能修改"):
        save(session, people, row, code="CG-2026-9999")


def test_classified_content_is_not_taken(session, people):
    with pytest.raises(Refused, match="不接收涉密内容"):
        registry.result(session, people, non_secret=False)


def test_a_holder_of_another_base_is_not_found(session, people):
    foreign = registry.institute(session, factories.team(session, "LN"))

    with pytest.raises(NotFound):
        registry.result(session, people, holders=(Holder(foreign.id),))


def test_holders_keep_their_order_and_shares(session, people):
    first, second = (registry.institute(session, people) for _ in range(2))
    row = registry.result(
        session, people, holders=(Holder(second.id, Decimal(70)), Holder(first.id, Decimal(30)))
    )

    save(session, people, row, holders=(Holder(first.id, Decimal(100)),))

    found = queries_results.holders(session, row.id)
    assert [(h.organisation_id, h.share) for h in found] == [(first.id, Decimal(100))]


def test_a_number_that_is_taken_names_the_other_result(session, people):
    registry.result(session, people, title="示例甲工艺", numbers=(PATENT,))

    with pytest.raises(Conflict, match="CG-2026-0001《示例甲工艺》"):
        registry.result(
            session, people, numbers=(Number(IdentifierKind.PATENT, "zl2019 11044411x"),)
        )


def test_a_registration_number_names_one_result_too(session, people):
    registry.result(session, people, registration_no="2112026Y0001")

    with pytest.raises(Conflict, match="成果登记号"):
        registry.result(session, people, registration_no="２１１２０２６Ｙ０００１")


def test_numbers_that_say_nothing_are_not_kept(session, people):
    none = (Number(IdentifierKind.PATENT, "暂无"),)
    for _ in range(2):
        row = registry.result(session, people, numbers=none)
        assert queries_results.identifiers(session, row.id) == []


def test_numbers_can_be_exchanged_and_respelt(session, people):
    row = registry.result(session, people, numbers=(PATENT,))
    save(session, people, row, numbers=(OTHER, Number(PATENT.kind, "2019 11044411 X")))

    found = queries_results.identifiers(session, row.id)

    assert [each.number for each in found] == ["2019 11044411 X", OTHER.number]


def test_a_form_that_changes_nothing_changes_nothing(session, people):
    row = registry.result(session, people, numbers=(PATENT,), registration_no="2112026Y0001")
    rev = row.rev

    save(session, people, row)

    assert row.rev == rev
    assert len(queries_results.identifiers(session, row.id)) == 2


def test_a_change_of_holders_alone_makes_older_pages_stale(session, people):
    row = registry.result(session, people)
    rev = row.rev

    save(session, people, row, holders=(Holder(registry.institute(session, people).id),))

    assert row.rev == rev + 1
    save(session, people, row, title="示例新名")
    assert row.rev == rev + 2


def test_a_new_title_reaches_the_lines_of_its_transfers(session, people):
    transfer = registry.transfer(session, people)

    save(session, people, session.get(Result, transfer.result_id), title="示例新名")

    titles = session.exec(select(TransferSpan.title).where(TransferSpan.known_to == FOREVER)).all()
    assert titles == ["示例新名"]


# --- packages ------------------------------------------------------------------------------------


def test_packages_are_one_level_deep(session, people):
    package = registry.result(session, people)
    part = registry.result(session, people, package_id=package.id)

    with pytest.raises(Invalid, match="最上层"):
        registry.result(session, people, package_id=part.id)
    with pytest.raises(Invalid, match="自己是成果包"):
        save(session, people, package, package_id=registry.result(session, people).id)
    lonely = registry.result(session, people)
    with pytest.raises(Invalid, match="以自己为"):
        save(session, people, lonely, package_id=lonely.id)


def test_a_part_is_split_for_a_reason_and_a_separate_registration(session, people):
    package = registry.result(session, people)
    part = registry.result(session, people, package_id=package.id, registration_no="2112026Y0002")

    act(session, people, results.split, part, reason="单独登记")

    assert part.split_reason == "单独登记"


def test_a_part_without_price_or_registration_is_not_split(session, people):
    package = registry.result(session, people)
    part = registry.result(session, people, package_id=package.id)

    with pytest.raises(GuardFailed, match="单独价格，或单独的成果登记号"):
        act(session, people, results.split, part, reason="想多计一项")


def test_a_part_is_not_split_without_a_reason(session, people):
    package = registry.result(session, people)
    part = registry.result(session, people, package_id=package.id, registration_no="2112026Y0002")

    with pytest.raises(Invalid, match="理由"):
        act(session, people, results.split, part, reason=" ")


def test_only_a_part_can_be_split(session, people):
    with pytest.raises(Invalid, match="已经单独计数"):
        act(session, people, results.split, registry.result(session, people), reason="拆分")


def test_a_split_with_its_own_price_is_checked_anew(session, people):
    package = registry.result(session, people)
    part = registry.result(session, people, package_id=package.id)
    transfer = registry.transfer(session, people, result_id=part.id)

    act(session, people, results.split, part, reason="合同单独定价", own_price=Decimal(30))

    row = session.get(Transfer, transfer.id)
    assert (row.own_price, row.verified_by) == (Decimal(30), None)


def test_a_price_needs_a_transfer_to_stand_on(session, people):
    package = registry.result(session, people)
    part = registry.result(session, people, package_id=package.id)

    with pytest.raises(Invalid, match="请先登记"):
        act(session, people, results.split, part, reason="单独定价", own_price=Decimal(30))


def test_a_split_part_stays_until_it_is_rejoined(session, people):
    package = registry.result(session, people)
    part = registry.result(session, people, package_id=package.id, registration_no="2112026Y0002")
    act(session, people, results.split, part, reason="单独登记")

    with pytest.raises(Invalid, match="先撤销拆分"):
        save(session, people, part, package_id=None)

    act(session, people, results.rejoin, part, reason="误拆")
    assert save(session, people, part, package_id=None).package_id is None


def test_a_part_under_a_shared_contract_can_not_leave_its_package(session, people):
    package = registry.result(session, people)
    part = registry.result(session, people, package_id=package.id)
    sale = registry.contract(session, people)
    for row in (package, part):
        registry.transfer(session, people, result_id=row.id, contract_id=sale.id)

    with pytest.raises(GuardFailed, match="一个合同一批专利算1项"):
        save(session, people, part, package_id=None)


# --- void ----------------------------------------------------------------------------------------


def test_a_voided_result_frees_its_numbers_and_stays_readable(session, people):
    row = registry.result(session, people, numbers=(PATENT,))

    act(session, people, results.void_result, row, reason="重复登记")

    assert (row.void_reason, row.voided_at is not None) == ("重复登记", True)
    assert registry.result(session, people, numbers=(PATENT,)).code == "CG-2026-0002"


def test_what_is_voided_is_not_edited(session, people):
    row = registry.result(session, people)
    act(session, people, results.void_result, row, reason="重复登记")

    with pytest.raises(GuardFailed, match="已作废"):
        save(session, people, row, title="改名")


def test_transfers_and_parts_come_before_their_result(session, people):
    package = registry.result(session, people)
    registry.result(session, people, package_id=package.id)
    registry.transfer(session, people, result_id=package.id)

    with pytest.raises(GuardFailed) as refused:
        act(session, people, results.void_result, package, reason="误登")

    assert len(refused.value.reasons) == 2


# --- through the command layer -------------------------------------------------------------------


@pytest.fixture
def stored(engine):
    with writing(engine) as session:
        people = factories.team(session)
        row = registry.result(session, people, numbers=(PATENT,))
        draft = result_draft(session, row)
        now = clock(session)
    return people, row, draft, now


def test_the_journal_keeps_the_numbers_of_a_voided_result(engine, stored):
    people, row, _, now = stored

    perform(engine, results.void_result, row.id, by=people.manager.id, now=now, reason="重复登记")

    with reading(engine) as session:
        (entry,) = factories.entries(session, people.base)
        assert session.exec(select(ResultIdentifier)).all() == []
    assert entry.reason == "重复登记"
    assert "201911044411.X" in entry.changes


def test_a_repeated_form_makes_one_result(engine, stored):
    people, _, draft, now = stored
    new = replace(draft, code=None, title="示例新成果", numbers=())

    done = [
        perform(engine, results.save_result, new, by=people.manager.id, now=now, key="once")
        for _ in range(3)
    ]

    assert {each.subject_id for each in done} == {done[0].subject_id}
    with reading(engine) as session:
        assert len(session.exec(select(Result)).all()) == 2


def test_a_page_drawn_before_new_holders_is_stale(engine, stored):
    people, row, draft, now = stored
    options = {"by": people.manager.id, "result_id": row.id}
    with writing(engine) as session:
        holder = registry.institute(session, people, name="示例新单位")
    changed = replace(draft, holders=(Holder(holder.id),))
    perform(engine, results.save_result, changed, now=now, **options)

    with pytest.raises(StalePage):
        perform(
            engine,
            results.save_result,
            replace(draft, summary="后到"),
            now=now,
            seen=Seen("result", row.id, row.rev),
            **options,
        )


def test_a_refused_number_leaves_nothing_behind(engine, stored):
    people, _, draft, now = stored
    new = replace(draft, code=None, title="示例另一成果")

    with pytest.raises(Conflict):
        perform(engine, results.save_result, new, by=people.manager.id, now=now)

    with reading(engine) as session:
        assert len(session.exec(select(Result)).all()) == 1
        assert factories.entries(session, people.base) == []


def test_people_who_enter_results_at_once_get_codes_of_their_own(engine, stored):
    people, _, draft, now = stored

    def enter(number):
        new = replace(draft, code=None, title=f"示例{number}", numbers=())
        return perform(engine, results.save_result, new, by=people.manager.id, now=now)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(enter, range(12)))

    with reading(engine) as session:
        codes = session.exec(select(Result.code).order_by(Result.code)).all()
    assert codes == [f"CG-2026-{number:04d}" for number in range(1, 14)]


def test_registered_on_is_kept(session, people):
    row = registry.result(session, people, registered_on=date(2026, 5, 1))
    assert row.registered_on == date(2026, 5, 1)
