"""A text that its column cannot take is refused in the same words by both databases."""

import pytest

from pilot.domain.errors import Invalid
from pilot.domain.people import Role
from pilot.services import projects, submission_reviews
from pilot.services.command import perform
from pilot.store.engine import reading, writing
from pilot.store.models import JournalEntry, Project, Submission
from pilot.ui import prose
from tests import factories
from tests import factories_submissions as made
from tests.factories import NOON


@pytest.fixture
def claimed(engine):
    """A submission that waits, and a reviewer who has claimed it."""
    with writing(engine) as session:
        people = factories.team(session)
        writer = made.author(session, people)
        row = made.sent(session, writer, made.result_content(writer))
        made.claimed(session, row, people.one)
        return row.id, people.one


def refuse(engine, claimed, reason):
    number, reviewer = claimed
    return perform(
        engine, submission_reviews.refuse, number, by=reviewer.id, now=NOON, reason=reason
    )


def test_what_fits_is_kept_whole(engine, claimed):
    refuse(engine, claimed, "长" * 500)

    with reading(engine) as session:
        row = session.get_one(Submission, claimed[0])
        assert row.reason == "长" * 500


def test_what_is_too_long_is_refused_with_its_beginning_and_both_numbers(engine, claimed):
    with pytest.raises(Invalid, match="“示例理由长长长长长长长长…”太长：最多 500 字，现在 504 字"):
        refuse(engine, claimed, "示例理由" + "长" * 500)

    with reading(engine) as session:
        assert session.get_one(Submission, claimed[0]).state.value == "waiting"


def test_a_reason_that_only_the_journal_takes_is_looked_at_too(engine):
    with writing(engine) as session:
        manager = factories.actor(session, factories.base(session), Role.MANAGER)
    draft = projects.ProjectDraft(name="甲")
    done = perform(engine, projects.register, draft, by=manager.id, now=NOON)
    most = JournalEntry.__table__.c.reason.type.length
    assert most == prose.REASON  # what a field says by itself

    def rename(reason):
        new = projects.ProjectDraft(name="乙")
        perform(engine, projects.edit, done.subject_id, new, by=manager.id, now=NOON, reason=reason)

    with pytest.raises(Invalid, match=f"最多 {most} 字，现在 {most + 1} 字"):
        rename("长" * (most + 1))
    rename("长" * most)
    with reading(engine) as session:
        assert session.get_one(Project, done.subject_id).name == "乙"
