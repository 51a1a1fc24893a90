"""The rows one claim rests on, in full: who decided, signed, checked, and which file proves it.

A transfer and its contract are read as they stood at the view; decisions and papers never change.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import RowMapping, Select, case, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, select

from pilot.domain.moment import Moment
from pilot.store.checkers import first_checker
from pilot.store.models import (
    Account,
    Decision,
    Evidence,
    Landing,
    LandingStep,
    Organisation,
    PublicFact,
    Transfer,
    TransferSpan,
)

_Checker = aliased(Account)


def rows_of(
    session: Session, base_id: int, kind: str, ids: Collection[int], view: Moment
) -> Sequence[RowMapping]:
    """The rows of one kind of source, each with its `id`; [] for kinds that tell no more."""
    statement = _STATEMENTS.get(kind)
    if statement is None or not ids:
        return []
    return session.execute(statement(base_id, list(ids), view)).mappings().all()


def _decisions(base_id: int, ids: list[int], view: Moment) -> Select:
    row, later = Decision, aliased(Decision)
    superseded = (
        select(later.id)
        .where(
            later.review_id == row.review_id,
            later.sequence > row.sequence,
            later.decided_at <= view.known_at,
        )
        .exists()
    )
    return (
        select(
            row.id,
            row.review_id,
            row.project_id,
            row.decided_at,
            row.gate,
            row.conclusion,
            row.held_on,
            row.reason,
            Account.name.label("who"),
            superseded.label("superseded"),
        )
        .join(Account, col(Account.id) == col(row.decided_by))
        .where(row.base_id == base_id, col(row.id).in_(ids))
    )


def _papers(base_id: int, ids: list[int], _view: Moment) -> Select:
    row = Evidence
    return (
        select(
            row.id,
            row.project_id,
            row.doc_code,
            row.title,
            row.doc_no,
            row.issuer,
            row.issued_on,
            row.valid_until,
            row.version,
            row.state,
            row.attachment_id,
            Account.name.label("who"),
            _Checker.name.label("checker"),
        )
        .join(Account, col(Account.id) == col(row.submitted_by))
        .join(_Checker, col(_Checker.id) == col(row.checked_by), isouter=True)
        .where(row.base_id == base_id, col(row.id).in_(ids))
    )


def _steps(base_id: int, ids: list[int], view: Moment) -> Select:
    row = LandingStep
    checked = and_(row.verified_at.is_not(None), row.verified_at <= view.known_at)
    return (
        select(
            row.id,
            Landing.project_id,
            row.level,
            row.reached_on,
            row.proof,
            row.attachment_id,
            case((checked, Account.name)).label("checker"),
            case((row.withdrawn_on <= view.as_of, row.withdrawn_on)).label("withdrawn_on"),
        )
        .join(Landing, col(Landing.id) == col(row.landing_id))
        .join(Account, col(Account.id) == col(row.verified_by), isouter=True)
        .where(row.base_id == base_id, col(row.id).in_(ids))
    )


def _plants(base_id: int, ids: list[int], _view: Moment) -> Select:
    row = Landing
    return (
        select(
            row.id,
            row.project_id,
            Organisation.name.label("entity"),
            Organisation.reg_area,
            row.site_area,
            row.investment_code,
            row.product,
            row.pilot_waiver,
        )
        .join(Organisation, col(Organisation.id) == col(row.entity_id))
        .where(row.base_id == base_id, col(row.id).in_(ids))
    )


def _facts(base_id: int, ids: list[int], _view: Moment) -> Select:
    row = PublicFact
    columns = (row.id, row.project_id, row.result_id, row.fact, row.as_of_text, row.source)
    return select(*columns).where(row.base_id == base_id, col(row.id).in_(ids))


def _transfers(base_id: int, ids: list[int], view: Moment) -> Select:
    span = TransferSpan
    return (
        select(
            span.transfer_id.label("id"),
            span.result_id,
            span.result_code,
            span.title,
            span.mode,
            span.event_on,
            span.receiver,
            span.receive_area,
            span.implement_area,
            span.verified,
            Account.name.label("who"),
            case((col(span.verified), _Checker.name)).label("checker"),
            case((col(span.verified), first_checker())).label("first_checker"),
        )
        .join(Transfer, col(Transfer.id) == col(span.transfer_id))
        .join(Account, col(Account.id) == col(Transfer.entered_by))
        .join(_Checker, col(_Checker.id) == col(Transfer.verified_by), isouter=True)
        .where(span.base_id == base_id, col(span.transfer_id).in_(ids), *_known(view))
    )


def _contracts(base_id: int, ids: list[int], view: Moment) -> Select:
    """One line a contract: what its transfers' lines say of it is the same in each."""
    span = TransferSpan
    first = (
        select(func.min(span.id))
        .where(span.base_id == base_id, col(span.contract_id).in_(ids), *_known(view))
        .group_by(col(span.contract_id))
    )
    return select(
        span.contract_id.label("id"),
        span.result_id,
        span.contract_no.label("no"),
        span.contract_type.label("type"),
        span.signed_on,
        span.amount,
        span.contract_registration_no.label("registration_no"),
        case((span.rescinded_on <= view.as_of, span.rescinded_on)).label("rescinded_on"),
    ).where(col(span.id).in_(first))


def _known(view: Moment) -> tuple:
    return TransferSpan.known_from <= view.known_at, TransferSpan.known_to > view.known_at


_STATEMENTS = {
    "decision": _decisions,
    "evidence": _papers,
    "landing_step": _steps,
    "landing": _plants,
    "public_fact": _facts,
    "transfer": _transfers,
    "contract": _contracts,
}
