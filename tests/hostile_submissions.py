"""Submissions whose texts are hostile: one returned with comments, one told apart, one refused."""

from sqlmodel import Session

from pilot.services import lookalikes, submission_reviews, submissions
from tests import factories_registry as registry
from tests import factories_submissions as made
from tests.factories import Team, clock
from tests.factories_submissions import Author
from tests.hostile_texts import MARKDOWN, SCRIPTS

# What is sent stands in the content as JSON, so it is hostile from the beginning.
_CHILDREN = [
    {
        "title": SCRIPTS[2],
        "kind": "standard",
        "number_kind": "standard",
        "number": MARKDOWN[0][:64],
    },
    {"title": MARKDOWN[1], "kind": "paper"},
]
_TEXTS = {"summary": SCRIPTS[0], "programme": MARKDOWN[0], "demand": SCRIPTS[1]}


def handed_in(session: Session, people: Team, author: Author) -> None:
    """Waiting, returned and refused ones, with what was said about them."""
    known = registry.result(session, people)
    waiting, returned, refused = (_sent(session, author, number) for number in range(3))
    draft = made.draft(session, author, made.result_content(author, title=MARKDOWN[1]))
    lookalikes.distinguish(
        session, waiting.id, "result", known.id, by=author.actor, at=clock(session), reason="不同"
    )
    made.claimed(session, returned, people.one)
    submissions.comment(
        session, returned.id, "意见", by=people.one, at=clock(session), field="result.summary"
    )
    submission_reviews.send_back(
        session, returned.id, by=people.one, at=clock(session), reason="退回理由"
    )
    made.claimed(session, refused, people.one)
    submission_reviews.refuse(
        session, refused.id, by=people.one, at=clock(session), reason="不予受理的理由"
    )
    _followed(session, people, author)
    submissions.withdraw(session, draft.id, by=author.actor, at=clock(session), reason="撤回理由")


def _sent(session: Session, author: Author, number: int):
    title = f"{SCRIPTS[number]} {number}"
    content = made.result_content(author, title=title, **_TEXTS) | {"children": _CHILDREN}
    return made.sent(session, author, content)


def _followed(session: Session, people: Team, author: Author) -> None:
    """A contract and what followed on it, as far as its texts go."""
    buyer = registry.organisation(session, people)
    sold = made.sent(session, author, made.transfer_content(author, buyer, no="SB-敌意"))
    made.accepted(session, sold, people.one, people.other)
    told = {
        "kind": "amendment", "contract_id": sold.contract_id, "happened_on": "2026-05-20",
        "no": MARKDOWN[0][:64], "note": SCRIPTS[0],
    }  # fmt: skip
    content = made.result_content(author) | {"has_transfer": True, "follow_up": told}
    reasons = {"explanations": {"files/contract-wanted": made.REASON}}
    row = made.sent(session, author, content | reasons | {"same_as": sold.result_id})
    made.accepted(session, row, people.one)
