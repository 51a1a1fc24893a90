"""The author's side of a submission (填报): start, save, attach, send, withdraw, ask for a change.

Saving is not a verb: what a researcher is still writing is theirs alone and leaves no journal
entry (docs/decisions/0008). Sending is one, and from then on every step is.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from pilot.domain.errors import Conflict, Invalid, NotFound, Refused
from pilot.domain.moment import local_day
from pilot.domain.people import Actor, check_may
from pilot.domain.submission_content import (
    as_json,
    differences,
    fingerprint,
    open_problems,
    problems,
    title_of,
)
from pilot.domain.submission_edits import Edit, edited
from pilot.domain.submissions import Facts, check_move
from pilot.domain.vocabulary import SubmissionState
from pilot.services import (
    consequences,
    follow_ups,
    lookalikes,
    merged_changes,
    notices,
    receivers,
)
from pilot.services.command import refusals_logged, verb
from pilot.services.submission_access import discussed, own
from pilot.services.submission_checks import registry_says
from pilot.store import queries, queries_codes, queries_people, queries_submissions
from pilot.store.engine import writing
from pilot.store.models import (
    Account,
    Submission,
    SubmissionComment,
    SubmissionRound,
)
from pilot.store.retrying import again

_SAVE = "submission.write"
_DECISIVE = (
    "contract",
    "transfer",
    "receivers",
    "has_transfer",
)  # what a verified transfer rests on


@verb("submission.start")
def start(session: Session, *, by: Actor, at: datetime, copy_of: int | None = None) -> Submission:
    """Begin a submission, empty or with what an earlier one of one's own says."""
    content = "{}" if copy_of is None else _copied(own(session, copy_of, by))
    return _new(session, content, by, at)


@verb("submission.change")
def ask_change(session: Session, submission_id: int, *, by: Actor, at: datetime) -> Submission:
    """Ask for a change of what was accepted (变更申请): a submission that says it anew."""
    accepted = own(session, submission_id, by)
    if accepted.state is not SubmissionState.ACCEPTED:
        raise Conflict("只有审核通过的填报才能申请变更；其他状态请直接修改或重新填报。")
    follow_ups.check_changeable(json.loads(accepted.content))
    change = _new(session, accepted.content, by, at)
    change.changes_id, change.result_id = accepted.id, accepted.result_id
    change.contract_id, change.transfer_id = accepted.contract_id, accepted.transfer_id
    session.flush()
    return change


def save(
    engine: Engine,
    submission_id: int,
    changes: Edit,
    *,
    by: int | str,
    now: datetime,
) -> None:
    """Keep what was typed: fields by full name (`result.title`); the other fields stay.

    Raises a PilotError if the submission is not, or no longer, the author's to write; the
    security log has a line of it.
    """

    def kept(_number: int) -> None:
        with writing(engine) as session:
            actor = queries_people.actor(session, by, now)
            put(session, submission_id, changes, by=actor, at=now)

    with refusals_logged(engine, _SAVE, submission_id, by=by, now=now):
        again(kept)


def put(session: Session, submission_id: int, changes: Edit, *, by: Actor, at: datetime) -> None:
    """The same inside a transaction."""
    check_may(by, _SAVE)
    row = queries_submissions.locked(session, submission_id)
    if row is None or (row.base_id, row.author_id) != (by.base_id, by.id):
        raise NotFound("没有找到这条填报。")
    content = edited(json.loads(row.content), changes)
    title = title_of(content)
    if not queries_submissions.save_content(session, row.id, as_json(content), title, at):
        raise Conflict("这份填报已经提交或撤回，不能再修改；刚才填写的内容没有保存。")
    session.refresh(row)


@verb("submission.submit")
def submit(session: Session, submission_id: int, *, by: Actor, at: datetime) -> Submission:
    """Send the working copy to the reviewers; the first sending gives the receipt number.

    Refused with every problem that still stands: hard ones, soft ones without an explanation,
    another change of the same that waits, and look-alikes by a number that nobody has said a word
    about.
    """
    row = own(session, submission_id, by)
    check_move("submit", facts(session, row), by)
    merged_changes.lead_back(session, row)
    content = json.loads(row.content)
    lists = queries_codes.lists(session, by.base_id)
    kinds = queries_submissions.file_kinds(session, row.id)
    found = problems(content, kinds, lists, local_day(at))
    alike = lookalikes.found(session, row, content)
    lacks = open_problems(content, found) + registry_says(session, row, content)
    lacks = lacks or lookalikes.unanswered(session, row, content, alike)
    if lacks:
        raise Refused(lacks)
    _send(session, row, at, warnings=len(found), alike=len(alike))
    if row.changes_id is not None:
        _reopen(session, row, content, at)
    notices.to_reviewers(session, row, "有新的填报等待审核", at, leave_out={by.id})
    return row


@verb("submission.withdraw")
def withdraw(
    session: Session, submission_id: int, *, by: Actor, at: datetime, reason: str = ""
) -> Submission:
    """Take a submission back (撤回); it ends here and is in no count and no export."""
    row = own(session, submission_id, by)
    check_move("withdraw", facts(session, row), by)
    notices.settled(session, row, at)
    row.state, row.reviewer_id, row.turn_since = SubmissionState.WITHDRAWN, None, at
    row.reason = reason.strip() or None
    return row


@verb("submission.comment")
def comment(
    session: Session,
    submission_id: int,
    text: str,
    *,
    by: Actor,
    at: datetime,
    field: str | None = None,
) -> SubmissionComment:
    """Add a word to the thread: the author's, or a reviewer's about one field or the whole."""
    row = discussed(session, submission_id, by)
    if not text.strip() or len(text) > 1000:
        raise Invalid("text", "请写下意见，最多 1000 字。")
    return say(session, row, text, by=by, at=at, field=field)


def say(
    session: Session,
    row: Submission,
    text: str,
    *,
    by: Actor,
    at: datetime,
    field: str | None = None,
) -> SubmissionComment:
    """A word of the thread, in the round that it is about."""
    said = SubmissionComment(
        base_id=row.base_id, submission_id=row.id, round=row.round, field=field,
        text=text.strip(), by_id=by.id, recorded_at=at,
    )  # fmt: skip
    session.add(said)
    session.flush()
    return said


def facts(session: Session, row: Submission) -> Facts:
    """What the rules of a move look at."""
    content = json.loads(row.content)
    held = content.get("result", {}).get("holders", ())
    homes = {one.get("organisation_id") for one in held} | {row.organisation_id}
    homes = {one for one in homes if isinstance(one, int) and one > 0}
    sent = queries_submissions.latest_round(session, row)
    voters = queries_submissions.voters(session, row.id, sent.fingerprint) if sent else frozenset()
    return Facts(row.state, row.author_id, row.reviewer_id, frozenset(homes), voters)


def _new(session: Session, content: str, by: Actor, at: datetime) -> Submission:
    title = title_of(json.loads(content))
    row = Submission(
        base_id=by.base_id,
        author_id=by.id,
        organisation_id=session.get_one(Account, by.id).organisation_id,
        content=content,
        title=title,
        saved_at=at,
        turn_since=at,
        recorded_at=at,
    )
    session.add(row)
    session.flush()
    return row


def _copied(row: Submission) -> str:
    """What carries over to a new submission: not the numbers, the transfer or the explanations."""
    content = json.loads(row.content)
    result = {
        name: value
        for name, value in content.get("result", {}).items()
        if name not in ("numbers", "registration_no", "registered_on", "non_secret")
    }
    kept = {name: content[name] for name in ("organisations", "contact") if name in content}
    return as_json({"result": result, **kept})


def _send(session: Session, row: Submission, at: datetime, *, warnings: int, alike: int) -> None:
    row.round += 1
    row.state, row.turn_since = SubmissionState.WAITING, at
    row.decided_by = row.decided_at = row.reason = None
    row.organisation_id = session.get_one(Account, row.author_id).organisation_id
    if row.receipt is None:
        prefix = f"TB-{local_day(at).year}-"
        number = queries.last_number(session, Submission, row.base_id, prefix, "receipt") + 1
        row.receipt = f"{prefix}{number:05d}"
    files = [
        (one.kind.value, stored.sha256)
        for one, stored in queries_submissions.files(session, row.id)
    ]
    session.add(
        SubmissionRound(
            base_id=row.base_id,
            submission_id=row.id,
            number=row.round,
            content=row.content,
            fingerprint=fingerprint(json.loads(row.content), files),
            warnings=warnings,
            alike=alike,
            sent_at=at,
        )
    )
    session.flush()


def _reopen(session: Session, row: Submission, content: Mapping[str, Any], at: datetime) -> None:
    """A change of what a transfer rests on sends its verification back: the claim is pending."""
    before = json.loads(session.get_one(Submission, row.changes_id).content)
    changed = {name.partition(".")[0] for name, _, _ in differences(before, content)}
    if row.transfer_id is None or changed.isdisjoint(_DECISIVE):
        return
    moved = receivers.resting_on(session, row)
    consequences.send_back(moved)
    reason = f"填报 {row.receipt} 申请变更"
    consequences.of_transfers(session, row.base_id, moved, at=at, reason=reason)
