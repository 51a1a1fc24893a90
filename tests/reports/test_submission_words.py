"""A submission's content in words, for author, reviewer and receipt alike."""

import json

import pytest

from pilot.domain.submission_content import Section
from pilot.domain.vocabulary import FileKind
from pilot.reports import submission_thread, submission_words
from pilot.services import submission_files, submission_reviews, submissions
from pilot.store.models import Submission
from tests import factories
from tests import factories_registry as registry
from tests import factories_submissions as made
from tests.factories import clock


@pytest.fixture
def people(session):
    return factories.team(session)


@pytest.fixture
def writer(session, people):
    return made.author(session, people)


@pytest.fixture
def content(session, people, writer):
    return made.transfer_content(writer, registry.organisation(session, people))


def told(session, writer, content):
    known = submission_words.words(session, writer.actor.base_id, content)
    found = submission_words.answers(content, known)
    return {one.field: one.text for lines in found.values() for one in lines}


def test_every_kind_of_answer_is_put_into_words(session, writer, content):
    content["result"]["numbers"] = {"patent": ["201911044411.X"]}
    said = told(session, writer, content)

    assert said["result.kind"] == "新工艺"
    assert said["result.non_secret"] == "已声明：内容不涉及国家秘密"
    assert said["result.holders"] == f"1. {writer.home.name}（{writer.home.uscc}） 100%"
    assert said["result.numbers"] == "专利申请号：201911044411.X"
    assert said["result.readiness_level"].startswith("GB/T 37264-2018 5级")
    assert said["has_transfer"] == "是"
    assert said["contract.amount"] == "88.5 万元"
    assert said["transfer.implement_area"] == "双台子区（211102）"
    assert said["transfer.mode"] == "向他人转让该科技成果"
    assert said["result.programme"] == "未填写"


def test_what_a_transfer_takes_from_its_contract_is_not_called_missing(session, writer, content):
    content["transfer"].pop("receiver_id", None)
    said = told(session, writer, content)

    assert said["transfer.event_on"] == said["transfer.receiver_id"] == "随合同"
    assert "transfer.related_parties" not in said


def test_an_empty_content_has_every_section_and_no_contract(session, writer):
    known = submission_words.words(session, writer.actor.base_id, {})
    found = submission_words.answers({}, known)

    assert list(found) == [one for one in Section if one is not Section.FILES]
    transfer = found[Section.TRANSFER]
    assert [(one.field, one.text) for one in transfer] == [("has_transfer", "未填写")]


def test_a_unit_that_is_only_asked_for_is_named_as_such(session, writer):
    content = made.result_content(writer, holders=[{"organisation_id": -1}]) | {
        "organisations": [{"name": "示例新公司", "kind": "enterprise"}]
    }
    assert told(session, writer, content)["result.holders"] == "1. 示例新公司（待登记）"


def test_a_unit_of_another_base_is_not_named(session, writer):
    elsewhere = registry.organisation(session, factories.team(session, "SY"), name="别处单位")
    content = made.result_content(writer, holders=[{"organisation_id": elsewhere.id}])

    assert "别处单位" not in told(session, writer, content)["result.holders"]


def test_scheme_edition_and_level_change_as_one(session, writer):
    before, after = made.result_content(writer), made.result_content(writer, readiness_level=6)
    known = submission_words.words(session, writer.actor.base_id, before, after)

    [change] = submission_words.changes(before, after, known)

    assert change.field == "result.readiness_level"
    assert change.before != change.after


def test_the_rounds_tell_what_changed_in_fields_and_files(session, people, writer, content):
    row = made.draft(session, writer, content)
    for number, name in ((1, "旧.pdf"), (2, "留.pdf")):
        submission_files.attach(
            session, row.id, FileKind.OTHER, by=writer.actor, at=clock(session),
            file=made.file(number, name),
        )  # fmt: skip
    submissions.submit(session, row.id, by=writer.actor, at=clock(session))
    made.claimed(session, row, people.one)
    submission_reviews.send_back(session, row.id, by=people.one, at=clock(session), reason="请改")
    old = submission_thread.papers(session, row.id)[0]
    submission_files.detach(session, row.id, old.id, by=writer.actor, at=clock(session))
    new = {"result.summary": "改写后的简介"}
    submissions.put(session, row.id, new, by=writer.actor, at=clock(session))
    submissions.submit(session, row.id, by=writer.actor, at=clock(session))

    latest, first = submission_thread.rounds(session, session.get_one(Submission, row.id))

    assert (first.number, first.changes, first.added) == (1, (), ())
    assert [(one.heading, one.after) for one in latest.changes] == [("成果简介", "改写后的简介")]
    assert (latest.added, latest.removed) == ((), ("旧.pdf",))
    assert json.loads(row.content)["result"]["summary"] == "改写后的简介"


def test_the_thread_names_who_said_what_about_which_field(session, people, writer, content):
    row = made.sent(session, writer, content)
    submissions.comment(
        session, row.id, "请核对", by=people.one, at=clock(session), field="contract.amount"
    )
    submissions.comment(session, row.id, "已核对", by=writer.actor, at=clock(session))

    first, second = submission_thread.thread(session, row.id)

    assert (first.by, first.heading, first.text) == (people.one.name, "合同成交额", "请核对")
    assert (second.by_id, second.heading) == (writer.actor.id, "")
