"""Who is responsible for a result: one of the holders' people, or entered with the acceptance."""

import json

import pytest

from pilot.domain.errors import Refused
from pilot.reports import submission_desk as desks
from pilot.reports.submission_words import answers, words
from pilot.services import submission_reviews, submissions
from pilot.store import queries_registry
from pilot.store.models import Account, Person, Result, Submission
from tests import factories
from tests import factories_registry as registry
from tests import factories_submissions as made
from tests.factories import clock


@pytest.fixture
def team(session):
    return factories.team(session)


@pytest.fixture
def writer(session, team):
    return made.author(session, team)


def leader(session, team, writer, name="示例负责人"):
    return registry.person(session, team, name=name, kind="leader", organisation_id=writer.home.id)


def told(writer, **contact):
    return made.result_content(writer) | {"contact": contact}


def taken_in(session, team, row):
    made.accepted(session, row, team.one)
    return session.get_one(Result, session.get_one(Submission, row.id).result_id)


def people(session, team):
    return queries_registry.persons(session, team.base.id)


def test_the_person_who_was_picked_stands_at_the_result(session, team, writer):
    person = leader(session, team, writer)
    result = taken_in(session, team, made.sent(session, writer, told(writer, id=person.id)))
    assert result.contact_id == person.id
    assert len(people(session, team)) == 1


def test_nobody_has_to_be_named(session, team, writer):
    result = taken_in(session, team, made.sent(session, writer, made.result_content(writer)))
    assert result.contact_id is None


def test_who_was_asked_for_is_entered_at_the_first_holder_with_the_acceptance(
    session, team, writer
):
    row = made.sent(session, writer, told(writer, name=" 新负责人 "))
    assert people(session, team) == []
    result = taken_in(session, team, row)
    [person] = people(session, team)
    assert result.contact_id == person.id
    assert (person.name, person.kind, person.organisation_id, person.phone) == (
        "新负责人",
        "leader",
        writer.home.id,
        None,
    )


def test_who_is_known_by_that_name_is_not_entered_twice(session, team, writer):
    person = leader(session, team, writer)
    result = taken_in(session, team, made.sent(session, writer, told(writer, name="示例负责人")))
    assert result.contact_id == person.id
    assert len(people(session, team)) == 1


def test_the_author_under_their_own_name_is_linked_to_their_account(session, team, writer):
    name = session.get_one(Account, writer.actor.id).name
    result = taken_in(session, team, made.sent(session, writer, told(writer, name=name)))
    assert session.get_one(Person, result.contact_id).account_id == writer.actor.id


def test_somebody_else_is_linked_to_no_account(session, team, writer):
    result = taken_in(session, team, made.sent(session, writer, told(writer, name="别人")))
    assert session.get_one(Person, result.contact_id).account_id is None


def test_a_result_that_was_merged_into_keeps_its_own_person(session, team, writer):
    person = leader(session, team, writer)
    first = taken_in(session, team, made.sent(session, writer, told(writer, id=person.id)))
    content = told(writer, name="别人")
    content["result"]["title"] = "完全不同的示例工艺"
    row = made.claimed(session, made.sent(session, writer, content), team.one)
    submission_reviews.join(
        session, row.id, first.id, by=team.one, at=clock(session), reason="同一项"
    )
    assert session.get_one(Result, first.id).contact_id == person.id
    assert len(people(session, team)) == 1


def test_a_change_that_names_nobody_keeps_the_person_and_takes_none_from_the_form(
    session, team, writer
):
    person = leader(session, team, writer)
    row = made.sent(session, writer, told(writer, id=person.id))
    result = taken_in(session, team, row)
    forged = registry.person(session, team, name="别人")
    change = submissions.ask_change(session, row.id, by=writer.actor, at=clock(session))
    edits = {"contact": {}, "result.contact_id": forged.id, "result.summary": "改过的简介"}
    submissions.put(session, change.id, edits, by=writer.actor, at=clock(session))
    submissions.submit(session, change.id, by=writer.actor, at=clock(session))
    made.accepted(session, change, team.one)
    assert (result.contact_id, result.summary) == (person.id, "改过的简介")


@pytest.mark.parametrize("whose", ["another unit's", "nobody", "another base's"])
def test_a_person_of_no_holder_is_refused(session, team, writer, whose):
    other = registry.institute(session, team)
    strangers = factories.team(session, "QT")
    number = {
        "another unit's": registry.person(session, team, organisation_id=other.id).id,
        "nobody": 999_999,
        "another base's": registry.person(session, strangers).id,
    }[whose]
    row = made.draft(session, writer, told(writer, id=number))
    with pytest.raises(Refused) as refusal:
        submissions.submit(session, row.id, by=writer.actor, at=clock(session))
    assert [one.field for one in refusal.value.problems] == ["contact.id"]


@pytest.mark.parametrize("name", ["名" * 51, "李\n工", "a\u0000"])
def test_a_name_that_cannot_be_one_is_refused(session, team, writer, name):
    row = made.draft(session, writer, told(writer, name=name))
    with pytest.raises(Refused, match="成果负责人姓名"):
        submissions.submit(session, row.id, by=writer.actor, at=clock(session))


def test_the_form_offers_only_the_holders_people_and_no_contact_data(session, team, writer):
    person = registry.person(
        session, team, name="本单位", organisation_id=writer.home.id, phone="0427-7654321"
    )
    registry.person(
        session, team, name="外单位", organisation_id=registry.institute(session, team).id
    )
    row = made.draft(session, writer, made.result_content(writer))
    found = desks.desk(session, writer.actor, row.id, clock(session)).people
    assert list(found) == [person.id]
    assert "7654321" not in str(found)


def test_reviewers_read_who_it_is(session, team, writer):
    person = leader(session, team, writer)

    def read(content):
        found = answers(content, words(session, team.base.id, content)).values()
        return [one.text for part in found for one in part if one.field == "contact.id"]

    assert read(told(writer, id=person.id)) == ["示例负责人"]
    assert read(told(writer, name="新人")) == ["新人（待登记）"]
    assert read(told(writer, id=None)) == []


def test_a_copy_keeps_the_person(session, team, writer):
    person = leader(session, team, writer)
    row = made.sent(session, writer, told(writer, id=person.id))
    copy = submissions.start(session, by=writer.actor, at=clock(session), copy_of=row.id)
    assert json.loads(copy.content)["contact"] == {"id": person.id}
