"""A researcher's lists and desk, and the receipt: who sees what."""

from datetime import timedelta

import pytest

from pilot.domain.errors import NotAllowed, NotFound
from pilot.domain.people import Role
from pilot.domain.vocabulary import SubmissionState as State
from pilot.reports import (
    alike,
    receipts,
    review_queue,
    submission_desk,
    submission_thread,
    submissions,
)
from pilot.reports.submissions import Group
from pilot.services import lookalikes, submission_reviews
from pilot.services import submissions as verbs
from pilot.store.models import Account
from tests import factories
from tests import factories_registry as registry
from tests import factories_submissions as made
from tests.factories import NOON, clock
from tests.statements import count_statements


@pytest.fixture
def people(session):
    return factories.team(session)


@pytest.fixture
def writer(session, people):
    return made.author(session, people)


@pytest.fixture
def colleague(session, people, writer):
    other = made.author(session, people)
    session.get_one(Account, other.actor.id).organisation_id = writer.home.id
    return other


def titles(session, actor, group=Group.ALL, text=""):
    page = submissions.mine(session, actor, NOON, group, text)
    return [one.title for one in page.lines]


def named(writer, title):
    return made.result_content(writer, title=title)


def test_ones_own_and_what_colleagues_sent(session, people, writer, colleague):
    made.draft(session, writer, named(writer, "示例自己的草稿"))
    made.draft(session, colleague, named(writer, "示例同事的草稿"))
    made.sent(session, colleague, named(writer, "示例同事已交"))
    stranger = made.author(session, people)
    made.sent(session, stranger, named(stranger, "示例外单位"))

    assert titles(session, writer.actor) == ["示例自己的草稿", "示例同事已交"]
    assert titles(session, writer.actor, Group.MINE) == ["示例自己的草稿"]
    counts = submissions.counts(session, writer.actor)
    assert counts == {Group.ALL: 2, Group.MINE: 1, Group.OPEN: 1, Group.ENDED: 0}


def test_ones_own_unit_is_the_first_to_choose_as_holder(session, people, writer):
    for name in ("0甲公司", "0乙公司"):
        registry.organisation(session, people, name=name)
    row = made.draft(session, writer, {"organisations": [{"name": "0丙公司"}]})

    found = submission_desk.desk(session, writer.actor, row.id, NOON)

    assert list(found.units)[:2] == [writer.home.id, -1]


def test_a_researcher_of_no_organisation_sees_only_their_own(session, people):
    lonely = factories.actor(session, people.base, Role.RESEARCHER)
    other = factories.actor(session, people.base, Role.RESEARCHER)
    row = verbs.start(session, by=other, at=clock(session))

    assert titles(session, lonely) == []
    with pytest.raises(NotFound):
        submissions.head(session, lonely, row.id, NOON)


def test_a_line_says_whose_turn_for_how_many_days(session, people, writer):
    row = made.sent(session, writer, named(writer, "示例"))
    later = row.turn_since + timedelta(days=3, hours=5)

    [line] = submissions.mine(session, writer.actor, later, Group.ALL, "").lines
    assert (line.turn, line.days, line.own) == ("审核人", 3, True)
    made.claimed(session, row, people.one)
    [line] = submissions.mine(session, writer.actor, later, Group.ALL, "").lines
    assert line.next == "审核人已认领，正在审核。"


def test_a_colleague_sees_the_title_that_was_sent(session, people, writer, colleague):
    row = made.sent(session, colleague, named(writer, "示例已交"))
    made.claimed(session, row, people.one)
    submission_reviews.send_back(session, row.id, by=people.one, at=clock(session), reason="请改")
    new = {"result.title": "示例还在改"}
    verbs.put(session, row.id, new, by=colleague.actor, at=clock(session))

    assert titles(session, writer.actor) == ["示例已交"]
    assert submissions.head(session, writer.actor, row.id, NOON).title == "示例已交"
    assert titles(session, colleague.actor) == ["示例还在改"]


def test_a_search_is_letter_for_letter(session, writer):
    made.sent(session, writer, named(writer, "示例100%转化"))
    assert titles(session, writer.actor, text="0%转") == ["示例100%转化"]
    assert titles(session, writer.actor, text="0_转") == []


def test_every_state_says_what_next():
    assert set(submissions.NEXT) == set(State)


@pytest.mark.parametrize("wrong", [None, 0, 99_999, 2**31, 10**15])
def test_a_missing_one_is_not_found(session, writer, wrong):
    with pytest.raises(NotFound):
        submissions.head(session, writer.actor, wrong, NOON)


def test_the_desk_of_a_colleague_is_closed(session, writer, colleague):
    row = made.sent(session, colleague, named(writer, "示例"))

    assert submissions.head(session, writer.actor, row.id, NOON).writable is False
    with pytest.raises(NotFound):
        submission_desk.desk(session, writer.actor, row.id, NOON)


def test_remarks_of_the_last_round_stand_at_their_fields(session, people, writer):
    row = made.sent(session, writer, named(writer, "示例"))
    made.claimed(session, row, people.one)
    for by, field in (
        (people.one, "result.title"),
        (people.one, None),
        (writer.actor, "result.kind"),
    ):
        verbs.comment(session, row.id, "请核对", by=by, at=clock(session), field=field)
    submission_reviews.send_back(session, row.id, by=people.one, at=clock(session))

    desk = submission_desk.desk(session, writer.actor, row.id, NOON)

    assert [one.field for one in desk.remarks] == ["result.title"]


def test_the_reason_of_a_return_stays_with_its_round(session, people, writer):
    row = made.sent(session, writer, named(writer, "示例"))
    made.claimed(session, row, people.one)
    submission_reviews.send_back(
        session, row.id, by=people.one, at=clock(session), reason="简介太短，请补充"
    )
    assert submission_thread.untouched(session, row)
    verbs.submit(session, row.id, by=writer.actor, at=clock(session))

    said = submission_thread.thread(session, row.id)
    assert [(one.by_id, one.round, one.text) for one in said] == [
        (people.one.id, 1, "简介太短，请补充")
    ]
    assert review_queue.judged(session, people.one, row.id, NOON).repeats


def test_what_was_changed_for_the_next_round_is_no_repetition(session, people, writer):
    row = made.sent(session, writer, named(writer, "示例"))
    assert not review_queue.judged(session, people.one, row.id, NOON).repeats
    made.claimed(session, row, people.one)
    submission_reviews.send_back(
        session, row.id, by=people.one, at=clock(session), reason="简介太短，请补充"
    )
    verbs.put(
        session, row.id, {"result.summary": "补充的示例简介"}, by=writer.actor, at=clock(session)
    )
    assert not submission_thread.untouched(session, row)
    verbs.submit(session, row.id, by=writer.actor, at=clock(session))

    assert not review_queue.judged(session, people.one, row.id, NOON).repeats


def test_of_a_look_alike_submission_only_what_was_sent_is_told(session, people, writer):
    other = made.author(session, people)
    content = made.result_content(other, numbers={"patent": ["201911044411.X"]})
    sent = made.sent(session, other, content)
    row = made.draft(
        session, writer, made.result_content(writer, numbers=content["result"]["numbers"])
    )

    [one] = alike.told(session, row, {"result": content["result"]})

    assert (one.table, one.id, one.code) == ("submission", sent.id, "")
    assert one.facts == {"名称": content["result"]["title"], "持有方": other.home.name}
    assert alike.unanswered([one]) == 1
    (whole,) = alike.beside(session, row.id, content).others
    assert (whole.code, whole.facts["编号"]) == (sent.receipt, "专利申请号 201911044411.X")


def test_many_look_alikes_take_as_many_questions_as_two(session, people, writer):
    numbers = {"patent": ["201911044411.X", "202310456789.0"], "software": ["2021SR0123456"]}
    content = made.result_content(writer, numbers=numbers)
    row = made.draft(session, writer, content)
    registered = registry.result(session, people, title=content["result"]["title"])

    def grow():
        other = made.author(session, people)
        sent = made.result_content(other, numbers={"patent": ["201911044411.X"]})
        row = made.draft(session, other, sent)
        for one in alike.told(session, row, sent):
            lookalikes.distinguish(
                session, row.id, one.table, one.id,
                by=other.actor, at=clock(session), reason="配方不同",
            )  # fmt: skip
        verbs.submit(session, row.id, by=other.actor, at=clock(session))
        submissions_sent.append(row.id)

    def asked():
        session.expire_all()
        return alike.told(session, row, content), alike.beside(session, row.id, content)

    submissions_sent: list[int] = []
    grow()
    few = count_statements(session, asked)
    for _ in range(5):
        grow()

    assert count_statements(session, asked) == few
    found = [(one.table, one.id) for one in asked()[0]]
    assert set(found) == {("submission", one) for one in submissions_sent} | {
        ("result", registered.id)
    }


# --- the receipt ---------------------------------------------------------------------------------


def test_the_receipt_says_what_was_sent_not_what_is_being_written(session, people, writer):
    row = made.sent(session, writer, named(writer, "示例**已交**"))
    made.claimed(session, row, people.one)
    submission_reviews.send_back(session, row.id, by=people.one, at=clock(session), reason="请改")
    verbs.put(session, row.id, {"result.title": "还在写"}, by=writer.actor, at=clock(session))

    found = receipts.receipt(session, writer.actor, row.id)

    assert (found.number, found.title, found.round) == (row.receipt, "示例**已交**", 1)
    assert len(found.fingerprint) == 64


def test_author_colleague_and_reviewer_see_a_receipt_and_nobody_else(
    session, people, writer, colleague
):
    row = made.sent(session, writer, named(writer, "示例"))
    for reader in (writer.actor, colleague.actor, people.one):
        assert receipts.receipt(session, reader, row.id).number == row.receipt

    elsewhere = factories.team(session, "YK").one
    for reader in (made.author(session, people).actor, elsewhere):
        with pytest.raises(NotFound, match="没有找到这份回执"):
            receipts.receipt(session, reader, row.id)
    with pytest.raises(NotAllowed):
        receipts.receipt(session, people.province, row.id)


def test_a_draft_has_no_receipt_not_even_for_its_author(session, writer):
    row = made.draft(session, writer, named(writer, "示例"))
    for wrong in (row.id, 0, 10**30):
        with pytest.raises(NotFound):
            receipts.receipt(session, writer.actor, wrong)
