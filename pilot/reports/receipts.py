"""The receipt of a submission (回执): what was sent and when, as it was sent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from pilot.domain.errors import NotFound
from pilot.domain.moment import SHANGHAI
from pilot.domain.people import Actor, may
from pilot.domain.submission_content import Section
from pilot.reports import submission_thread, submission_words
from pilot.reports.submission_thread import Paper
from pilot.reports.submission_words import NOTHING, Answer
from pilot.services.reads import read
from pilot.store import queries_submission_lists, queries_submissions
from pilot.store.models import Account, Base, Organisation, Submission

_LARGEST = 2**31 - 1  # what an id column holds


@dataclass(frozen=True, slots=True)
class Receipt:
    """One sending on paper; `fingerprint` is the SHA-256 of its content and files."""

    number: str
    title: str
    base: str
    author: str
    organisation: str
    round: int
    sent_at: str
    state: str
    fingerprint: str
    answers: Mapping[Section, list[Answer]]
    explained: list[Answer]
    files: list[Paper]


@read("submission.read")
def receipt(session: Session, reader: Actor, submission_id: int) -> Receipt:
    """The receipt of the latest sending; NotFound for drafts and for what others sent."""
    row = _seen(session, reader, min(submission_id, _LARGEST))
    sent = queries_submissions.latest_round(session, row) if row else None
    if row is None or sent is None:
        raise NotFound("没有找到这份回执。")
    content = json.loads(sent.content)
    known = submission_words.words(session, row.base_id, content)
    said = submission_words.answers(content, known)
    home = session.get(Organisation, row.organisation_id) if row.organisation_id else None
    return Receipt(
        number=row.receipt or "",
        title=str(content.get("result", {}).get("title") or ""),
        base=session.get_one(Base, row.base_id).name,
        author=session.get_one(Account, row.author_id).name,
        organisation=home.name if home else "",
        round=row.round,
        sent_at=f"{sent.sent_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}",
        state=row.state.label,
        fingerprint=sent.fingerprint,
        answers={
            part: [one for one in lines if one.text != NOTHING] for part, lines in said.items()
        },
        explained=submission_words.explained(content),
        files=submission_thread.papers(session, row.id, sent.number),
    )


def _seen(session: Session, reader: Actor, submission_id: int) -> Submission | None:
    """What a researcher sees, and any of the base for those who judge submissions."""
    row = queries_submission_lists.seen(session, reader.base_id, reader.id, submission_id)
    if row is None and may(reader, "submission.review"):
        row = session.get(Submission, submission_id)
    return row if row is not None and row.base_id == reader.base_id else None
