"""审核队列: what waits for a reviewer, as a table; one submission as its judge needs it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlmodel import Session

from pilot.domain.draft_follow_ups import FollowUpKind
from pilot.domain.errors import PilotError
from pilot.domain.moment import local_day
from pilot.domain.people import Actor
from pilot.domain.problems import Problem
from pilot.domain.submission_content import problems, reason_key
from pilot.domain.submission_parts import parts
from pilot.domain.submissions import (
    OPEN,
    Facts,
    Tab,
    Votes,
    check_disinterested,
    check_move,
    turn,
    waiting_days,
)
from pilot.domain.vocabulary import FileKind, SubmissionState
from pilot.reports import submission_thread
from pilot.reports.earlier_contracts import line_of
from pilot.services import merged_changes
from pilot.services.reads import read
from pilot.services.submission_access import avoided, sent
from pilot.services.submission_checks import registry_says
from pilot.services.submission_votes import votes_for
from pilot.services.submissions import facts
from pilot.store import (
    queries_codes,
    queries_follow_ups,
    queries_results,
    queries_review_queue,
    queries_submissions,
    streams,
)
from pilot.store.models import Organisation, Submission

PAGE = 30
_COLUMNS = [
    "id", "receipt", "title", "state", "days", "author", "organisation", "round", "warnings",
    "alike", "reviewer",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Queue:
    """One tab of the queue: a page of it, and how many each tab holds."""

    rows: pd.DataFrame
    total: int
    counts: dict[Tab, int]


@dataclass(frozen=True, slots=True)
class Check:
    """A soft problem that passed, with the author's explanation (自动检查)."""

    problem: Problem
    explanation: str


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A file of the round that is judged."""

    attachment_id: int
    kind: FileKind
    name: str
    size: int
    media_type: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A submission as its judge needs it; `refusal` says why the reader may not judge it."""

    id: int
    rev: int
    receipt: str
    title: str
    state: SubmissionState
    round: int
    author: str
    organisation: str
    days: int
    reviewer_id: int | None
    reviewer: str
    refusal: str
    claim_refusal: str
    content: Mapping[str, Any]
    before: Mapping[str, Any]
    repeats: bool
    checks: tuple[Check, ...]
    files: tuple[PaperLine, ...]
    removed: tuple[str, ...]  # files of the round before that this one does not have
    voters: tuple[str, ...]
    votes: Votes
    known_contract: str
    reason: str
    decided_by: str
    result_id: int | None


@read("submission.review")
def queue(
    session: Session, reader: Actor, tab: Tab, text: str, now: datetime, page: int = 1
) -> Queue:
    """A page of one tab; `days` are whole days that it has been somebody's turn.

    Unclaimed are those that the reader may claim.
    """
    home = avoided(session, reader)
    statement = queries_review_queue.queue(reader.base_id, tab, reader.id, text, home)
    rows = streams.page(session, statement, PAGE, (page - 1) * PAGE)
    lines = [
        {
            **row,
            "state": row["state"].label + ("（变更）" if row["is_change"] else ""),
            "days": waiting_days(row["turn_since"], now) if turn(row["state"]) else None,
            "organisation": row["organisation"] or "",
            "reviewer": row["reviewer"] or "",
        }
        for row in rows
    ]
    counts = queries_review_queue.counts(session, reader.base_id, reader.id, home)
    total = streams.count(session, statement) if text.strip() else counts[tab]
    return Queue(pd.DataFrame(lines, columns=_COLUMNS, dtype=object), total, counts)


@read("submission.review")
def next_for(session: Session, reader: Actor, after_id: int) -> int | None:
    """What the reader may take up next: their own first, then the longest waiting."""
    unit = avoided(session, reader)
    return queries_review_queue.next_unclaimed(session, reader.base_id, reader.id, after_id, unit)


@read("submission.review")
def judged(session: Session, reader: Actor, submission_id: int | None, now: datetime) -> Judged:
    """One sent submission; NotFound for another base's and for a draft."""
    row = sent(session, reader.base_id, submission_id)
    content = json.loads(queries_submissions.latest_round(session, row).content)
    known = facts(session, row)
    known_result = content.get("same_as") or merged_changes.stands_for(session, row)
    names, unit = _names(session, row, known), avoided(session, reader)
    return Judged(
        id=row.id,
        rev=row.rev,
        receipt=row.receipt,
        title=row.title,
        state=row.state,
        round=row.round,
        author=names.get(row.author_id, ""),
        organisation=_organisation(session, row),
        days=waiting_days(row.turn_since, now),
        reviewer_id=row.reviewer_id,
        reviewer=names.get(row.reviewer_id, ""),
        refusal=_refusal(known, reader, unit, "accept"),
        claim_refusal=_refusal(known, reader, unit, "claim"),
        content=content,
        before=_before(session, row),
        repeats=submission_thread.repeats(session, row),
        checks=_checks(session, row, content, now),
        files=_files(session, row),
        removed=_removed(session, row),
        voters=tuple(names[one] for one in sorted(known.voters)),
        votes=votes_for(session, row.base_id, content, known_result=known_result),
        known_contract=_known_contract(session, row, content),
        reason=row.reason or "",
        decided_by=names.get(row.decided_by, ""),
        result_id=row.result_id,
    )


def _refusal(known: Facts, reader: Actor, unit: int | None, action: str) -> str:
    """Why the reader, who leaves a unit to others, may not make this move now; or nothing."""
    try:
        check_disinterested(known, reader, unit)
        check_move(action, known, reader)
    except PilotError as error:
        return error.message
    return ""


def _names(session: Session, row: Submission, known: Facts) -> dict[int | None, str]:
    wanted = {row.author_id, row.reviewer_id, row.decided_by, *known.voters} - {None}
    return {one.id: one.name for one in queries_submissions.accounts(session, wanted)}


def _organisation(session: Session, row: Submission) -> str:
    if row.organisation_id is None:
        return ""
    return session.get_one(Organisation, row.organisation_id).name


def _before(session: Session, row: Submission) -> Mapping[str, Any]:
    """What the round before said, or what a change asks to change; nothing for a first round."""
    if row.round > 1:
        return json.loads(
            queries_submissions.round_numbered(session, row.id, row.round - 1).content
        )
    if row.changes_id is not None:
        return json.loads(session.get_one(Submission, row.changes_id).content)
    return {}


def _checks(
    session: Session, row: Submission, content: Mapping[str, Any], now: datetime
) -> tuple[Check, ...]:
    """The automatic checks run again now: what they find, beside what the author said."""
    lists = queries_codes.lists(session, row.base_id, retired=True)
    kinds = {one.kind for one, _ in queries_submissions.files(session, row.id, row.round)}
    explained = content.get("explanations", {})
    decided = row.state not in OPEN  # what it brought about is no problem of it
    known = [] if decided else registry_says(session, row, content)
    return tuple(
        Check(each, str(explained.get(reason_key(each)) or ""))
        for each in (*problems(content, kinds, lists, local_day(now)), *known)
    )


def _files(session: Session, row: Submission) -> tuple[PaperLine, ...]:
    return tuple(
        PaperLine(
            stored.id, one.kind, stored.name, stored.size, stored.media_type,
            is_new=row.round > 1 and one.added_round == row.round,
        )
        for one, stored in queries_submissions.files(session, row.id, row.round)
    )  # fmt: skip


def _removed(session: Session, row: Submission) -> tuple[str, ...]:
    if row.round < 2:
        return ()
    now = {one.id for one, _ in queries_submissions.files(session, row.id, row.round)}
    before = queries_submissions.files(session, row.id, row.round - 1)
    return tuple(stored.name for one, stored in before if one.id not in now)


def _known_contract(session: Session, row: Submission, content: Mapping[str, Any]) -> str:
    """That the contract is registered already and is used as it is, or what follows on it."""
    contract, follow_up = parts(content).contract, parts(content).follow_up
    if follow_up is not None:
        (earlier,) = queries_follow_ups.named(session, row.base_id, [follow_up.contract_id])
        return f"{line_of(earlier)}。{FollowUpKind(follow_up.kind).effect}"
    if contract is None or row.contract_id is not None or not str(contract.no).strip():
        return ""
    known = queries_results.contract_numbered(session, row.base_id, str(contract.no).strip())
    if known is None:
        return ""
    return f"合同 {known.no} 已经登记（{known.signed_on} 签订），通过后直接引用已登记的内容。"
