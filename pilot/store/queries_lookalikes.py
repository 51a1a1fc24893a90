"""What the registry holds under the same number (疑似重复)."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from pilot.domain.identifiers import IdentifierKind
from pilot.store.models import (
    Contract,
    Distinction,
    Organisation,
    Result,
    ResultHolder,
    ResultIdentifier,
    Transfer,
)


def results_numbered(session: Session, base_id: int, kind: IdentifierKind, key: str) -> list[int]:
    """The results that a number of this kind names."""
    query = select(ResultIdentifier.result_id).where(
        ResultIdentifier.base_id == base_id,
        ResultIdentifier.kind == kind.value,
        ResultIdentifier.key == key,
    )
    return list(session.exec(query))


def results_contracted(session: Session, base_id: int, registration_no: str) -> list[int]:
    """The results that changed hands under the contract with a registration number."""
    query = (
        select(Transfer.result_id)
        .join(Contract, col(Contract.id) == col(Transfer.contract_id))
        .join(Result, col(Result.id) == col(Transfer.result_id))
        .where(
            Contract.base_id == base_id,
            Contract.registration_no == registration_no,
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
