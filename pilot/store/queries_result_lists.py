"""Lists of results, contracts, units and persons as people search them, and one result in full."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Row, RowMapping, Select, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, or_, select

from pilot.domain.moment import FOREVER, Moment
from pilot.domain.vocabulary import ContractType
from pilot.store import search
from pilot.store.checkers import first_checker
from pilot.store.models import (
    Account,
    Contract,
    Organisation,
    Person,
    Project,
    ProjectResult,
    Result,
    ResultHolder,
    ResultSpan,
    Transfer,
    TransferSpan,
)
from pilot.store.queries_tables import base_name

_Receiver, _Checker = aliased(Organisation), aliased(Account)
RESULT_KEY, CONTRACT_KEY = col(ResultSpan.id), col(Contract.id)  # what tells a list's rows apart


def results(
    bases: Sequence[int],
    view: Moment,
    *,
    text: str = "",
    fields: Sequence[str] = (),
    kinds: Sequence[str] = (),
    moved: bool | None = None,
) -> Select:
    """成果: one row a result known and not voided by then, as it read then, by code.

    `moved` asks for a transfer or none.
    """
    span = ResultSpan
    known_since = and_(span.known_to > view.known_at, span.known_to < FOREVER)
    query = (
        select(
            base_name(span.base_id),
            span.result_id.label("id"),
            span.base_id,
            span.code,
            span.title,
            span.kind,
            span.field,
            span.registration_no,
            span.holders,
            span.package,
            span.split,
            span.contact,
            _transfers(view).label("transfers"),
        )
        .where(
            col(span.base_id).in_(bases),
            span.known_from <= view.known_at,
            or_(span.known_to == FOREVER, known_since),
        )
        .order_by(col(span.base_id), col(span.code).desc())
    )
    if moved is not None:
        query = query.where((_transfers(view) > 0) == moved)
    return _narrowed(query, text, fields, kinds)


def _narrowed(query: Select, text: str, fields: Sequence[str], kinds: Sequence[str]) -> Select:
    span = ResultSpan
    for column, values in ((span.field, fields), (span.kind, kinds)):
        if values:
            query = query.where(col(column).in_(values))
    if text:
        columns = (span.title, span.code, span.numbers, span.holders)
        query = query.where(search.any_holds(columns, text))
    return query


def contracts(
    bases: Sequence[int], view: Moment, *, text: str = "", kinds: Sequence[ContractType] = ()
) -> Select:
    """合同: one row a contract known by then, the latest signed first."""
    query = contract_lines(view).where(
        col(Contract.base_id).in_(bases),
        Contract.recorded_at <= view.known_at,
        Contract.signed_on <= view.as_of,
    )
    if kinds:
        query = query.where(col(Contract.type).in_(kinds))
    if text:
        columns = (Contract.no, Contract.title, Contract.registration_no)
        named = _parties_called(text)
        parties = (col(one).in_(named) for one in (Contract.seller_id, Contract.buyer_id))
        query = query.where(or_(search.any_holds(columns, text), *parties))
    return query


def contract_lines(view: Moment) -> Select:
    """The same for contracts that another condition names, as those found by their keys."""
    under = (
        select(func.count())
        .where(Transfer.contract_id == Contract.id, *_standing(view))
        .scalar_subquery()
    )
    return select(
        base_name(Contract.base_id),
        Contract.id,
        Contract.base_id,
        Contract.no,
        Contract.title,
        Contract.type,
        Contract.signed_on,
        _party(Contract.seller_id).label("seller"),
        _party(Contract.buyer_id).label("buyer"),
        Contract.amount,
        Contract.registration_no,
        Contract.state,
        Contract.rescinded_on,
        under.label("transfers"),
    ).order_by(col(Contract.base_id), col(Contract.signed_on).desc(), col(Contract.id).desc())


def organisations(base_id: int, *, text: str = "") -> Select:
    """单位: by name."""
    query = select(Organisation).where(Organisation.base_id == base_id)
    if text:
        columns = (Organisation.name, Organisation.short_name, Organisation.uscc)
        query = query.where(search.any_holds((*columns, Organisation.former_names), text))
    return query.order_by(col(Organisation.name), col(Organisation.id))


def persons(base_id: int, *, text: str = "") -> Select:
    """人员: by name, with their unit."""
    query = (
        select(Person, Organisation.name.label("unit"))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id), isouter=True)
        .where(Person.base_id == base_id)
    )
    if text:
        query = query.where(search.any_holds((Person.name, Organisation.name), text))
    return query.order_by(col(Person.name), col(Person.id))


def holders_of(session: Session, result_ids: Collection[int]) -> dict[int, list[Row]]:
    """The holders of results in order: name and share."""
    query = (
        select(ResultHolder.result_id, Organisation.name, ResultHolder.share)
        .join(Organisation, col(Organisation.id) == col(ResultHolder.organisation_id))
        .where(col(ResultHolder.result_id).in_(list(result_ids)))
        .order_by(col(ResultHolder.result_id), col(ResultHolder.position))
    )
    found: dict[int, list[Row]] = defaultdict(list)
    for row in session.execute(query):
        found[row.result_id].append(row)
    return found


def transfers_of(session: Session, result_id: int) -> Sequence[RowMapping]:
    """The transfers of a result that are not voided, with contract, receiver and who checked."""
    query = (
        select(
            Transfer,
            Contract.no,
            Contract.type,
            Contract.rescinded_on,
            _Receiver.name.label("receiver"),
            Account.name.label("entered"),
            _Checker.name.label("checker"),
            first_checker().label("first_checker"),
        )
        .join(Contract, col(Contract.id) == col(Transfer.contract_id), isouter=True)
        .join(_Receiver, col(_Receiver.id) == col(Transfer.receiver_id), isouter=True)
        .join(Account, col(Account.id) == col(Transfer.entered_by))
        .join(_Checker, col(_Checker.id) == col(Transfer.verified_by), isouter=True)
        .where(Transfer.result_id == result_id, col(Transfer.voided_at).is_(None))
        .order_by(col(Transfer.event_on), col(Transfer.id))
    )
    return session.execute(query).mappings().all()


def results_under(session: Session, contract_id: int) -> Sequence[RowMapping]:
    """The transfers under a contract with the results they move."""
    query = (
        select(Transfer.id, Transfer.event_on, Transfer.mode, Result.code, Result.title)
        .add_columns(Result.id.label("result_id"), Transfer.verified_at)
        .join(Result, col(Result.id) == col(Transfer.result_id))
        .where(Transfer.contract_id == contract_id, col(Transfer.voided_at).is_(None))
        .order_by(col(Transfer.event_on), col(Transfer.id))
    )
    return session.execute(query).mappings().all()


def projects_of(session: Session, result_id: int) -> Sequence[Row]:
    """The projects that pilot a result: id, code, name."""
    query = (
        select(Project.id, Project.code, Project.name)
        .join(ProjectResult, col(ProjectResult.project_id) == col(Project.id))
        .where(ProjectResult.result_id == result_id)
        .order_by(col(Project.code))
    )
    return session.execute(query).all()


def parts_of(session: Session, result_id: int) -> Sequence[Row]:
    """The parts of a package that are not voided: id, code, title, split_reason."""
    query = (
        select(Result.id, Result.code, Result.title, Result.split_reason)
        .where(Result.package_id == result_id, col(Result.voided_at).is_(None))
        .order_by(col(Result.code))
    )
    return session.execute(query).all()


def packages(session: Session, base_id: int) -> dict[int, str]:
    """Results that may be a package, by id: code and title."""
    query = (
        select(Result.id, Result.code, Result.title)
        .where(
            Result.base_id == base_id,
            col(Result.package_id).is_(None),
            col(Result.voided_at).is_(None),
        )
        .order_by(col(Result.code).desc())
    )
    return {row.id: f"{row.code} {row.title}" for row in session.execute(query)}


def contract_names(session: Session, base_id: int) -> dict[int, str]:
    """Contracts that are in force, by id: number, type, day and buyer, the latest first."""
    query = (
        select(Contract.id, Contract.no, Contract.type, Contract.signed_on, Organisation.name)
        .join(Organisation, col(Organisation.id) == col(Contract.buyer_id), isouter=True)
        .where(Contract.base_id == base_id, col(Contract.rescinded_on).is_(None))
        .order_by(col(Contract.signed_on).desc(), col(Contract.id).desc())
    )
    return {
        row.id: f"{row.no}（{row.type.label}，{row.signed_on}，{row.name or '未登记受让方'}）"
        for row in session.execute(query)
    }


def project_names(session: Session, base_id: int) -> dict[int, str]:
    """Projects by id: code and name."""
    query = select(Project.id, Project.code, Project.name).where(Project.base_id == base_id)
    rows = session.execute(query.order_by(col(Project.code).desc()))
    return {row.id: f"{row.code} {row.name}" for row in rows}


def _standing(view: Moment) -> tuple[ColumnElement, ...]:
    gone = col(Transfer.voided_at)
    return (
        Transfer.recorded_at <= view.known_at,
        Transfer.event_on <= view.as_of,
        or_(gone.is_(None), gone > view.known_at),
    )


def _party(organisation_id: ColumnElement) -> ColumnElement:
    return select(Organisation.name).where(Organisation.id == organisation_id).scalar_subquery()


def _parties_called(text: str) -> Select:
    return select(Organisation.id).where(search.holds(Organisation.name, text))


def _transfers(view: Moment) -> ColumnElement:
    """How often a result had changed hands, as its transfers were known."""
    line = TransferSpan
    return (
        select(func.count())
        .where(
            line.result_id == ResultSpan.result_id,
            line.event_on <= view.as_of,
            line.known_from <= view.known_at,
            line.known_to > view.known_at,
        )
        .scalar_subquery()
    )
