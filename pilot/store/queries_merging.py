"""What hangs on a result and follows it when it is merged into another (合并)."""

from collections.abc import Collection, Sequence
from typing import TypeVar

from sqlmodel import Session, SQLModel, col, select

from pilot.store.models import (
    Contract,
    ProjectResult,
    PublicFact,
    ResultDistinction,
    ResultMerge,
    Submission,
    Transfer,
)

Row = TypeVar("Row", bound=SQLModel)


def live_merge(session: Session, result_id: int) -> ResultMerge | None:
    """The merge by which a result stands no longer; None where it was not merged or is again."""
    query = select(ResultMerge).where(
        ResultMerge.result_id == result_id, col(ResultMerge.undone_at).is_(None)
    )
    return session.exec(query).first()


def merged_into(session: Session, result_id: int) -> Sequence[ResultMerge]:
    """The merges of other results into this one that still hold, oldest first."""
    query = select(ResultMerge).where(
        ResultMerge.into_id == result_id, col(ResultMerge.undone_at).is_(None)
    )
    return session.exec(query.order_by(col(ResultMerge.id))).all()


def project_links(session: Session, result_id: int) -> Sequence[ProjectResult]:
    """The links of a result to the projects that pilot it."""
    return session.exec(select(ProjectResult).where(ProjectResult.result_id == result_id)).all()


def public_facts(session: Session, result_id: int) -> Sequence[PublicFact]:
    """What public sources say about a result."""
    return session.exec(select(PublicFact).where(PublicFact.result_id == result_id)).all()


def submissions(session: Session, result_id: int) -> Sequence[Submission]:
    """The submissions that a result came from, or that were found to be it."""
    return session.exec(select(Submission).where(Submission.result_id == result_id)).all()


def changes_of(session: Session, ids: Collection[int]) -> Sequence[Submission]:
    """The changes that were asked for of these submissions."""
    return session.exec(select(Submission).where(col(Submission.changes_id).in_(list(ids)))).all()


def submissions_of_transfers(session: Session, ids: Collection[int]) -> Sequence[Submission]:
    """The submissions that brought these transfers."""
    return session.exec(select(Submission).where(col(Submission.transfer_id).in_(list(ids)))).all()


def contract_keys(session: Session, transfers: Collection[Transfer]) -> dict[int, str]:
    """The comparison keys of the contracts that these transfers name, by contract."""
    ids = {row.contract_id for row in transfers if row.contract_id is not None}
    query = select(Contract.id, Contract.no_key).where(col(Contract.id).in_(ids))
    return dict(session.exec(query).all())


def rows(session: Session, kind: type[Row], ids: Collection[int]) -> Sequence[Row]:
    """Rows of one kind by id."""
    return session.exec(select(kind).where(col(kind.id).in_(list(ids))).order_by(kind.id)).all()


def distinction(session: Session, one_id: int, other_id: int) -> ResultDistinction | None:
    """That somebody said that these two are not the same; in either order."""
    low, high = sorted((one_id, other_id))
    query = select(ResultDistinction).where(
        ResultDistinction.one_id == low, ResultDistinction.other_id == high
    )
    return session.exec(query).first()
