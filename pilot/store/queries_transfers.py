"""The contracts beside M3 (合同项数, 金额): one statement over what the claims rest on."""

from collections.abc import Sequence

from sqlalchemy import Row, Select, and_, case, func, or_
from sqlmodel import Session, col, select

from pilot.domain.moment import Moment
from pilot.domain.vocabulary import Indicator, Standing, TransferMode
from pilot.store.models import Claim, ClaimSource, Transfer, TransferSpan

ONCE_A_YEAR = "M3-R3"  # a further transfer of a result that its year counts already
MODES = {
    TransferMode.TRANSFER: "transferred",
    TransferMode.LICENCE: "licensed",
    TransferMode.EQUITY: "invested",
}


def contracts(session: Session, ids: Sequence[int], view: Moment) -> Sequence[Row]:
    """Per base and scope: contracts of the year's counted results, their amount (万元), how many
    are registered, and the results by mode (转让, 许可, 作价投资).

    A second receiver of a counted result adds its contract but no result. A contract's amount is
    taken once however many results it covers, unless the results have prices of their own.
    """
    each = _per_contract(ids, view).subquery()
    query = select(
        each.c.base_id,
        each.c.scope,
        func.count(each.c.contract_id).label("contracts"),
        func.sum(each.c.amount).label("amount"),
        func.sum(each.c.registered).label("registered"),
        *[func.sum(each.c[name]).label(name) for name in MODES.values()],
    )
    return session.exec(query.group_by(each.c.base_id, each.c.scope)).all()


def _per_contract(ids: Sequence[int], view: Moment) -> Select:
    """One row a contract; a transfer without one stands for itself."""
    rests, span = _rests_on(ids, view).subquery(), TransferSpan
    own = col(Transfer.own_price).is_not(None)
    whole = func.max(case((~own, span.amount)))
    parts = func.sum(case((own, span.amount)))
    counted = rests.c.carried > 0
    beside = and_(
        rests.c.beside > 0,
        col(span.verified),
        or_(col(span.rescinded_on).is_(None), span.rescinded_on > view.as_of),
    )
    return (
        select(
            rests.c.base_id,
            rests.c.scope,
            col(span.contract_id).label("contract_id"),
            func.coalesce(whole, parts).label("amount"),
            func.max(case((col(span.contract_registration_no).is_not(None), 1), else_=0)).label(
                "registered"
            ),
            *[
                func.sum(case((and_(counted, span.mode == mode), 1), else_=0)).label(name)
                for mode, name in MODES.items()
            ],
        )
        .join(span, col(span.transfer_id) == rests.c.transfer_id)
        .join(Transfer, col(Transfer.id) == rests.c.transfer_id)
        .where(
            span.known_from <= view.known_at,
            span.known_to > view.known_at,
            or_(counted, beside),
        )
        .group_by(
            rests.c.base_id,
            rests.c.scope,
            col(span.contract_id),
            case((col(span.contract_id).is_(None), span.transfer_id)),
        )
    )


def _rests_on(ids: Sequence[int], view: Moment) -> Select:
    """Per scope and transfer: whether it carries a counted result, or stands beside one."""
    counted = Claim.standing == Standing.COUNTED
    again = and_(Claim.standing == Standing.EXCLUDED, Claim.rule == ONCE_A_YEAR)
    return (
        select(
            Claim.base_id,
            Claim.scope,
            ClaimSource.row_id.label("transfer_id"),
            func.sum(case((counted, Claim.sign), else_=0)).label("carried"),
            func.sum(case((again, Claim.sign), else_=0)).label("beside"),
        )
        .join(ClaimSource, col(ClaimSource.claim_id) == col(Claim.id))
        .where(
            col(Claim.base_id).in_(ids),
            Claim.effective_on <= view.as_of,
            Claim.recorded_at <= view.known_at,
            Claim.year == view.year,
            Claim.indicator == Indicator.TRANSFERRED,
            ClaimSource.kind == "transfer",
            or_(counted, again),
        )
        .group_by(col(Claim.base_id), col(Claim.scope), col(ClaimSource.row_id))
    )
