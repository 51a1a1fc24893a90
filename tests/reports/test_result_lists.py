"""The lists of results, contracts, units and transfers: searched, paged, at two times."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pilot.domain.counting import Source
from pilot.domain.drafts import Holder, Number
from pilot.domain.errors import NotFound
from pilot.domain.identifiers import IdentifierKind
from pilot.domain.moment import Moment
from pilot.domain.vocabulary import ContractType, Scope, TransferMode
from pilot.reports import grounds, registry, result_detail, results
from pilot.reports.results import PAGE, Wanted
from pilot.services import contracts
from pilot.services import results as verbs
from pilot.store.models import Transfer
from tests import factories, factories_registry
from tests import factories_submissions as made
from tests.factories import clock


@pytest.fixture
def people(session):
    return factories.team(session)


def now(session, **times):
    view = Moment(2026, date(2026, 6, 30), session.info["clock"])
    return replace(view, **times)


def listed(session, people, wanted=Wanted(), **times):  # noqa: B008
    page = results.results(session, people.manager, now(session, **times), wanted)
    assert page.total == len(page.rows)
    return list(page.rows["title"])


def result(session, people, title, **fields):
    return factories_registry.result(session, people, title=title, **fields)


def test_the_newest_result_stands_first_with_holders_and_transfers(session, people):
    one = result(session, people, "甲")
    factories_registry.transfer(session, people, result_id=one.id)
    result(session, people, "乙")

    rows = results.results(session, people.manager, now(session), Wanted()).rows

    assert list(rows["title"]) == ["乙", "甲"]
    assert list(rows["transfers"]) == [0, 1]
    assert rows["holders"][1] == "示例研究所1"
    assert rows["kind"][0] == "新工艺"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("催化", ["催化剂"], id="by its title"),
        pytest.param("201911044411", ["催化剂"], id="by a patent number"),
        pytest.param("大学甲", ["催化剂"], id="by a holder"),
        pytest.param("100%", [], id="letter for letter"),
    ],
)
def test_a_result_is_found(session, people, text, found):
    holder = factories_registry.institute(session, people, name="示例大学甲")
    number = Number(IdentifierKind.PATENT, "201911044411.X")
    result(session, people, "催化剂", holders=(Holder(holder.id),), numbers=(number,))
    result(session, people, "分离膜")

    assert listed(session, people, Wanted(text)) == found


def test_results_are_narrowed_to_field_kind_and_whether_they_moved(session, people):
    moved = result(session, people, "甲", field="catalyst")
    factories_registry.transfer(session, people, result_id=moved.id)
    result(session, people, "乙", field="polymer")

    assert listed(session, people, Wanted(fields=("polymer",))) == ["乙"]
    assert listed(session, people, Wanted(kinds=("paper",))) == []
    assert listed(session, people, Wanted(moved=True)) == ["甲"]
    assert listed(session, people, Wanted(moved=False)) == ["乙"]


def test_a_result_is_not_listed_before_it_was_known_nor_after_it_was_voided(session, people):
    before = clock(session)
    row = result(session, people, "甲")
    then = session.info["clock"]
    verbs.void_result(session, row.id, by=people.manager, at=clock(session), reason="录错")

    assert listed(session, people, known_at=before) == []
    assert listed(session, people, known_at=then) == ["甲"]
    assert listed(session, people) == []


def test_a_long_list_comes_in_pages(session, people):
    holder = (Holder(factories_registry.institute(session, people).id),)
    for number in range(PAGE + 2):
        result(session, people, f"第 {number} 项", holders=holder)

    pages = [
        results.results(session, people.manager, now(session), Wanted(), page) for page in (1, 2)
    ]

    assert [len(page.rows) for page in pages] == [PAGE, 2]
    assert pages[0].total == PAGE + 2


def test_another_bases_results_are_not_listed_but_the_province_sees_them(session, people):
    result(session, people, "甲")
    stranger = factories.team(session, "YK")

    view = now(session)
    other = results.results(session, stranger.manager, view, Wanted())
    both = results.results(session, stranger.province, view, Wanted())

    assert (other.total, both.total, both.many_bases) == (0, 1, True)


def test_the_detail_tells_facts_transfers_and_what_is_still_wanted(session, people):
    row = result(session, people, "甲")
    transfer = factories_registry.transfer(session, people, result_id=row.id, verified=False)

    found = result_detail.detail(session, people.manager, row.id, now(session))

    assert found.facts["持有方"] == "示例研究所1"
    [line] = found.transfers
    assert (line.id, line.verified, line.standing) == (transfer.id, False, "待核")
    assert line.note == "转化事件未核验"
    assert any("成果简介未填写" in one for one in found.lacks)
    assert found.draft.title == "甲"


def checked(session, people, transfer):
    """Who verified a transfer, as its result and the grounds of its claim say."""
    view = now(session)
    [line] = result_detail.detail(session, people.manager, transfer.result_id, view).transfers
    [ground] = grounds.grounds(session, people.base.id, [Source("transfer", transfer.id)], view)
    return line.checked.partition("，")[2], ground.vouched.partition("，")[2]


def test_both_who_verified_a_transfer_are_named(session, people):
    writer = made.author(session, people)
    buyer = factories_registry.organisation(session, people)
    row = made.sent(session, writer, made.transfer_content(writer, buyer))
    made.accepted(session, row, people.one, people.other)
    transfer = session.get_one(Transfer, row.transfer_id)
    names = f"{people.one.name}、{people.other.name}"

    assert checked(session, people, transfer) == (f"核验 {names}", f"核验人 {names}")


def test_who_verified_a_transfer_alone_is_named_alone(session, people):
    transfer = factories_registry.transfer(session, people)
    name = people.one.name

    assert checked(session, people, transfer) == (f"核验 {name}", f"核验人 {name}")


@pytest.mark.parametrize(
    ("area", "says"),
    [(None, "由持有方自行实施"), ("211102", "由持有方自行实施（双台子区）")],
)
def test_who_implements_a_result_themselves_is_no_receiver_that_lacks(session, people, area, says):
    own = {"mode": TransferMode.SELF, "event_on": date(2026, 3, 2), "implement_area": "211102"}
    transfer = factories_registry.transfer(session, people, receive_area=area, **own)

    [line] = result_detail.detail(
        session, people.manager, transfer.result_id, now(session)
    ).transfers
    ids = [Source("transfer", transfer.id)]
    [ground] = grounds.grounds(session, people.base.id, ids, now(session))

    assert line.facts == (says, "实施地 双台子区", "没有合同")
    assert f"{says}，实施地 双台子区" in ground.says


def test_a_result_of_another_base_is_as_good_as_missing(session, people):
    row = result(session, people, "甲")
    stranger = factories.team(session, "YK").manager

    for reader, wanted in ((stranger, row.id), (people.manager, 999), (people.manager, None)):
        with pytest.raises(NotFound):
            result_detail.detail(session, reader, wanted, now(session))


def test_a_package_and_its_parts_name_each_other(session, people):
    package = result(session, people, "成果包")
    part = result(session, people, "部分", package_id=package.id)

    whole = result_detail.detail(session, people.manager, package.id, now(session))
    one = result_detail.detail(session, people.manager, part.id, now(session))

    assert whole.parts == ((part.id, f"{part.code} 部分"),)
    assert one.package == (package.id, f"{package.code} 成果包")


def test_contracts_are_found_by_party_and_narrowed_to_a_type(session, people):
    buyer = factories_registry.organisation(session, people, name="示例受让公司")
    factories_registry.contract(session, people, no="甲合同", buyer_id=buyer.id)
    factories_registry.contract(session, people, no="乙合同", type=ContractType.SERVICE)

    def numbers(**wanted):
        page = results.contracts(session, people.manager, now(session), Wanted(**wanted))
        return list(page.rows["no"])

    assert numbers(text="受让公司") == ["甲合同"]
    assert numbers(kinds=("service",)) == ["乙合同"]
    assert len(numbers()) == 2


def test_a_rescinded_contract_says_since_when(session, people):
    row = factories_registry.contract(session, people)
    contracts.rescind(
        session, row.id, date(2026, 5, 1), by=people.manager, at=clock(session), reason="解除"
    )

    found = registry.contract(session, people.manager, row.id, now(session))
    page = results.contracts(session, people.manager, now(session), Wanted())

    assert (found.rescinded, found.lacks) == ("2026-05-01", ())
    assert page.rows["state"][0] == "2026-05-01 解除"


def test_transfers_tell_whether_they_count_and_why_not(session, people):
    factories_registry.transfer(session, people)
    factories_registry.transfer(session, people, verified=False)

    view = now(session)
    rows = results.transfers(session, people.manager, view, "", Scope.CITY).rows
    before = replace(view, known_at=view.known_at - timedelta(days=1))

    assert sorted(rows["standing"]) == ["待核", "计入"]
    assert "转化事件未核验" in list(rows["missing"])
    assert results.transfers(session, people.manager, before, "", Scope.CITY).total == 0


def test_units_are_found_by_former_name_and_credit_code(session, people):
    unit = factories_registry.organisation(
        session, people, name="示例新名公司", former_names="示例旧名公司"
    )
    factories_registry.organisation(session, people)

    for text in ("旧名", unit.uscc):
        page = registry.organisations(session, people.manager, text)
        assert list(page.rows["name"]) == ["示例新名公司"]


def test_persons_are_found_by_their_unit(session, people):
    unit = factories_registry.organisation(session, people, name="示例新名公司")
    factories_registry.person(session, people, name="张示例", organisation_id=unit.id)
    factories_registry.person(session, people, name="李示例")

    page = registry.persons(session, people.manager, "新名")

    assert list(page.rows["name"]) == ["张示例"]
