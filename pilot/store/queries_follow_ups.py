"""Earlier contracts that a submission may follow on, and what followed on a contract (后续事项)."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from pilot.domain.vocabulary import ContractState
from pilot.store.models import Account, Contract, FollowUp, ResultHolder, Submission, Transfer

MOST = 500


def earlier(session: Session, base_id: int, account_id: int) -> Sequence[Contract]:
    """The contracts a researcher may follow on, the latest first: standing, with a transfer."""
    moved = select(Transfer.id).where(
        Transfer.contract_id == Contract.id, col(Transfer.voided_at).is_(None)
    )
    query = (
        select(Contract)
        .where(Contract.base_id == base_id, Contract.state != ContractState.RESCINDED)
        .where(_within_reach(session, account_id), moved.exists())
        .order_by(col(Contract.signed_on).desc(), col(Contract.id).desc())
    )
    return session.exec(query.limit(MOST)).all()


def reachable(session: Session, base_id: int, account_id: int, contract_id: int) -> Contract | None:
    """One of these contracts, however it stands; None for any other."""
    query = select(Contract).where(Contract.base_id == base_id, Contract.id == contract_id)
    return session.exec(query.where(_within_reach(session, account_id))).first()


def named(session: Session, base_id: int, ids: Collection[object]) -> Sequence[Contract]:
    """Contracts of a base by id; what is no id names none."""
    wanted = [one for one in ids if isinstance(one, int)]
    if not wanted:
        return []
    query = select(Contract).where(Contract.base_id == base_id, col(Contract.id).in_(wanted))
    return session.exec(query).all()


def of_contract(session: Session, contract_id: int) -> Sequence[FollowUp]:
    """What followed on a contract, in the order it happened."""
    query = select(FollowUp).where(FollowUp.contract_id == contract_id)
    return session.exec(query.order_by(col(FollowUp.happened_on), col(FollowUp.id))).all()


def _within_reach(session: Session, account_id: int) -> ColumnElement:
    """A contract of one's own unit, over a result the unit holds, or of one's own submission."""
    home = session.get_one(Account, account_id).organisation_id
    brought = select(Submission.contract_id).where(
        Submission.author_id == account_id, col(Submission.contract_id).is_not(None)
    )
    ways = [col(Contract.id).in_(brought)]
    if home is not None:
        held = (
            select(Transfer.contract_id)
            .join(ResultHolder, col(ResultHolder.result_id) == col(Transfer.result_id))
            .where(ResultHolder.organisation_id == home, col(Transfer.voided_at).is_(None))
            .where(col(Transfer.contract_id).is_not(None))
        )
        ways += [
            col(Contract.seller_id) == home,
            col(Contract.buyer_id) == home,
            col(Contract.id).in_(held),
        ]
    return or_(*ways)
