"""The facts M3 judges, for some packages of results or a whole base; a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from pilot.domain.counting import ContractFact, PackageFact, TransferFact
from pilot.domain.vocabulary import State
from pilot.store.asked import Ids, OfBase, some
from pilot.store.models import (
    Contract,
    Organisation,
    Project,
    ProjectResult,
    Result,
    ResultHolder,
    Transfer,
)
from pilot.store.queries_facts import reports_of_results
from pilot.store.queries_results import IN_PACKAGES, MEMBER_IDS, PACKAGES_OF

_BASE = bindparam("base")
_GONE = (State.VOIDED, State.MERGED)
# By the keys alone, which are a base's own: the base beside them would have the database walk over
# all of its results.
_MEMBERS_OF = select(Result).where(IN_PACKAGES).order_by(col(Result.id))
_ALL_MEMBERS = select(Result).where(Result.base_id == _BASE).order_by(col(Result.id))
_SHARING = select(Result.id, Result.package_id).where(
    Result.base_id == _BASE,
    col(Result.id).in_(
        select(Transfer.result_id).where(
            col(Transfer.contract_id).in_(
                select(Transfer.contract_id).where(
                    col(Transfer.result_id).in_(MEMBER_IDS),
                    col(Transfer.contract_id).is_not(None),
                )
            )
        )
    ),
)
_MOVED = select(Transfer.id, Transfer.contract_id).where(some(Transfer.result_id))
_HOLDERS = OfBase(
    select(ResultHolder.result_id, Organisation.reg_area)
    .join(Organisation, col(Organisation.id) == col(ResultHolder.organisation_id))
    .where(ResultHolder.base_id == _BASE)
    .order_by(col(ResultHolder.result_id), col(ResultHolder.position)),
    ResultHolder.result_id,
)
_PILOTED = OfBase(
    select(ProjectResult.result_id)
    .join(Project, col(Project.id) == col(ProjectResult.project_id))
    .where(ProjectResult.base_id == _BASE, col(Project.in_base), col(Project.state).not_in(_GONE)),
    ProjectResult.result_id,
)
_TRANSFERS = OfBase(
    select(Transfer, Contract)
    .join(Contract, col(Contract.id) == col(Transfer.contract_id), isouter=True)
    .where(Transfer.base_id == _BASE)
    .order_by(col(Transfer.event_on), col(Transfer.id)),
    Transfer.result_id,
)


def package_facts(session: Session, base_id: int, roots: Ids = None) -> list[PackageFact]:
    """What M3 looks at, one fact a package (a result that is no child, or a split child)."""
    members = _members(session, base_id, roots)
    ids = None if roots is None else [row.id for rows in members.values() for row in rows]
    holders = _holders(session, base_id, ids)
    in_base = set(_PILOTED.rows(session, base_id, ids))
    transfers = _transfers(session, base_id, ids)
    reports = reports_of_results(session, base_id, ids)
    found = []
    for root, rows in members.items():
        head = next(row for row in rows if row.id == root)
        own = [row.id for row in rows if row.voided_at is None]
        found.append(
            PackageFact(
                result_id=root,
                kind=head.kind,
                non_secret=head.non_secret,
                voided=head.voided_at is not None,
                holder_areas=tuple(area for row_id in own for area in holders[row_id]),
                in_base=any(row_id in in_base for row_id in own),
                transfers=tuple(fact for row_id in own for fact in transfers[row_id]),
                reports=tuple(fact for row_id in own for fact in reports[row_id]),
            )
        )
    return found


def package_roots(session: Session, base_id: int, result_ids: Collection[int]) -> set[int]:
    """The packages whose counts can move when these results change.

    Their own, before and after, and all that are joined to them by shared contracts, however far.
    """
    roots = {*result_ids, *session.exec(PACKAGES_OF, params={"ids": list(result_ids)})}
    while not (joined := _joined_by_contracts(session, base_id, roots)) <= roots:
        roots |= joined
    return roots


def _joined_by_contracts(session: Session, base_id: int, roots: set[int]) -> set[int]:
    rows = session.exec(_SHARING, params={"base": base_id, "ids": list(roots)}).all()
    return {row_id for row_id, _ in rows} | {package for _, package in rows if package}


def units_of(session: Session, roots: Collection[int]) -> dict[str, set[int]]:
    """Every unit the ledger may hold entries for when these packages are recounted."""
    members = {*roots, *session.exec(MEMBER_IDS, params={"ids": list(roots)})}
    rows = session.exec(_MOVED, params={"ids": list(members)}).all()
    return {
        "result": members,
        "transfer": {row_id for row_id, _ in rows},
        "contract": {contract for _, contract in rows if contract},
    }


def result_ids_of_projects(session: Session, project_ids: Iterable[int]) -> list[int]:
    """The results these projects pilot."""
    query = select(ProjectResult.result_id).where(
        col(ProjectResult.project_id).in_(list(project_ids))
    )
    return list(session.exec(query))


def _members(session: Session, base_id: int, roots: Ids) -> dict[int, list[Result]]:
    """The results of each package."""
    if roots is None:
        rows = session.exec(_ALL_MEMBERS, params={"base": base_id})
    else:
        rows = session.exec(_MEMBERS_OF, params={"ids": list(roots)})
    found: dict[int, list[Result]] = defaultdict(list)
    for row in rows:
        child = row.package_id is not None and not row.split_reason
        found[row.package_id if child else row.id].append(row)
    return {root: rows for root, rows in found.items() if any(row.id == root for row in rows)}


def _holders(session: Session, base_id: int, ids: Ids) -> dict[int, list[str | None]]:
    found: dict[int, list[str | None]] = defaultdict(list)
    for result_id, area in _HOLDERS.rows(session, base_id, ids):
        found[result_id].append(area)
    return found


def _transfers(session: Session, base_id: int, ids: Ids) -> dict[int, list[TransferFact]]:
    found: dict[int, list[TransferFact]] = defaultdict(list)
    for row, contract in _TRANSFERS.rows(session, base_id, ids):
        found[row.result_id].append(
            TransferFact(
                id=row.id,
                result_id=row.result_id,
                mode=row.mode,
                event_on=row.event_on,
                contract=_contract(contract) if contract else None,
                receive_area=row.receive_area,
                implement_area=row.implement_area,
                verified=row.verified_by is not None,
                verified_by=row.verified_by,
                voided=row.voided_at is not None,
                related_parties=row.related_parties,
            )
        )
    return found


def _contract(row: Contract) -> ContractFact:
    return ContractFact(
        id=row.id,
        type=row.type,
        signed_on=row.signed_on,
        conditional=row.conditional,
        effective_on=row.effective_on,
        rescinded_on=row.rescinded_on,
    )
