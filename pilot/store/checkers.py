"""Who verified a transfer (核验人): whoever did it last, and who verified its submission before."""

from sqlalchemy import ColumnElement, ScalarSelect, Select, func
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, select

from pilot.store.models import Account, Submission, SubmissionRound, SubmissionVote, Transfer

_First = aliased(Account)


def first_checker() -> ScalarSelect:
    """The name of the first of two persons who verified what `Transfer` says; else NULL.

    The acceptance of a submission verifies its transfers at the same instant. A later
    verification, after a change, is one person's own.
    """
    return (
        votes_of_round(func.min(_First.name))
        .join(_First, col(_First.id) == col(SubmissionVote.by_id))
        .where(
            Submission.base_id == Transfer.base_id,
            Submission.decided_by == Transfer.verified_by,
            Submission.decided_at == Transfer.verified_at,
            SubmissionVote.by_id != Transfer.verified_by,
        )
        .correlate(Transfer)
        .scalar_subquery()
    )


def votes_of_round(*columns: ColumnElement) -> Select:
    """Of the votes for what the present round of `Submission` says, also if cast for the same in a
    round before.
    """
    same = and_(
        SubmissionRound.submission_id == SubmissionVote.submission_id,
        SubmissionRound.fingerprint == SubmissionVote.fingerprint,
    )
    return (
        select(*columns)
        .select_from(SubmissionVote)
        .join(SubmissionRound, same)
        .where(
            SubmissionRound.submission_id == Submission.id,
            SubmissionRound.number == Submission.round,
        )
    )
