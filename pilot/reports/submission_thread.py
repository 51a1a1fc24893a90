"""What stands beside a submission's answers: thread, files, rounds (意见、附件、轮次)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from pilot.domain.errors import NotFound
from pilot.domain.moment import minute
from pilot.domain.submission_content import fingerprint, title_of
from pilot.domain.submissions import MISSING
from pilot.domain.vocabulary import FileKind
from pilot.reports import submission_words
from pilot.reports.submission_words import Change
from pilot.store import queries_submissions
from pilot.store.models import Submission


@dataclass(frozen=True, slots=True)
class Said:
    """One word of the thread: who, when (Shanghai), in which round, about which field."""

    by: str
    by_id: int
    at: str
    round: int
    field: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One file: `id` names it among the submission's files, `attachment_id` its download."""

    id: int
    attachment_id: int
    kind: FileKind
    name: str
    size: int
    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Round:
    """One sending, with what it says differently from the one before and which files are new."""

    number: int
    sent_at: str
    changes: tuple[Change, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]


def thread(session: Session, submission_id: int) -> list[Said]:
    """Everything that was said, oldest first."""
    return [
        Said(
            by=name,
            by_id=row.by_id,
            at=minute(row.recorded_at),
            round=row.round,
            field=row.field or "",
            heading=submission_words.title(row.field) if row.field else "",
            text=row.text,
        )
        for row, name in queries_submissions.comments(session, submission_id)
    ]


def papers(session: Session, submission_id: int, at_round: int | None = None) -> list[Paper]:
    """The files of the working copy, or those a round was sent with."""
    return [
        Paper(
            id=linked.id,
            attachment_id=stored.id,
            kind=linked.kind,
            name=stored.name,
            size=stored.size,
            media_type=stored.media_type,
            sha256=stored.sha256,
        )
        for linked, stored in queries_submissions.files(session, submission_id, at_round)
    ]


def sent_content(session: Session, row: Submission) -> Mapping[str, Any]:
    """What was sent last; a colleague never sees what its author is writing since."""
    sent = queries_submissions.latest_round(session, row)
    if sent is None:
        raise NotFound(MISSING)
    return json.loads(sent.content)


def sent_title(session: Session, submission_id: int, number: int) -> str:
    """The title as a round was sent: what its author writes since is theirs alone."""
    sent = queries_submissions.round_numbered(session, submission_id, number)
    return title_of(json.loads(sent.content)) if sent else ""


def repeats(session: Session, row: Submission) -> bool:
    """Whether the latest round says and shows just what the one before it did."""
    if row.round < 2:
        return False
    before, sent = (
        queries_submissions.round_numbered(session, row.id, one)
        for one in (row.round - 1, row.round)
    )
    return before.fingerprint == sent.fingerprint


def untouched(session: Session, row: Submission) -> bool:
    """Whether the working copy still is what was sent last, files included."""
    sent = queries_submissions.latest_round(session, row)
    if sent is None:
        return False
    files = [(one.kind.value, one.sha256) for one in papers(session, row.id)]
    return fingerprint(json.loads(row.content), files) == sent.fingerprint


def rounds(session: Session, row: Submission) -> list[Round]:
    """Every sending, the latest first, each compared with the one before."""
    sent = queries_submissions.rounds(session, row.id)
    contents = [json.loads(one.content) for one in sent]
    known = submission_words.words(session, row.base_id, *contents)
    found, before, held = [], {}, {}
    for one, content in zip(sent, contents, strict=True):
        files = {paper.id: paper.name for paper in papers(session, row.id, one.number)}
        changed = submission_words.changes(before, content, known) if one.number > 1 else []
        gone = tuple(name for each, name in held.items() if each not in files)
        new = tuple(name for each, name in files.items() if each not in held)
        sent_at = minute(one.sent_at)
        found.append(Round(one.number, sent_at, tuple(changed), new if held or found else (), gone))
        before, held = content, files
    return found[::-1]
