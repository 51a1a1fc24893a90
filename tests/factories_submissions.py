"""Submissions for tests, reached by the real verbs."""

from dataclasses import dataclass

from sqlmodel import Session

from pilot.domain.people import Actor, Role
from pilot.services import submission_reviews, submissions
from pilot.store.files import StoredFile
from pilot.store.models import Account, Organisation, Submission
from tests import factories
from tests import factories_registry as registry
from tests.factories import Team, clock
from tests.remembered import remembered

REASON = "示例说明：稍后补充"


@dataclass(frozen=True, slots=True)
class Author:
    """A researcher with the institute they belong to."""

    actor: Actor
    home: Organisation


@remembered
def author(session: Session, people: Team, **fields) -> Author:
    """A researcher of an institute."""
    home = registry.institute(session, people)
    actor = factories.actor(session, people.base, Role.RESEARCHER, **fields)
    session.get_one(Account, actor.id).organisation_id = home.id
    session.flush()
    return Author(actor, home)


def result_content(writer: Author, **fields) -> dict:
    """A complete result: nothing refuses it, nothing only warns."""
    values = {
        "title": "示例耐温分离膜制备工艺",
        "kind": "process",
        "field": "catalyst",
        "summary": "示例简介",
        "readiness_scheme": "GB/T 37264",
        "readiness_version": "2018",
        "readiness_level": 5,
        "non_secret": True,
        "holders": [{"organisation_id": writer.home.id, "share": "100"}],
    }
    return {"result": values | fields, "has_transfer": False}


def transfer_content(writer: Author, buyer: Organisation, **contract) -> dict:
    """The same with a sale under a contract, every soft problem explained."""
    terms = {
        "no": "SB-001",
        "type": "transfer",
        "signed_on": "2026-03-01",
        "seller_id": writer.home.id,
        "buyer_id": buyer.id,
        "amount": "88.5",
        "ip_clause": "归受让方",
        "registration_no": "2026211100000123",
        "registered_on": "2026-03-15",
    }
    return result_content(writer) | {
        "has_transfer": True,
        "contract": terms | contract,
        "transfer": {"mode": "2", "receiver_id": buyer.id, "implement_area": "211102"},
        "explanations": {"files/contract-wanted": REASON},
    }


@remembered
def draft(session: Session, writer: Author, content: dict) -> Submission:
    """A saved draft with this content."""
    row = submissions.start(session, by=writer.actor, at=clock(session))
    submissions.put(session, row.id, content, by=writer.actor, at=clock(session))
    return row


@remembered
def sent(session: Session, writer: Author, content: dict) -> Submission:
    """A submission that waits for a reviewer."""
    row = draft(session, writer, content)
    return submissions.submit(session, row.id, by=writer.actor, at=clock(session))


@remembered
def claimed(session: Session, row: Submission, by: Actor) -> Submission:
    """The same, claimed by a reviewer."""
    return submission_reviews.claim(session, row.id, by=by, at=clock(session))


@remembered
def accepted(session: Session, row: Submission, *reviewers: Actor) -> Submission:
    """Accepted by one reviewer, or verified by one and accepted by the next."""
    for reviewer in reviewers:
        claimed(session, row, reviewer)
        submission_reviews.accept(session, row.id, by=reviewer, at=clock(session))
    return row


@remembered
def sent_back(session: Session, row: Submission, by: Actor) -> Submission:
    """Claimed by a reviewer and sent back to its author."""
    claimed(session, row, by)
    at = clock(session)
    return submission_reviews.send_back(session, row.id, by=by, at=at, reason="请补正")


def file(number: int = 1, name: str = "示例合同.pdf") -> StoredFile:
    """A file as the store would describe it."""
    return StoredFile(f"{number:064x}", 1000 + number, "application/pdf", name)
