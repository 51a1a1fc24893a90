"""Results, contracts and transfers as the verbs need them (成果, 合同, 转化)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import case
from sqlmodel import Session, col, func, or_, select

from pilot.domain.identifiers import running_number
from pilot.store import queries
from pilot.store.asked import some
from pilot.store.models import Contract, Result, ResultHolder, ResultIdentifier, Transfer

# Built once: every recount asks them, of some `ids`.
PACKAGES_OF = select(Result.package_id).where(some(Result.id), col(Result.package_id).is_not(None))
IN_PACKAGES = or_(some(Result.id), some(Result.package_id))
MEMBER_IDS = select(Result.id).where(IN_PACKAGES)


def holders(session: Session, result_id: int) -> Sequence[ResultHolder]:
    """The holders of a result in their order."""
    return session.exec(
        select(ResultHolder)
        .where(ResultHolder.result_id == result_id)
        .order_by(col(ResultHolder.position))
    ).all()


def identifiers(session: Session, result_id: int) -> Sequence[ResultIdentifier]:
    """The numbers of a result in the order they were recorded."""
    return session.exec(
        select(ResultIdentifier)
        .where(ResultIdentifier.result_id == result_id)
        .order_by(col(ResultIdentifier.id))
    ).all()


def identifiers_of(session: Session, result_ids: Collection[int]) -> Sequence[ResultIdentifier]:
    """The numbers of several results, in the order they were recorded."""
    among = col(ResultIdentifier.result_id).in_(list(result_ids))
    return session.exec(
        select(ResultIdentifier).where(among).order_by(col(ResultIdentifier.id))
    ).all()


def standing_alone(session: Session, base_id: int, result_ids: Collection[int]) -> Sequence[Result]:
    """Those of some results of a base that are not voided and belong to no package."""
    return session.exec(
        select(Result)
        .where(
            Result.base_id == base_id,
            col(Result.id).in_(list(result_ids)),
            col(Result.voided_at).is_(None),
            col(Result.package_id).is_(None),
        )
        .order_by(col(Result.id))
    ).all()


def result_with_number(session: Session, base_id: int, kind: str, key: str) -> Result | None:
    """The result a number already names."""
    return session.exec(
        select(Result)
        .join(ResultIdentifier, col(ResultIdentifier.result_id) == col(Result.id))
        .where(
            ResultIdentifier.base_id == base_id,
            ResultIdentifier.kind == kind,
            ResultIdentifier.key == key,
        )
    ).first()


def result_with_code(session: Session, base_id: int, code: str) -> Result | None:
    """The result with this code (成果编号)."""
    return session.exec(
        select(Result).where(Result.base_id == base_id, Result.code == code)
    ).first()


@dataclass(frozen=True, slots=True)
class Newest:
    """The last running number of a prefix, among the results up to a key: not asked for again."""

    prefix: str
    up_to: int
    number: int


def newest(session: Session, base_id: int, prefix: str, known: Newest | None) -> Newest:
    """The last number now; only results that came after those of `known` are looked at.

    A base has one writer at a time, so that a later result has the higher key.
    """
    if known is None or known.prefix != prefix:
        top = session.exec(select(func.max(Result.id))).one() or 0  # first: what comes is seen
        return Newest(prefix, top, queries.last_number(session, Result, base_id, prefix))
    query = select(Result.id, Result.base_id, Result.code).where(col(Result.id) > known.up_to)
    rows = session.exec(query).all()
    numbers = [running_number(code, prefix) or 0 for _, base, code in rows if base == base_id]
    top = max([known.up_to, *(row_id for row_id, _, _ in rows)])
    return Newest(prefix, top, max([known.number, *numbers]))


def children(session: Session, result_id: int) -> Sequence[Result]:
    """The parts of a package that are not voided."""
    return session.exec(
        select(Result)
        .where(Result.package_id == result_id, col(Result.voided_at).is_(None))
        .order_by(col(Result.id))
    ).all()


def contract_numbered(session: Session, base_id: int, no: str) -> Contract | None:
    """The contract with this number (合同编号)."""
    return session.exec(
        select(Contract).where(Contract.base_id == base_id, Contract.no == no)
    ).first()


def contract_registered(session: Session, base_id: int, number: str) -> Contract | None:
    """The contract with this registration number (登记编号)."""
    return session.exec(
        select(Contract).where(Contract.base_id == base_id, Contract.registration_no == number)
    ).first()


def transfers_of(session: Session, result_ids: Collection[int]) -> Sequence[Transfer]:
    """The standing transfers of these results, oldest first."""
    return session.exec(
        select(Transfer)
        .where(col(Transfer.result_id).in_(list(result_ids)), col(Transfer.voided_at).is_(None))
        .order_by(col(Transfer.event_on), col(Transfer.id))
    ).all()


def transfers_under(session: Session, contract_id: int) -> Sequence[Transfer]:
    """The standing transfers under a contract, oldest first."""
    return session.exec(
        select(Transfer)
        .where(Transfer.contract_id == contract_id, col(Transfer.voided_at).is_(None))
        .order_by(col(Transfer.event_on), col(Transfer.id))
    ).all()


def results_under(session: Session, contract_id: int) -> Sequence[Result]:
    """The results that change hands under a contract, by its standing transfers."""
    moved = select(Transfer.result_id).where(
        Transfer.contract_id == contract_id, col(Transfer.voided_at).is_(None)
    )
    return session.exec(
        select(Result).where(col(Result.id).in_(moved)).order_by(col(Result.id))
    ).all()


def roots_under(session: Session, contract_id: int) -> Sequence[Result]:
    """The packages that count under a contract: a split part by itself, other parts by theirs."""
    counted = (
        select(
            case(
                (col(Result.split_reason).is_(None), func.coalesce(Result.package_id, Result.id)),
                else_=Result.id,
            )
        )
        .join(Transfer, col(Transfer.result_id) == col(Result.id))
        .where(Transfer.contract_id == contract_id, col(Transfer.voided_at).is_(None))
    )
    return session.exec(
        select(Result).where(col(Result.id).in_(counted)).order_by(col(Result.id))
    ).all()


def family(session: Session, result_ids: Collection[int]) -> list[int]:
    """These results with their packages and every part of those: what is counted together."""
    ids = list(result_ids)
    roots = {*ids, *session.exec(PACKAGES_OF, params={"ids": ids})}
    return sorted(session.exec(MEMBER_IDS, params={"ids": list(roots)}))
