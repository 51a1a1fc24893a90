"""A package with its children and further receivers, taken in and changed by submissions."""

import pytest
from sqlmodel import func, select

from pilot.domain import submission_edits as edits
from pilot.domain.drafts import Number
from pilot.domain.errors import Conflict, GuardFailed, Refused
from pilot.domain.identifiers import IdentifierKind
from pilot.domain.vocabulary import Indicator, Scope, Standing
from pilot.services import lookalikes, results, submission_reviews, submissions
from pilot.store import queries_results
from pilot.store.models import Claim, Result, Transfer
from tests import factories
from tests import factories_registry as registry
from tests import factories_submissions as made
from tests.factories import clock

ONE = {
    "title": "示例专利甲",
    "kind": "invention",
    "number_kind": "patent",
    "number": "201911044411.X",
}
TWO = {"title": "示例外观乙", "kind": "design", "number_kind": "patent", "number": "201730610076.0"}
PAPER = {"title": "示例论文丙", "kind": "paper"}


@pytest.fixture
def people(session):
    return factories.team(session)


@pytest.fixture
def writer(session, people):
    return made.author(session, people)


@pytest.fixture
def buyer(session, people):
    return registry.organisation(session, people)


def accepted(session, people, writer, content):
    row = made.sent(session, writer, content)
    made.accepted(session, row, people.one)
    return row if row.decided_at else made.accepted(session, row, people.other)


def changed(session, people, writer, row, *edited):
    change = submissions.ask_change(session, row.id, by=writer.actor, at=clock(session))
    for edit in edited:
        submissions.put(session, change.id, edit, by=writer.actor, at=clock(session))
    submissions.submit(session, change.id, by=writer.actor, at=clock(session))
    made.accepted(session, change, people.one)
    return change if change.decided_at else made.accepted(session, change, people.other)


def parts(session, row):
    return [one.title for one in queries_results.children(session, row.result_id)]


def standing(session):
    query = select(func.count()).select_from(Transfer).where(Transfer.voided_at.is_(None))
    return session.exec(query).one()


def counted(session, standing=Standing.COUNTED):
    query = select(func.coalesce(func.sum(Claim.sign), 0)).where(
        Claim.indicator == Indicator.TRANSFERRED,
        Claim.scope == Scope.CITY,
        Claim.standing == standing,
    )
    return session.exec(query).one()


def test_children_are_held_and_declared_like_their_package(session, people, writer):
    row = accepted(
        session, people, writer, made.result_content(writer) | {"children": [ONE, PAPER]}
    )

    patent, paper = queries_results.children(session, row.result_id)
    assert (patent.kind, patent.field, patent.non_secret) == ("invention", "catalyst", True)
    assert [one.number for one in queries_results.identifiers(session, patent.id)] == [
        ONE["number"]
    ]
    held = queries_results.holders(session, paper.id)
    assert [one.organisation_id for one in held] == [writer.home.id]


def test_a_change_enters_corrects_and_takes_out_children(session, people, writer):
    row = accepted(session, people, writer, made.result_content(writer) | {"children": [ONE, TWO]})
    respelt = edits.child_field(1, "title", "示例专利甲（更正）")
    more = edits.together([edits.child_removed(2), edits.child_added])

    changed(
        session, people, writer, row, respelt, more,
        edits.child_field(2, "title", PAPER["title"]), edits.child_field(2, "kind", "paper"),
    )  # fmt: skip

    assert parts(session, row) == ["示例专利甲（更正）", "示例论文丙"]
    assert session.exec(select(func.count()).select_from(Result)).one() == 4


def test_what_a_manager_added_to_the_package_stays(session, people, writer):
    row = accepted(session, people, writer, made.result_content(writer) | {"children": [ONE]})
    registry.result(session, people, title="示例后补专利", package_id=row.result_id)

    changed(session, people, writer, row, edits.child_removed(1))

    assert parts(session, row) == ["示例后补专利"]


def test_two_children_of_one_title_stay_two(session, people, writer):
    twins = [ONE, TWO | {"title": ONE["title"]}]
    row = accepted(session, people, writer, made.result_content(writer) | {"children": twins})

    changed(session, people, writer, row, {"result.summary": "改过的简介"})

    assert parts(session, row) == [ONE["title"], ONE["title"]]


def test_a_child_that_was_split_is_not_taken_out(session, people, writer, buyer):
    content = made.transfer_content(writer, buyer) | {"children": [ONE]}
    row = accepted(session, people, writer, content)
    (part,) = queries_results.children(session, row.result_id)
    results.split(
        session, part.id, by=people.manager, at=clock(session), reason="单独定价", own_price=20
    )
    change = submissions.ask_change(session, row.id, by=writer.actor, at=clock(session))
    submissions.put(session, change.id, edits.child_removed(1), by=writer.actor, at=clock(session))
    submissions.submit(session, change.id, by=writer.actor, at=clock(session))
    made.accepted(session, change, people.one)
    made.claimed(session, change, people.other)

    with pytest.raises(GuardFailed, match="不能移出"):
        submission_reviews.accept(session, change.id, by=people.other, at=clock(session))


def test_a_childs_number_that_another_result_has_is_told_before_sending(session, people, writer):
    known = registry.result(
        session, people, numbers=(Number(IdentifierKind.PATENT, ONE["number"]),)
    )
    content = made.result_content(writer) | {"children": [ONE]}
    row = made.draft(session, writer, content)

    found = lookalikes.found(session, row, content)
    with pytest.raises(Refused, match="疑似重复"):
        submissions.submit(session, row.id, by=writer.actor, at=clock(session))
    lookalikes.distinguish(
        session, row.id, "result", known.id, by=writer.actor, at=clock(session), reason="分案"
    )
    submissions.submit(session, row.id, by=writer.actor, at=clock(session))
    made.claimed(session, row, people.one)
    with pytest.raises(Conflict, match=known.code):  # and a number still names one result
        submission_reviews.accept(session, row.id, by=people.one, at=clock(session))

    assert [(each.table, each.id) for each in found] == [("result", known.id)]


def test_the_children_of_two_submissions_are_compared_too(session, people, writer):
    made.sent(session, writer, made.result_content(writer) | {"children": [ONE]})
    other = made.author(session, people)
    content = made.result_content(other, title="另一名称", numbers={"patent": [ONE["number"]]})
    row = made.draft(session, other, content)

    assert [one.table for one in lookalikes.found(session, row, content)] == ["submission"]


def test_a_change_reopens_and_mends_every_receiver(session, people, writer, buyer):
    second, third = (registry.organisation(session, people) for _ in range(2))
    content = made.transfer_content(writer, buyer) | {"receivers": [second.id, third.id]}
    row = accepted(session, people, writer, content)
    assert (standing(session), counted(session)) == (3, 1)

    change = submissions.ask_change(session, row.id, by=writer.actor, at=clock(session))
    for edit in (edits.receiver_removed(third.id), {"contract.amount": "99"}):
        submissions.put(session, change.id, edit, by=writer.actor, at=clock(session))
    submissions.submit(session, change.id, by=writer.actor, at=clock(session))
    assert (counted(session), counted(session, Standing.PENDING)) == (0, 1)
    made.accepted(session, change, people.one, people.other)

    received = queries_results.transfers_under(session, row.contract_id)
    assert [one.receiver_id for one in received] == [buyer.id, second.id]
    assert (counted(session), counted(session, Standing.PENDING)) == (1, 0)


def test_a_receiver_of_the_city_makes_the_claim_that_two_must_verify(session, people, writer):
    away = registry.organisation(session, people, reg_area="210100")
    local = registry.organisation(session, people)
    content = made.transfer_content(writer, away, amount="10") | {"receivers": [local.id]}
    row = made.sent(session, writer, content)

    made.accepted(session, row, people.one)
    assert row.decided_at is None
    made.accepted(session, row, people.other)
    assert counted(session) == 1


def test_another_result_under_the_same_contract_joins_its_package(session, people, writer, buyer):
    first = accepted(session, people, writer, made.transfer_content(writer, buyer))
    content = made.transfer_content(writer, buyer)
    content["result"]["title"] = "示例另一件专利"
    row = made.draft(session, writer, content)
    with pytest.raises(Refused, match="一份合同转化的算 1 项"):
        submissions.submit(session, row.id, by=writer.actor, at=clock(session))
    chosen = {"result.package_id": first.result_id}
    submissions.put(session, row.id, chosen, by=writer.actor, at=clock(session))
    submissions.submit(session, row.id, by=writer.actor, at=clock(session))
    made.accepted(session, row, people.one, people.other)

    assert parts(session, first) == ["示例另一件专利"]
    assert (row.contract_id, standing(session), counted(session)) == (first.contract_id, 2, 1)


def test_a_package_of_another_contract_is_refused(session, people, writer, buyer):
    other = registry.result(session, people)
    content = made.transfer_content(writer, buyer)
    row = made.draft(session, writer, content)
    submissions.put(
        session, row.id, {"result.package_id": other.id}, by=writer.actor, at=clock(session)
    )

    with pytest.raises(Refused, match="不是按这份合同转化的"):
        submissions.submit(session, row.id, by=writer.actor, at=clock(session))


def test_a_receiver_of_another_base_is_refused(session, people, writer, buyer):
    far = registry.organisation(session, factories.team(session, "SY"))
    row = made.draft(
        session, writer, made.transfer_content(writer, buyer) | {"receivers": [far.id]}
    )

    with pytest.raises(Refused, match="其他受让方不在单位登记簿中"):
        submissions.submit(session, row.id, by=writer.actor, at=clock(session))
