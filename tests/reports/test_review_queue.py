"""The reviewers' queue: what waits to be claimed is what the reader may claim."""

import pytest
from sqlmodel import select

from pilot.domain.errors import PilotError
from pilot.domain.people import Role
from pilot.domain.submissions import OPEN, Tab
from pilot.reports import review_queue
from pilot.services import submission_reviews, submissions
from pilot.store.models import Account, Submission
from tests import factories
from tests import factories_registry as registry
from tests import factories_submissions as made
from tests.factories import NOON, clock


@pytest.fixture
def people(session):
    return factories.team(session)


def own_unit(session, reviewer, unit_id):
    session.get_one(Account, reviewer.id).organisation_id = unit_id
    session.flush()


@pytest.fixture
def waiting(session, people):
    """One of a stranger, one of the reader's unit, one held by it, one verified by the reader,
    and one that came back unchanged after the reader had verified it."""
    home = registry.institute(session, people)
    own_unit(session, people.one, home.id)
    buyer = registry.organisation(session, people)
    writers = [made.author(session, people) for _ in range(5)]
    session.get_one(Account, writers[1].actor.id).organisation_id = home.id
    contents = [made.result_content(one, title=f"示例{one.actor.id}") for one in writers[:3]]
    contents[2]["result"]["holders"].append({"organisation_id": home.id, "share": ""})
    contents[2]["result"]["holders"][0]["share"] = ""
    contents += [
        made.transfer_content(
            one, buyer, no=f"SB-{one.actor.id}", registration_no=f"20262111000{one.actor.id:05}"
        )
        for one in writers[3:]
    ]
    rows = [made.sent(session, *one) for one in zip(writers, contents, strict=True)]
    made.accepted(session, rows[3], people.one)
    made.accepted(session, rows[4], people.one)
    made.claimed(session, rows[4], people.other)
    submission_reviews.send_back(
        session, rows[4].id, by=people.other, at=clock(session), reason="问"
    )
    submissions.submit(session, rows[4].id, by=writers[4].actor, at=clock(session))
    made.accepted(session, rows[4], people.one)
    return rows


def claimable(session, reader):
    """What the verb lets a reader claim, tried one by one."""
    found = []
    for row in session.exec(select(Submission).where(Submission.reviewer_id == None)).all():  # noqa: E711
        try:
            made.claimed(session, row, reader)
        except PilotError:
            continue
        submission_reviews.release(session, row.id, by=reader, at=clock(session))
        found.append(row.id)
    return found


def test_what_waits_to_be_claimed_is_what_the_reader_may_claim(session, people, waiting):
    for reader in (people.one, people.other):
        found = review_queue.queue(session, reader, Tab.UNCLAIMED, "", NOON)
        may = claimable(session, reader)

        assert sorted(found.rows["id"]) == sorted(may)
        assert found.total == found.counts[Tab.UNCLAIMED] == len(may)
    assert [row.id for row in waiting[:1]] == claimable(session, people.one)
    assert [row.state in OPEN for row in waiting] == [True] * 5


def test_a_unit_is_not_taken_for_one_whose_number_begins_alike(session, people):
    units = [registry.organisation(session, people) for _ in range(10)]
    writer = made.author(session, people)
    held = [{"organisation_id": units[-1].id, "share": ""}]
    row = made.sent(session, writer, made.result_content(writer, holders=held))
    own_unit(session, people.one, units[-1].id // 10)

    assert units[-1].id > 9
    found = review_queue.queue(session, people.one, Tab.UNCLAIMED, "", NOON)
    assert list(found.rows["id"]) == [row.id]


def test_where_their_own_unit_is_allowed_it_waits_for_them(session, people, waiting):
    admin = factories.actor(session, people.base, Role.ADMIN)
    submission_reviews.save_policy(
        session, "500", True, by=admin, at=clock(session), reason="示例依据"
    )
    found = review_queue.queue(session, people.one, Tab.UNCLAIMED, "", NOON)

    assert list(found.rows["id"]) == [row.id for row in waiting[:3]]
