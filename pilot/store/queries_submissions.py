"""Submissions as the verbs and the form need them (填报)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, update
from sqlmodel import Session, col, or_, select

from pilot.domain.submissions import OPEN, WRITABLE
from pilot.domain.vocabulary import FileKind
from pilot.store.models import (
    Account,
    Attachment,
    Distinction,
    Organisation,
    Result,
    ReviewPolicy,
    Submission,
    SubmissionComment,
    SubmissionFile,
    SubmissionRound,
    SubmissionVote,
)


def locked(session: Session, submission_id: int) -> Submission | None:
    """A submission that no other writer changes before this transaction ends."""
    query = select(Submission).where(Submission.id == submission_id).with_for_update()
    return session.exec(query).first()


def save_content(
    session: Session, submission_id: int, content: str, title: str, now: datetime
) -> bool:
    """Store an author's working copy; False if it is no longer theirs to write."""
    table = Submission.__table__
    saved = session.connection().execute(
        update(table)
        .where(table.c.id == submission_id, table.c.state.in_(list(WRITABLE)))
        .values(content=content, title=title, saved_at=now)
    )
    return saved.rowcount == 1


def policy(session: Session, base_id: int) -> ReviewPolicy | None:
    """How this base judges submissions; None: as the product does by itself."""
    return session.exec(select(ReviewPolicy).where(ReviewPolicy.base_id == base_id)).first()


def files(
    session: Session, submission_id: int, at_round: int | None = None
) -> Sequence[tuple[SubmissionFile, Attachment]]:
    """The files of the working copy, or those that a round was sent with, oldest first."""
    query = (
        select(SubmissionFile, Attachment)
        .join(Attachment, col(Attachment.id) == col(SubmissionFile.attachment_id))
        .where(SubmissionFile.submission_id == submission_id, *_in_round(at_round))
        .order_by(col(SubmissionFile.id))
    )
    return session.exec(query).all()


def file_kinds(session: Session, submission_id: int) -> set[FileKind]:
    """The kinds of file that the working copy has."""
    query = select(SubmissionFile.kind).where(
        SubmissionFile.submission_id == submission_id, col(SubmissionFile.removed_round).is_(None)
    )
    return set(session.exec(query))


def latest_round(session: Session, submission: Submission) -> SubmissionRound | None:
    """The round that was sent last, None for a draft."""
    return round_numbered(session, submission.id, submission.round)


def round_numbered(session: Session, submission_id: int, number: int) -> SubmissionRound | None:
    """One round of a submission."""
    query = select(SubmissionRound).where(
        SubmissionRound.submission_id == submission_id, SubmissionRound.number == number
    )
    return session.exec(query).first()


def rounds(session: Session, submission_id: int) -> Sequence[SubmissionRound]:
    """Every round of a submission, the first first."""
    query = (
        select(SubmissionRound)
        .where(SubmissionRound.submission_id == submission_id)
        .order_by(col(SubmissionRound.number))
    )
    return session.exec(query).all()


def voters(session: Session, submission_id: int, fingerprint: str) -> frozenset[int]:
    """Who has verified exactly this content with exactly these files."""
    query = select(SubmissionVote.by_id).where(
        SubmissionVote.submission_id == submission_id, SubmissionVote.fingerprint == fingerprint
    )
    return frozenset(session.exec(query))


def comments(session: Session, submission_id: int) -> Sequence[tuple[SubmissionComment, str]]:
    """The thread of a submission with its writers' names, oldest first."""
    query = (
        select(SubmissionComment, Account.name)
        .join(Account, col(Account.id) == col(SubmissionComment.by_id))
        .where(SubmissionComment.submission_id == submission_id)
        .order_by(col(SubmissionComment.recorded_at), col(SubmissionComment.id))
    )
    return session.exec(query).all()


def comments_by(
    session: Session, submission_id: int, number: int, by_id: int
) -> Sequence[SubmissionComment]:
    """What one person has said about one round."""
    query = select(SubmissionComment).where(
        SubmissionComment.submission_id == submission_id,
        SubmissionComment.round == number,
        SubmissionComment.by_id == by_id,
    )
    return session.exec(query).all()


def holders_of(session: Session, ids: Collection[int]) -> dict[int, Organisation]:
    """Organisations by id."""
    query = select(Organisation).where(col(Organisation.id).in_(list(ids)))
    return {row.id: row for row in session.exec(query)}


def organisation_with(session: Session, base_id: int, uscc: str) -> Organisation | None:
    """The organisation of this base with a credit code."""
    query = select(Organisation).where(Organisation.base_id == base_id, Organisation.uscc == uscc)
    return session.exec(query).first()


def distinctions(
    session: Session, submission_ids: Collection[int]
) -> Sequence[tuple[Distinction, str, int | None]]:
    """What was said not to be the same as submissions, who said it, the other's result if any."""
    query = (
        select(Distinction, Account.name, Submission.result_id)
        .join(Account, col(Account.id) == col(Distinction.by_id))
        .outerjoin(Submission, col(Submission.id) == col(Distinction.other_submission_id))
        .where(col(Distinction.submission_id).in_(submission_ids))
        .order_by(col(Distinction.id))
    )
    return session.exec(query).all()


def result_titles(session: Session, base_id: int) -> Sequence[Row]:
    """Id and title of every standing result of a base."""
    query = select(Result.id, Result.title).where(
        Result.base_id == base_id, col(Result.voided_at).is_(None)
    )
    return session.exec(query).all()


def pending_titles(session: Session, base_id: int, leave_out: int) -> Sequence[Row]:
    """Id, title and content of every other submission that is sent and not yet ended."""
    query = select(Submission.id, Submission.title, Submission.content).where(
        Submission.base_id == base_id,
        Submission.id != leave_out,
        col(Submission.state).in_(OPEN),
    )
    return session.exec(query).all()


def visible(account_id: int, organisation_id: int | None) -> ColumnElement:
    """Which submissions a researcher sees: their own, and what their organisation has sent."""
    own = col(Submission.author_id) == account_id
    if organisation_id is None:
        return own
    sent = col(Submission.receipt).is_not(None)
    return or_(own, (col(Submission.organisation_id) == organisation_id) & sent)


def _in_round(number: int | None) -> list[ColumnElement]:
    if number is None:
        return [col(SubmissionFile.removed_round).is_(None)]
    removed = col(SubmissionFile.removed_round)
    return [SubmissionFile.added_round <= number, or_(removed.is_(None), removed > number)]


def accounts(session: Session, ids: Collection[int]) -> Sequence[Account]:
    """Accounts by id."""
    return session.exec(select(Account).where(col(Account.id).in_(list(ids)))).all()
