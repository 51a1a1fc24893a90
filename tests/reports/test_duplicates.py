"""疑似重复成果: which pairs are told, on which ground, and which never again."""

import pytest

from pilot.domain.drafts import Holder, Number
from pilot.domain.identifiers import IdentifierKind
from pilot.domain.moment import moment
from pilot.reports import duplicates
from pilot.services import lookalikes, merging, results, similar_titles, submissions
from tests import factories
from tests import factories_registry as registry
from tests import factories_submissions as made
from tests.factories import clock

TITLE = "示例耐温分离膜连续制备工艺"


@pytest.fixture
def people(session):
    return factories.team(session)


def certain(session, people):
    view = moment(clock(session))
    found = duplicates.certain(session, people.one, view)
    return [(pair.ground, pair.one.id, pair.other.id) for pair in found.pairs]


def near(session, people):
    found = duplicates.near(session, people.one, moment(clock(session)))
    return [(pair.ground, pair.one.id, pair.other.id) for pair in found.pairs]


def held(session, people, *units, **fields):
    holders = tuple(Holder(unit.id) for unit in units)
    return registry.result(session, people, holders=holders, **fields).id


def test_nothing_alike_is_nothing_told(session, people):
    registry.result(session, people)
    assert certain(session, people) == near(session, people) == []


def test_each_ground_the_strongest_first(session, people):
    unit, other = (registry.institute(session, people) for _ in range(2))
    name = [held(session, people, unit, title=TITLE)]
    name.append(held(session, people, unit, title="一种（示例）耐温 分离膜连续制备工艺的研究"))
    name.append(held(session, people, other, title=TITLE))
    contracts = []
    for no in ("HT-2026-01", "ＨＴ 2026/01"):
        contract = registry.contract(session, people, no=no)
        contracts.append(registry.result(session, people, title=f"示例合同成果{no}").id)
        registry.transfer(session, people, result_id=contracts[-1], contract_id=contract.id)
    numbers = [
        registry.result(session, people, numbers=(Number(kind, "2021SR0123456"),)).id
        for kind in (IdentifierKind.SOFTWARE, IdentifierKind.STANDARD)
    ]

    assert certain(session, people) == [
        ("合同编号相同", *contracts),
        ("软件著作权登记号相同", *numbers),
        ("名称和持有方相同", *name[:2]),
        ("名称相同，持有方不同", name[0], name[2]),
        ("名称相同，持有方不同", name[1], name[2]),
    ]


def test_near_titles_of_one_holder(session, people):
    unit, other = (registry.institute(session, people) for _ in range(2))
    pair = [held(session, people, unit, title=f"{TITLE}{end}") for end in "甲乙"]
    held(session, people, other, title=f"{TITLE}丙")

    assert near(session, people) == [("名称相近（92%）", *pair)]
    assert certain(session, people) == []


def test_a_block_larger_than_the_bound_still_finds_neighbours(session, people, monkeypatch):
    monkeypatch.setattr(similar_titles, "BLOCK", 4)
    monkeypatch.setattr(similar_titles, "BATCH", 3)
    unit, other = (registry.institute(session, people) for _ in range(2))
    for word in ("催化裂化装置", "加氢精制反应器", "溶剂萃取塔", "电解液配方", "聚合釜"):
        held(session, people, unit, title=f"示例{word}")
    pair = [held(session, people, unit, title=f"{TITLE}{end}") for end in "甲乙"]
    last = [held(session, people, other, title=f"另一{TITLE}{end}") for end in "甲乙"]
    view = moment(clock(session))

    found = [duplicates.near(session, people.one, view, batch=one) for one in (1, 2, 3)]

    assert [[(p.one.id, p.other.id) for p in one.pairs] for one in found] == [
        [tuple(pair)],
        [tuple(last)],
        [],
    ]
    assert found[0].batches == 2


def test_parts_of_one_package_are_one_already(session, people):
    unit = registry.institute(session, people)
    package = held(session, people, unit, title=TITLE)
    held(session, people, unit, title=TITLE, package_id=package)
    held(session, people, unit, title=f"{TITLE}甲", package_id=package)

    assert certain(session, people) == near(session, people) == []


@pytest.mark.parametrize("ending", ["told apart", "merged", "voided"])
def test_what_was_answered_is_not_asked_again(session, people, ending):
    unit = registry.institute(session, people)
    one, other = (held(session, people, unit, title=TITLE) for _ in range(2))
    by = {"by": people.manager, "at": clock(session), "reason": "示例理由"}
    if ending == "told apart":
        merging.distinguish(session, other, one, **by)
    elif ending == "merged":
        merging.merge(session, other, one, **by)
    else:
        results.void_result(session, other, **by)

    assert certain(session, people) == []


def test_what_an_author_said_of_a_submission_holds_for_its_result(session, people):
    writer = made.author(session, people)
    one = held(session, people, writer.home, title="示例耐温分离膜制备工艺")
    row = made.draft(session, writer, made.result_content(writer))
    lookalikes.distinguish(
        session, row.id, "result", one, by=writer.actor, at=clock(session), reason="原料不同"
    )
    submissions.submit(session, row.id, by=writer.actor, at=clock(session))
    made.accepted(session, row, people.one)

    assert certain(session, people) == []


def test_where_each_counts_is_told(session, people):
    unit = registry.institute(session, people)
    one, other = (held(session, people, unit, title=TITLE) for _ in range(2))
    registry.transfer(session, people, result_id=other)

    (pair,) = duplicates.certain(session, people.one, moment(clock(session))).pairs

    assert (pair.one.id, pair.one.counts) == (one, "没有计入")
    assert pair.other.counts == "2026 年转化科技成果计入"
