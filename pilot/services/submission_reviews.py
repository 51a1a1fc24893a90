"""The reviewer's side of a submission (审核): claim, verify, accept, return, refuse, join."""

import json
from datetime import datetime

from sqlmodel import Session

from pilot.domain.errors import GuardFailed, Invalid
from pilot.domain.parsing import ParseError, parse_decimal
from pilot.domain.people import Actor
from pilot.domain.submissions import (
    Facts,
    check_commented,
    check_disinterested,
    check_move,
    enough,
)
from pilot.domain.vocabulary import SubmissionState
from pilot.services import acceptance, merged_changes, notices
from pilot.services.command import verb
from pilot.services.submission_access import avoided, sent
from pilot.services.submission_votes import votes_for
from pilot.services.submissions import facts, say
from pilot.store import queries_submissions
from pilot.store.models import ReviewPolicy, Submission, SubmissionVote


@verb("submission.claim")
def claim(session: Session, submission_id: int, *, by: Actor, at: datetime) -> Submission:
    """Take a submission as one's own to judge (认领); one reviewer at a time."""
    row, _ = _judged(session, submission_id, "claim", by)
    row.reviewer_id = by.id
    return row


@verb("submission.release")
def release(session: Session, submission_id: int, *, by: Actor, at: datetime) -> Submission:
    """Give a claimed submission back to the queue (放回)."""
    row, _ = _judged(session, submission_id, "release", by)
    row.reviewer_id = None
    return row


@verb("submission.accept")
def accept(
    session: Session, submission_id: int, *, by: Actor, at: datetime, reason: str = ""
) -> Submission:
    """Accept a submission (通过), or verify it for a second person where two are needed.

    Acceptance makes result, contract and transfer and so the claim, all or nothing.
    """
    row, known = _judged(session, submission_id, "accept", by)
    merged_changes.lead_back(session, row)
    content = json.loads(row.content)
    if lacks := merged_changes.of_merged(session, row, content):
        raise GuardFailed([each.message + "请退回填报人" for each in lacks])
    same = content.get("same_as") or merged_changes.stands_for(session, row)
    votes = votes_for(session, row.base_id, content, known_result=same)
    if not enough(known, by, votes.needed):
        return _verified(session, row, known, by, at)
    _vote(session, row, known, by, at)
    acceptance.take_in(session, row, content, by=by, at=at, known_result=same)
    _decide(session, row, SubmissionState.ACCEPTED, by, at, reason)
    notices.to_author(session, row, "审核通过，已登记入库", at)
    return row


@verb("submission.send_back")
def send_back(
    session: Session, submission_id: int, *, by: Actor, at: datetime, reason: str = ""
) -> Submission:
    """Return a submission for correction (退回补正), with at least one comment on what to mend."""
    row, _ = _judged(session, submission_id, "send_back", by)
    said = queries_submissions.comments_by(session, row.id, row.round, by.id)
    check_commented(said, reason)
    _decide(session, row, SubmissionState.RETURNED, by, at, reason)
    session.flush()
    if row.reason:  # it stays with its round when the next one is sent
        say(session, row, row.reason, by=by, at=at)
    notices.to_author(session, row, "退回补正，请按意见修改后重新提交", at)
    return row


@verb("submission.refuse")
def refuse(
    session: Session, submission_id: int, *, by: Actor, at: datetime, reason: str
) -> Submission:
    """Refuse a submission (不予受理); it counts nowhere and is in no export."""
    row, _ = _judged(session, submission_id, "refuse", by, reason)
    _decide(session, row, SubmissionState.REFUSED, by, at, reason)
    notices.to_author(session, row, "不予受理，理由见填报页", at)
    return row


@verb("submission.join")
def join(
    session: Session, submission_id: int, result_id: int, *, by: Actor, at: datetime, reason: str
) -> Submission:
    """Find that a result is known already (并入已有成果); its transfer goes to that result.

    The submission stays as history. A transfer needs its second verification here too.
    """
    row, known = _judged(session, submission_id, "join", by, reason)
    target = acceptance.known(session, row, result_id)
    content = json.loads(row.content)
    votes = votes_for(session, row.base_id, content, known_result=target.id)
    if not enough(known, by, votes.needed):
        return _verified(session, row, known, by, at)
    if content.get("has_transfer"):
        _vote(session, row, known, by, at)
        acceptance.take_in(session, row, content, by=by, at=at, known_result=target.id)
    row.result_id = target.id
    _decide(session, row, SubmissionState.DUPLICATE, by, at, reason)
    notices.to_author(session, row, f"与成果 {target.code} 为同一项，已并入", at)
    return row


@verb("review_policy.save")
def save_policy(
    session: Session,
    two_person_amount: object,
    own_organisation: bool,
    *,
    by: Actor,
    at: datetime,
    reason: str,
) -> ReviewPolicy:
    """Set above which amount (万元) two must verify, and whether one may judge one's own unit's."""
    if not reason.strip():
        raise Invalid("reason", "改动审核规则必须写明依据。")
    try:
        amount = parse_decimal(two_person_amount)
    except ParseError as error:
        raise Invalid("two_person_amount", f"金额：{error.message}{error.remedy}") from error
    if amount < 0:
        raise Invalid("two_person_amount", "金额不能为负数，请核对（万元）。")
    row = queries_submissions.policy(session, by.base_id)
    if row is None:
        row = ReviewPolicy(base_id=by.base_id, recorded_at=at)
        session.add(row)
    row.two_person_amount, row.own_organisation = amount, own_organisation
    session.flush()
    return row


def _judged(
    session: Session, submission_id: int, action: str, by: Actor, reason: str | None = None
) -> tuple[Submission, Facts]:
    """The submission and its facts, if `by` may make this move on it."""
    row = sent(session, by.base_id, submission_id)
    known = facts(session, row)
    if action != "release":
        check_disinterested(known, by, avoided(session, by))
    check_move(action, known, by, reason)
    return row, known


def _verified(
    session: Session, row: Submission, known: Facts, by: Actor, at: datetime
) -> Submission:
    """The first of two verifications: the submission goes back to the queue for somebody else."""
    check_move("verify", known, by)
    _vote(session, row, known, by, at)
    row.state, row.reviewer_id, row.turn_since = SubmissionState.SECOND, None, at
    notices.settled(session, row, at)
    notices.to_reviewers(
        session, row, "已有一人核实，等待复核", at, leave_out={by.id, row.author_id}
    )
    return row


def _vote(session: Session, row: Submission, known: Facts, by: Actor, at: datetime) -> None:
    if by.id in known.voters:
        return
    latest = queries_submissions.latest_round(session, row)
    session.add(
        SubmissionVote(
            base_id=row.base_id,
            submission_id=row.id,
            round=row.round,
            fingerprint=latest.fingerprint,
            by_id=by.id,
            recorded_at=at,
        )
    )
    session.flush()


def _decide(
    session: Session, row: Submission, state: SubmissionState, by: Actor, at: datetime, reason: str
) -> None:
    notices.settled(session, row, at)
    row.state, row.reviewer_id, row.turn_since = state, None, at
    row.decided_by, row.decided_at = by.id, at
    row.reason = reason.strip() or None
