"""Submissions as their author reads them: the list, one of them, its files (我的提交)."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, case
from sqlmodel import Session, col, func, select

from pilot.domain.submissions import WRITABLE
from pilot.domain.vocabulary import SubmissionState
from pilot.store import queries_submissions, search
from pilot.store.models import Account, Contract, Organisation, Submission, SubmissionFile


def mine(
    base_id: int,
    account_id: int,
    organisation_id: int | None,
    *,
    states: Collection[SubmissionState] = (),
    own: bool = False,
    text: str = "",
) -> Select:
    """What a researcher sees, what is theirs to do first, then the latest; empty means all."""
    query = (
        select(
            Submission.id, Submission.receipt, Submission.title, Submission.state,
            Submission.round, Submission.turn_since, Submission.saved_at, Submission.author_id,
            Submission.reviewer_id, Submission.changes_id, col(Account.name).label("author"),
        )
        .join(Account, col(Account.id) == col(Submission.author_id))
        .where(
            Submission.base_id == base_id,
            queries_submissions.visible(account_id, organisation_id),
        )
        .order_by(
            case((_to_do(account_id), 0), else_=1),
            col(Submission.turn_since).desc(),
            col(Submission.id).desc(),
        )
    )  # fmt: skip
    if states:
        query = query.where(col(Submission.state).in_(list(states)))
    if own:
        query = query.where(Submission.author_id == account_id)
    if text:
        query = query.where(search.any_holds((Submission.title, Submission.receipt), text))
    return query


def counts(
    session: Session, base_id: int, account_id: int, organisation_id: int | None
) -> Sequence[tuple[SubmissionState, int, int]]:
    """How many submissions a researcher sees: state, author, number."""
    query = (
        select(Submission.state, Submission.author_id, func.count())
        .where(
            Submission.base_id == base_id,
            queries_submissions.visible(account_id, organisation_id),
        )
        .group_by(Submission.state, Submission.author_id)
    )
    return session.exec(query).all()


def latest_own(session: Session, base_id: int, account_id: int) -> int | None:
    """The submission that somebody sent, or else began, last."""
    query = (
        select(Submission.id)
        .where(Submission.base_id == base_id, Submission.author_id == account_id)
        .order_by(col(Submission.receipt).is_(None), col(Submission.id).desc())
    )
    return session.exec(query.limit(1)).first()


def seen(session: Session, base_id: int, account_id: int, submission_id: int) -> Submission | None:
    """A submission, if this researcher sees it."""
    home = select(Account.organisation_id).where(Account.id == account_id)
    query = select(Submission).where(
        Submission.id == submission_id,
        Submission.base_id == base_id,
        queries_submissions.visible(account_id, session.exec(home).first()),
    )
    return session.exec(query).first()


def file_of(session: Session, attachment_id: int) -> tuple[SubmissionFile, Submission] | None:
    """The submission that an attachment belongs to, None if it belongs to something else."""
    query = (
        select(SubmissionFile, Submission)
        .join(Submission, col(Submission.id) == col(SubmissionFile.submission_id))
        .where(SubmissionFile.attachment_id == attachment_id)
    )
    return session.exec(query).first()


def change_of(session: Session, submission_id: int) -> int | None:
    """The latest change of a submission that has not ended in nothing."""
    ended = (SubmissionState.WITHDRAWN, SubmissionState.REFUSED, SubmissionState.ACCEPTED)
    query = (
        select(Submission.id)
        .where(Submission.changes_id == submission_id, col(Submission.state).not_in(ended))
        .order_by(col(Submission.id).desc())
    )
    return session.exec(query.limit(1)).first()


def organisations(session: Session, base_id: int) -> dict[int, tuple[str, str | None]]:
    """Every unit of a base by id, in the order of their names: name and credit code."""
    query = (
        select(Organisation.id, Organisation.name, Organisation.uscc)
        .where(Organisation.base_id == base_id)
        .order_by(col(Organisation.name), col(Organisation.id))
    )
    return {row_id: (name, uscc) for row_id, name, uscc in session.exec(query)}


def knows_contract(session: Session, base_id: int, no: str) -> bool:
    """Whether a contract with this number is registered in a base."""
    query = select(Contract.id).where(Contract.base_id == base_id, Contract.no == no)
    return session.exec(query).first() is not None


def _to_do(account_id: int) -> ColumnElement:
    return (col(Submission.author_id) == account_id) & col(Submission.state).in_(WRITABLE)
