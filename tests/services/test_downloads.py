"""Who may fetch the files of a submission."""

import pytest

from pilot.domain.errors import NotAllowed, NotFound
from pilot.domain.people import Role
from pilot.domain.vocabulary import FileKind
from pilot.services import attachments, submission_files, submission_reviews, submissions
from pilot.services.downloads import open_attachment
from pilot.store.engine import writing
from pilot.store.models import Account
from tests import factories
from tests import factories_submissions as made
from tests.factories import NOON, clock

PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"


@pytest.fixture
def world(engine, folder):
    """A sent submission with a file, returned, with another file added since; and people."""
    with writing(engine) as session:
        people = factories.team(session)
        author = made.author(session, people)
        colleague = made.author(session, people).actor
        session.get_one(Account, colleague.id).organisation_id = author.home.id
        row = made.draft(session, author, made.result_content(author))
        sent = attach(session, folder, row, author, b"sent")
        submissions.submit(session, row.id, by=author.actor, at=clock(session))
        made.claimed(session, row, people.one)
        submission_reviews.send_back(
            session, row.id, by=people.one, at=clock(session), reason="请改"
        )
        fresh = attach(session, folder, row, author, b"fresh")
        paper = attachments.keep(folder, PDF, shown_name="材料.pdf", limit_bytes=10_000)
        paper = attachments.add(session, paper, by=people.manager, at=NOON).id
        who = {
            "author": author.actor.id,
            "colleague": colleague.id,
            "stranger": made.author(session, people).actor.id,
            "reviewer": people.one.id,
            "officer": factories.actor(session, people.base, Role.OFFICER).id,
            "province": people.province.id,
            "elsewhere": factories.team(session, "YK").one.id,
        }
    return who, {"sent": sent, "fresh": fresh, "paper": paper}


def attach(session, folder, row, author, mark):
    stored = attachments.keep(
        folder, PDF + b"%" + mark + b"\n", shown_name=f"{mark.decode()}.pdf", limit_bytes=10_000
    )
    return submission_files.attach(
        session, row.id, FileKind.OTHER, by=author.actor, at=clock(session), file=stored
    ).attachment_id


@pytest.mark.parametrize(
    ("name", "open_to"),
    [
        pytest.param("sent", {"author", "colleague", "reviewer", "officer"}, id="what was sent"),
        pytest.param("fresh", {"author"}, id="what is being written"),
        pytest.param("paper", {"reviewer", "officer"}, id="a paper of a project"),
    ],
)
def test_who_fetches_what(engine, folder, world, name, open_to):
    people, files = world
    allowed = set()
    for who, account in people.items():
        try:
            found = open_attachment(engine, folder, files[name], by=account, now=NOON)
        except (NotFound, NotAllowed):
            continue
        found.body.close()
        allowed.add(who)
    assert allowed == open_to


def test_another_ones_file_is_as_good_as_missing(engine, folder, world):
    people, files = world
    said = set()
    for number in (files["sent"], files["paper"], 999_999, 10**30):
        with pytest.raises(NotFound) as refused:
            open_attachment(engine, folder, number, by=people["stranger"], now=NOON)
        said.add(refused.value.message)
    assert said == {"没有找到这条附件。"}
