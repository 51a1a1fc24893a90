"""Whose a submission is (填报的归属): its author's alone until it is sent, then its judges' too.

What is not for somebody is as good as missing, in the same sentence (docs/decisions/0008).
"""

from sqlmodel import Session

from pilot.domain.errors import NotFound
from pilot.domain.people import Actor, may
from pilot.store import queries, queries_submissions
from pilot.store.models import Account, Submission


def own(session: Session, submission_id: int, by: Actor) -> Submission:
    """One's own submission."""
    row = queries.one(session, Submission, by.base_id, submission_id)
    if row.author_id != by.id:
        raise NotFound("没有找到这条填报。")
    return row


def sent(session: Session, base_id: int, submission_id: int | None) -> Submission:
    """A submission of this base that was sent at least once."""
    row = queries.one(session, Submission, base_id, submission_id)
    if row.receipt is None:
        raise NotFound("没有找到这条填报。")
    return row


def discussed(session: Session, submission_id: int, by: Actor) -> Submission:
    """A submission about which `by` may say something: one's own, or one to judge."""
    if may(by, "submission.review"):
        row = queries.one(session, Submission, by.base_id, submission_id)
        return row if row.author_id == by.id else sent(session, by.base_id, submission_id)
    return own(session, submission_id, by)


def avoided(session: Session, by: Actor) -> int | None:
    """The unit whose submissions `by` leaves to others (回避): their own, unless allowed."""
    policy = queries_submissions.policy(session, by.base_id)
    if policy and policy.own_organisation:
        return None
    return session.get_one(Account, by.id).organisation_id
