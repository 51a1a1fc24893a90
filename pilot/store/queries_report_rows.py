"""Rows that report templates pick from and no other list has: papers, plants, totals of a base."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Row, RowMapping, case, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, not_, or_, select

from pilot.domain.identifiers import IdentifierKind
from pilot.domain.moment import Moment
from pilot.domain.vocabulary import ENDS, PASSING, Gate
from pilot.store.models import (
    ChecklistItem,
    Contract,
    Decision,
    Evidence,
    Landing,
    LandingStep,
    Organisation,
    PilotRun,
    Project,
    ProjectSpan,
    Result,
    ResultIdentifier,
)
from pilot.store.ordering import by_code_point
from pilot.store.queries_gate_papers import gate_papers, settled
from pilot.store.queries_tables import GONE, base_name, project_spans, spans_then

_MADE = ("standard", "package")  # kinds of result: a standard of a process, a process package


def missing_papers(session: Session, bases: Sequence[int], view: Moment) -> Sequence[RowMapping]:
    """Every paper a project's next gate asks for and has not settled, by project and position."""
    span, item = ProjectSpan, ChecklistItem
    query = gate_papers(
        view,
        base_name(span.base_id),
        span.base_id,
        span.project_id,
        span.code,
        span.name,
        span.manager,
        span.next_gate,
        span.next_planned_on,
        item.doc_code,
        item.doc_code.label("document"),
        item.requirement,
        item.basis,
        func.coalesce(Evidence.state, "missing").label("state"),
        Evidence.valid_until,
        Evidence.reason,
    ).where(
        *project_spans(bases, view), col(span.state).not_in([*ENDS, *GONE]), not_(settled(view))
    )
    order = col(span.base_id), by_code_point(col(span.code)), col(item.position), col(item.id)
    return session.execute(query.order_by(*order)).mappings().all()


def plants(session: Session, bases: Sequence[int], view: Moment) -> Sequence[RowMapping]:
    """Every plant known then, with its project as it was called; its own edits show as now."""
    span = ProjectSpan
    query = (
        select(
            base_name(Landing.base_id),
            Landing.base_id,
            Landing.id.label("landing_id"),
            Landing.project_id,
            span.code,
            span.name,
            span.in_base,
            Organisation.name.label("entity"),
            Organisation.uscc.label("entity_uscc"),
            Organisation.reg_area.label("entity_area"),
            Landing.site_area,
            Landing.investment_code,
            Landing.investment,
            Landing.product,
            Landing.capacity,
        )
        .join(span, and_(span.project_id == Landing.project_id, *spans_then(view)))
        .join(Organisation, col(Organisation.id) == col(Landing.entity_id))
        .where(
            col(Landing.base_id).in_(bases),
            Landing.recorded_at <= view.known_at,
            col(span.state).not_in(GONE),
        )
        .order_by(col(Landing.base_id), by_code_point(col(span.code)), col(Landing.id))
    )
    return session.execute(query).mappings().all()


def levels(session: Session, bases: Sequence[int], view: Moment) -> Sequence[Row]:
    """Per plant the levels that stood and were verified by then: landing_id, level, reached_on."""
    step = LandingStep
    query = select(step.landing_id, step.level, step.reached_on).where(
        col(step.base_id).in_(bases),
        step.reached_on <= view.as_of,
        step.verified_at <= view.known_at,
        or_(col(step.withdrawn_on).is_(None), step.withdrawn_on > view.as_of),
    )
    return session.exec(query.order_by(step.landing_id, step.level)).all()


def accepted_pilots(session: Session, bases: Sequence[int], view: Moment) -> int:
    """How many projects had passed G3 by the decisions that stood."""
    later = aliased(Decision)
    superseded = (
        select(later.id)
        .where(
            later.review_id == Decision.review_id,
            later.sequence > Decision.sequence,
            later.decided_at <= view.known_at,
        )
        .exists()
    )
    query = select(func.count(func.distinct(Decision.project_id))).where(
        col(Decision.base_id).in_(bases),
        Decision.gate == Gate.G3,
        col(Decision.conclusion).in_(PASSING),
        Decision.held_on <= view.as_of,
        Decision.decided_at <= view.known_at,
        not_(superseded),
    )
    return session.exec(query).one()


def patents(session: Session, bases: Sequence[int], view: Moment) -> int:
    """How many patents the results recorded by then name; a voided result's do not count."""
    query = (
        select(func.count())
        .select_from(ResultIdentifier)
        .join(Result, col(Result.id) == col(ResultIdentifier.result_id))
        .where(ResultIdentifier.kind == IdentifierKind.PATENT, *_results(bases, view))
    )
    return session.exec(query).one()


def process_results(session: Session, bases: Sequence[int], view: Moment) -> int:
    """How many results recorded by then are a standard or a process package (工艺标准, 工艺包)."""
    query = select(func.count()).where(col(Result.kind).in_(_MADE), *_results(bases, view))
    return session.exec(query).one()


def contract_totals(
    session: Session, bases: Sequence[int], view: Moment, first: date, last: date
) -> Sequence[Row]:
    """Per type of contract signed in the days and not rescinded by then: contracts, amount."""
    row = Contract
    query = (
        select(row.type, func.count().label("contracts"), func.sum(row.amount).label("amount"))
        .where(
            col(row.base_id).in_(bases),
            row.signed_on >= first,
            row.signed_on <= min(last, view.as_of),
            row.recorded_at <= view.known_at,
            or_(col(row.rescinded_on).is_(None), row.rescinded_on > view.as_of),
        )
        .group_by(col(row.type))
    )
    return session.exec(query.order_by(col(row.type))).all()


def served(session: Session, bases: Sequence[int], view: Moment, first: date, last: date) -> int:
    """How many organisations other than the seller had a contract signed in the days (服务单位)."""
    query = select(func.count(func.distinct(Contract.buyer_id))).where(
        col(Contract.base_id).in_(bases),
        Contract.signed_on >= first,
        Contract.signed_on <= min(last, view.as_of),
        Contract.recorded_at <= view.known_at,
    )
    return session.exec(query).one()


def runs(session: Session, bases: Sequence[int], view: Moment, first: date, last: date) -> Row:
    """The runs that ended in the days: `runs`, their `hours` without a stop, `projects`."""
    row = PilotRun
    query = select(
        func.count().label("runs"),
        func.sum(row.continuous_hours).label("hours"),
        func.count(func.distinct(row.project_id)).label("projects"),
    ).where(
        col(row.base_id).in_(bases),
        row.ended_on >= first,
        row.ended_on <= min(last, view.as_of),
        row.recorded_at <= view.known_at,
    )
    return session.exec(query).one()


def by_stage(session: Session, bases: Sequence[int], view: Moment, first: date) -> Sequence[Row]:
    """Per stage the projects that had not ended: number and budget, and those entered since."""
    span = ProjectSpan
    new = Project.entered_on >= first
    query = (
        select(
            span.stage,
            func.count().label("projects"),
            func.sum(case((new, 1), else_=0)).label("projects_new"),
            func.sum(func.coalesce(span.budget, 0)).label("budget"),
            func.sum(case((new, func.coalesce(span.budget, 0)), else_=0)).label("budget_new"),
        )
        .join(Project, col(Project.id) == col(span.project_id))
        .where(*project_spans(bases, view), col(span.state).not_in([*ENDS, *GONE]))
        .group_by(col(span.stage))
    )
    return session.exec(query).all()


def _results(bases: Sequence[int], view: Moment) -> tuple:
    return (
        col(Result.base_id).in_(bases),
        Result.recorded_at <= view.known_at,
        or_(col(Result.voided_at).is_(None), Result.voided_at > view.known_at),
    )
