"""The flat lists people read, as statements: one statement feeds a page, a chart and an export.

Every list takes the view's two times and the bases the reader may see, filters and orders in SQL.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, or_, select

from pilot.domain.moment import FOREVER, Moment
from pilot.domain.vocabulary import Gate, Indicator, Scope, Stage, Standing, State
from pilot.store import search
from pilot.store.models import (
    Account,
    Base,
    Claim,
    Definition,
    Project,
    ProjectSpan,
    Result,
    ResultSpan,
)
from pilot.store.ordering import by_code_point, in_order

GONE = (State.VOIDED, State.MERGED)
_UNIT = [Claim.base_id, Claim.indicator, Claim.scope, Claim.standing]
_UNIT += [Claim.year, Claim.unit_kind, Claim.unit_id]
_LINE = (
    "code", "name", "stage", "state", "stage_since", "next_gate", "next_planned_on", "holder",
    "holder_uscc", "pilot_org", "manager", "field", "industry", "area", "sites", "in_base",
    "readiness", "budget",
)  # fmt: skip
PROJECT_KEY, CLAIM_KEY = col(ProjectSpan.id), col(Claim.id)  # what tells rows of the lists apart


@dataclass(frozen=True, slots=True)
class ProjectFilter:
    """What a list of projects is narrowed to; empty means all. VOIDED and MERGED only if named."""

    text: str = ""
    stages: tuple[Stage, ...] = ()
    states: tuple[State, ...] = ()
    fields: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class ClaimFilter:
    """Which claims: of one indicator and scope, by standing, of the view's year unless told."""

    indicator: Indicator | None = None
    scope: Scope | None = None
    standing: Standing | None = None
    year: int | None = None


def project_spans(bases: Sequence[int], view: Moment) -> tuple:
    """The condition that picks, of every project, the span true and known at the view.

    What is known to this day is told apart from what was known then and no longer is: either half
    is one range of the index, and for a view of today the second is empty.
    """
    span = ProjectSpan
    known_since = and_(span.known_to > view.known_at, span.known_to < FOREVER)
    return (
        col(span.base_id).in_(bases),
        span.valid_from <= view.as_of,
        span.valid_to > view.as_of,
        span.known_from <= view.known_at,
        or_(span.known_to == FOREVER, known_since),
    )


def spans_then(view: Moment) -> tuple:
    """The same for projects that another condition names: their spans are few."""
    span = ProjectSpan
    return (
        span.valid_from <= view.as_of,
        span.valid_to > view.as_of,
        span.known_from <= view.known_at,
        span.known_to > view.known_at,
    )


def base_name(base_id: ColumnElement) -> ColumnElement:
    """The name of a row's base as a column `base`: no join that counting would pay for."""
    return select(Base.name).where(Base.id == base_id).scalar_subquery().label("base")


def projects(bases: Sequence[int], view: Moment, chosen: ProjectFilter = ProjectFilter()) -> Select:
    """项目台账: one row a project, by code."""
    return project_lines().where(*project_spans(bases, view), *_chosen(chosen))


def project_lines() -> Select:
    """The same for spans that another condition names, as those found by their keys."""
    span = ProjectSpan
    told = [getattr(span, name) for name in _LINE]
    query = select(base_name(span.base_id), span.base_id, span.project_id, *told)
    return query.order_by(col(span.base_id), by_code_point(col(span.code)))


def _chosen(chosen: ProjectFilter) -> list:
    span = ProjectSpan
    conditions = [
        col(column).in_(values)
        for column, values in (
            (span.stage, chosen.stages),
            (span.state, chosen.states),
            (span.field, chosen.fields),
            (span.area, chosen.areas),
            (span.next_gate, chosen.gates),
        )
        if values
    ]
    if not chosen.states:
        conditions.append(col(span.state).not_in(GONE))
    if chosen.scope is Scope.BASE:
        conditions.append(col(span.in_base))
    if text := chosen.text.strip():
        conditions.append(search.in_project(text))
    return conditions


def live_claims(bases: Sequence[int], view: Moment, conditions: Sequence = ()) -> tuple:
    """The condition that picks the claims standing at the view, among those of `conditions`.

    Of each unit as many as its signs sum up to (C-R10): a claim whose own reversal takes effect
    later may have been outweighed by another one. Those not taken back go first, then the latest.
    """
    order = _is_undone(view), col(Claim.effective_on).desc(), col(Claim.id).desc()
    alike = [*_UNIT, Claim.sign]
    entries = (
        select(
            Claim.id,
            Claim.sign,
            func.sum(Claim.sign).over(partition_by=_UNIT).label("net"),
            func.row_number().over(partition_by=alike, order_by=order).label("place"),
        )
        .where(
            col(Claim.base_id).in_(bases),
            Claim.effective_on <= view.as_of,
            Claim.recorded_at <= view.known_at,
            *conditions,
        )
        .subquery()
    )
    standing = select(entries.c.id).where(entries.c.sign == 1, entries.c.place <= entries.c.net)
    return (col(Claim.id).in_(standing),)


def _is_undone(view: Moment) -> ColumnElement:
    back = aliased(Claim)
    return (
        select(back.id)
        .where(
            back.reverses_id == Claim.id,
            back.effective_on <= view.as_of,
            back.recorded_at <= view.known_at,
        )
        .exists()
    )


def claims(bases: Sequence[int], view: Moment, chosen: ClaimFilter = ClaimFilter()) -> Select:
    """三项指标明细: one row a claim standing at the view, by indicator, scope, day and unit."""
    return claim_lines(view).where(*live_claims(bases, view, _claim_filter(chosen, view)))


def claim_lines(view: Moment) -> Select:
    """The same for claims that another condition names, as those found by `claim_keys`."""
    span = ProjectSpan
    query = (
        select(*_claim_columns(view))
        .join(Base, col(Base.id) == col(Claim.base_id))
        .join(Definition, col(Definition.id) == col(Claim.definition_id))
        .join(Account, col(Account.id) == col(Claim.verified_by), isouter=True)
        .join(
            span,
            and_(
                Claim.unit_kind == "project",
                span.project_id == Claim.unit_id,
                *spans_then(view),
            ),
            isouter=True,
        )
        .join(Project, _is_unit("project", Project), isouter=True)
        .join(Result, _is_unit("result", Result), isouter=True)
    )
    return _in_place(query)


def _claim_columns(view: Moment) -> tuple:
    """The columns of 三项指标明细; a unit is called what it was called then."""
    span = ProjectSpan
    name = func.coalesce(span.name, _title_then(view), Result.title, Project.name)
    return (
        Base.name.label("base"),
        Claim.base_id,
        Claim.id.label("claim_id"),
        Claim.indicator,
        Claim.scope,
        Claim.year,
        Claim.standing,
        Claim.unit_kind,
        Claim.unit_id,
        func.coalesce(span.code, Result.code, Project.code).label("unit_code"),
        name.label("unit_name"),
        Claim.effective_on,
        Claim.recorded_at,
        Definition.version.label("definition_version"),
        Claim.rule,
        Account.name.label("verifier"),
        func.replace(Claim.missing, "\n", "；").label("missing"),
        Claim.repeated,
        Claim.reason,
        span.state.label("project_state"),
    )


def claim_keys(bases: Sequence[int], view: Moment, chosen: ClaimFilter = ClaimFilter()) -> Select:
    """The ids of the same list in the same order."""
    live = live_claims(bases, view, _claim_filter(chosen, view))
    return _in_place(select(Claim.id).where(*live))


def claim_count(bases: Sequence[int], view: Moment, chosen: ClaimFilter = ClaimFilter()) -> Select:
    """How long the same list is: of each unit as many rows as its signs sum up to (C-R10)."""
    seen = Claim.effective_on <= view.as_of, Claim.recorded_at <= view.known_at
    each = (
        select(func.sum(Claim.sign).label("net"))
        .where(col(Claim.base_id).in_(bases), *seen, *_claim_filter(chosen, view))
        .group_by(*_UNIT)
        .subquery()
    )
    return select(func.coalesce(func.sum(each.c.net), 0)).where(each.c.net > 0)


def _in_place(query: Select) -> Select:
    return query.order_by(
        col(Claim.base_id),
        in_order(col(Claim.indicator), Indicator),
        in_order(col(Claim.scope), Scope),
        col(Claim.effective_on),
        col(Claim.unit_kind),
        col(Claim.unit_id),
        col(Claim.id),
    )


def _is_unit(kind: str, table: type) -> object:
    return and_(Claim.unit_kind == kind, table.id == Claim.unit_id)


def _title_then(view: Moment) -> object:
    """The title of a result as it was known at the view; a voided one has none."""
    span = ResultSpan
    return (
        select(span.title)
        .where(
            Claim.unit_kind == "result",
            span.result_id == Claim.unit_id,
            span.known_from <= view.known_at,
            span.known_to > view.known_at,
        )
        .scalar_subquery()
    )


def _claim_filter(chosen: ClaimFilter, view: Moment) -> list:
    conditions = [Claim.year == (chosen.year or view.year)]
    for column, value in (
        (Claim.indicator, chosen.indicator),
        (Claim.scope, chosen.scope),
        (Claim.standing, chosen.standing),
    ):
        if value is not None:
            conditions.append(column == value)
    return conditions
