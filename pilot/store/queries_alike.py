"""Results and submissions by their ids, with what they are compared by (疑似重复)."""

from collections.abc import Collection, Sequence

from sqlmodel import Session, col, select

from pilot.store.models import Result, ResultIdentifier, Submission


def results(session: Session, ids: Collection[int]) -> Sequence[Result]:
    """Results by id."""
    return session.exec(select(Result).where(col(Result.id).in_(list(ids)))).all()


def submissions(session: Session, ids: Collection[int]) -> Sequence[Submission]:
    """Submissions by id."""
    return session.exec(select(Submission).where(col(Submission.id).in_(list(ids)))).all()


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
