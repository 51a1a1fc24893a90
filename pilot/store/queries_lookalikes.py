"""What may be the same (疑似重复): by number, by id, and what was said about it."""

from collections.abc import Collection, Sequence

from sqlalchemy import or_, tuple_
from sqlmodel import Session, col, select

from pilot.domain.submissions import OPEN
from pilot.store.models import (
    Contract,
    Distinction,
    Organisation,
    Result,
    ResultHolder,
    ResultIdentifier,
    Submission,
    Transfer,
)


def results(session: Session, ids: Collection[int]) -> Sequence[Result]:
    """Results by id."""
    return session.exec(select(Result).where(col(Result.id).in_(list(ids)))).all()


def submissions(session: Session, ids: Collection[int]) -> Sequence[Submission]:
    """Submissions by id."""
    return session.exec(select(Submission).where(col(Submission.id).in_(list(ids)))).all()


def change_under_way(session: Session, row: Submission) -> str | None:
    """The receipt number of another change of the same, sent and not yet ended; None if none is."""
    same = col(Submission.changes_id) == row.changes_id
    if row.result_id is not None:  # a follow-up may name none
        same = or_(same, Submission.result_id == row.result_id)
    query = select(Submission.receipt).where(
        Submission.base_id == row.base_id,
        Submission.id != row.id,
        col(Submission.changes_id).is_not(None),
        col(Submission.state).in_(OPEN),
        same,
    )
    return session.exec(query.order_by(col(Submission.id))).first()


def numbers(session: Session, result_ids: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    """Per result the kind and number of its identifiers."""
    query = (
        select(ResultIdentifier.result_id, ResultIdentifier.kind, ResultIdentifier.number)
        .where(col(ResultIdentifier.result_id).in_(list(result_ids)))
        .order_by(col(ResultIdentifier.id))
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for result_id, kind, number in session.exec(query):
        found.setdefault(result_id, []).append((kind, number))
    return found


def results_numbered(
    session: Session, base_id: int, keys: Collection[tuple[str, str]]
) -> Sequence[tuple[int, str]]:
    """The results that one of some numbers (kind, key) names, each with the kind."""
    query = select(ResultIdentifier.result_id, ResultIdentifier.kind).where(
        ResultIdentifier.base_id == base_id,
        tuple_(col(ResultIdentifier.kind), col(ResultIdentifier.key)).in_(list(keys)),
    )
    return session.exec(query).all()


def results_contracted(
    session: Session, base_id: int, registration_nos: Collection[str]
) -> list[int]:
    """The results that changed hands under a contract with one of some registration numbers."""
    query = (
        select(Transfer.result_id)
        .join(Contract, col(Contract.id) == col(Transfer.contract_id))
        .join(Result, col(Result.id) == col(Transfer.result_id))
        .where(
            Contract.base_id == base_id,
            col(Contract.registration_no).in_(list(registration_nos)),
            col(Transfer.voided_at).is_(None),
            col(Result.voided_at).is_(None),
        )
        .distinct()
    )
    return sorted(session.exec(query))


def holder_codes(session: Session, result_ids: Collection[int]) -> dict[int, set[str]]:
    """Per result the credit codes of its holders, or the names of those without one."""
    query = (
        select(ResultHolder.result_id, Organisation.uscc, Organisation.name)
        .join(Organisation, col(Organisation.id) == col(ResultHolder.organisation_id))
        .where(col(ResultHolder.result_id).in_(list(result_ids)))
    )
    found: dict[int, set[str]] = {}
    for result_id, uscc, name in session.exec(query):
        found.setdefault(result_id, set()).add(uscc or name)
    return found


def distinction(
    session: Session, submission_id: int, table: str, other_id: int
) -> Distinction | None:
    """What was said about a submission and one look-alike."""
    other = Distinction.other_result_id if table == "result" else Distinction.other_submission_id
    query = select(Distinction).where(Distinction.submission_id == submission_id, other == other_id)
    return session.exec(query).first()
