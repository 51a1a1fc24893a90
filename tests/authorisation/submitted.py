"""The submissions of the world: one's own, another researcher's, claimed by oneself or not."""

import itertools

from sqlmodel import Session

from pilot.domain.people import Actor, Role
from pilot.domain.vocabulary import FileKind
from pilot.services import submission_files, submissions
from pilot.store.models import Account, Submission, SubmissionFile
from tests import factories
from tests import factories_registry as registry
from tests import factories_submissions as made
from tests.factories import Team, clock
from tests.factories_submissions import Author

Ids = dict[str, int]
_UNSENT = "别家未提交"  # the mark of another base: what nobody sent shows no more than that
_numbers = itertools.count(1)


def objects(session: Session, team: Team, author: Author, judge: Actor, mark: str) -> Ids:
    """Submissions at the points where each verb applies; `judge` is the reviewer who acts."""
    stranger = made.author(session, team)
    second = factories.actor(session, team.base, Role.REVIEWER)
    draft, draft_file = _with_file(session, author, f"{mark}草稿")
    unsent, unsent_file = _with_file(session, stranger, _UNSENT)
    submissions.start(session, by=stranger.actor, at=clock(session), copy_of=unsent.id)
    sent, sent_file = _with_file(session, author, f"{mark}已提交")
    submissions.submit(session, sent.id, by=author.actor, at=clock(session))
    waiting, taken, held = (_sent(session, stranger, f"{mark}待审") for _ in range(3))
    made.claimed(session, taken, second)
    made.claimed(session, held, judge)
    half, joint = (_transferred(session, team, stranger, mark) for _ in range(2))
    made.accepted(session, half, judge)
    made.claimed(session, made.accepted(session, joint, second), judge)
    sale = made.accepted(session, _transferred(session, team, author, mark), judge, second)
    about = {"has_transfer": True, "follow_up": {"contract_id": sale.contract_id}}
    following = made.draft(
        session, author, _content(author, f"{mark}后续") | about | {"same_as": sale.result_id}
    )
    ids = {
        "draft": draft, "unsent": unsent, "sent": sent, "waiting": waiting, "taken": taken,
        "held": held, "half": half, "joint": joint,
        "accepted": made.accepted(session, _sent(session, author, f"{mark}通过"), judge),
        "home": _sent(session, _colleague(session, team, judge), f"{mark}同单位"),
    }  # fmt: skip
    files = {"draft_file": draft_file, "unsent_file": unsent_file, "sent_file": sent_file}
    return {
        **{name: row.id for name, row in ids.items()},
        "earlier": sale.contract_id,
        "following": following.id,
        **{name: link.attachment_id for name, link in files.items()},
        "draft_link": draft_file.id,
    }


def closed(session: Session, author: Author, own: Ids) -> Ids:
    """The same after their end: accepted, and what may be changed when accepted, withdrawn."""
    gone = _sent(session, author, "示例撤回")
    submissions.withdraw(session, gone.id, by=author.actor, at=clock(session))
    names = ("draft", "sent", "waiting", "held", "joint")
    return dict.fromkeys(names, own["accepted"]) | {"accepted": gone.id}


def member(session: Session, team: Team, actor: Actor) -> Author:
    """A researcher who has an account already, with an institute of their own."""
    home = registry.institute(session, team)
    session.get_one(Account, actor.id).organisation_id = home.id
    session.flush()
    return Author(actor, home)


def _colleague(session: Session, team: Team, judge: Actor) -> Author:
    """A researcher of the organisation that the reviewer belongs to."""
    writer = made.author(session, team)
    session.get_one(Account, judge.id).organisation_id = writer.home.id
    session.flush()
    return writer


def _content(author: Author, mark: str) -> dict:
    return made.result_content(author, title=f"{mark}成果{next(_numbers)}")


def _sent(session: Session, author: Author, mark: str) -> Submission:
    return made.sent(session, author, _content(author, mark))


def _with_file(session: Session, author: Author, mark: str) -> tuple[Submission, SubmissionFile]:
    row = made.draft(session, author, _content(author, mark))
    file = made.file(next(_numbers))
    linked = submission_files.attach(
        session, row.id, FileKind.OTHER, by=author.actor, at=clock(session), file=file
    )
    return row, linked


def _transferred(session: Session, team: Team, author: Author, mark: str) -> Submission:
    buyer = registry.organisation(session, team)
    number = next(_numbers)
    terms = {"no": f"{mark}-填报-{number}", "registration_no": f"2026211100{number:06d}"}
    content = made.transfer_content(author, buyer, **terms)
    result = _content(author, mark)["result"]
    return made.sent(session, author, content | {"result": result})
