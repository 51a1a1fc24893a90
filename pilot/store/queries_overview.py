"""What the goal cards add up, each one statement over the ledger whatever its size.

A number is the sum of the ledger's signs, true and known at the view. Only its own entries are
summed, never "the claims not taken back": a reversal may name a later claim (domain.ledger).
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_
from sqlmodel import Session, col, select

from pilot.domain.moment import Moment, anniversary
from pilot.domain.vocabulary import GOALS, Gate, Indicator, Scope, Stage, Standing, State
from pilot.store.models import (
    Base,
    Claim,
    Definition,
    GatePlan,
    Landing,
    LandingStep,
    Project,
    ProjectSpan,
    Target,
)
from pilot.store.queries_goals import in_force_then
from pilot.store.queries_tables import project_spans, spans_then

_LATE_AT_MOST = 15  # days: a gate that is later than this is no longer reckoned with
COUNTED = Claim.standing == Standing.COUNTED


def bases(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """The names of these bases, in order."""
    query = select(Base.id, Base.name).where(col(Base.id).in_(ids)).order_by(col(Base.id))
    return dict(session.exec(query).all())


def goals(session: Session, ids: Sequence[int], view: Moment) -> list[tuple]:
    """The year's goals (年度目标) as they read now: base, indicator, scope, goal."""
    query = select(Target.base_id, Target.indicator, Target.scope, Target.goal).where(
        col(Target.base_id).in_(ids),
        Target.year == view.year,
        col(Target.indicator).in_(GOALS),
    )
    return list(session.exec(query))


def headlines(session: Session, ids: Sequence[int], view: Moment) -> list[tuple]:
    """The scope each indicator is told in, by the definition in force at the end of the year."""
    query = (
        select(Definition.base_id, Definition.indicator, Definition.headline)
        .where(
            col(Definition.base_id).in_(ids),
            col(Definition.indicator).in_(GOALS),
            Definition.recorded_at <= view.known_at,
            in_force_then(view),
            Definition.valid_from <= date(view.year, 12, 31),
            Definition.valid_to >= date(view.year, 1, 1),
        )
        .order_by(col(Definition.valid_from), col(Definition.version))
    )
    return list(session.exec(query))


def sums(
    session: Session, ids: Sequence[int], view: Moment, indicators: Sequence[Indicator]
) -> Sequence[Row]:
    """Per base, indicator and scope: counted, month, pending, last_year (same day)."""
    this_year = Claim.year == view.year
    shown = and_(this_year, Claim.effective_on <= view.as_of)
    last_year = and_(Claim.year == view.year - 1, Claim.effective_on <= anniversary(view.as_of, -1))
    this_month = and_(shown, Claim.effective_on >= view.as_of.replace(day=1))
    parts = {
        "counted": and_(shown, COUNTED),
        "month": and_(this_month, COUNTED),
        "pending": and_(shown, Claim.standing == Standing.PENDING),
        "last_year": and_(last_year, COUNTED),
    }
    place = col(Claim.base_id), col(Claim.indicator), col(Claim.scope)
    years = (  # in the order of the index, so that nothing is sorted
        select(*place, *(_sum(condition).label(name) for name, condition in parts.items()))
        .where(
            col(Claim.base_id).in_(ids),
            col(Claim.year).in_([view.year, view.year - 1]),
            col(Claim.indicator).in_(indicators),
            col(Claim.standing).in_([Standing.COUNTED, Standing.PENDING]),
            Claim.recorded_at <= view.known_at,
        )
        .group_by(col(Claim.year), *place)
        .subquery()
    )
    place = years.c.base_id, years.c.indicator, years.c.scope
    both = [func.sum(years.c[name]).label(name) for name in parts]
    return session.exec(select(*place, *both).group_by(*place)).all()


def distinct(session: Session, ids: Sequence[int], view: Moment) -> Sequence[Row]:
    """Per base, indicator and scope: the units that stand in any year, each once."""
    units = (
        select(Claim.base_id, Claim.indicator, Claim.scope, Claim.unit_kind, Claim.unit_id)
        .where(*seen(ids, view), COUNTED, col(Claim.indicator).in_(GOALS))
        .group_by(*unit())
        .having(func.sum(Claim.sign) > 0)
        .subquery()
    )
    place = units.c.base_id, units.c.indicator, units.c.scope
    return session.exec(select(*place, func.count().label("distinct")).group_by(*place)).all()


def terminated(session: Session, ids: Sequence[int], view: Moment) -> Sequence[Row]:
    """Per base, indicator and scope: the year's counted projects that have been terminated."""
    units = (
        select(Claim.base_id, Claim.indicator, Claim.scope, Claim.unit_kind, Claim.unit_id)
        .where(
            *seen(ids, view),
            COUNTED,
            Claim.year == view.year,
            Claim.unit_kind == "project",
        )
        .group_by(*unit())
        .having(func.sum(Claim.sign) > 0)
        .subquery()
    )
    place = units.c.base_id, units.c.indicator, units.c.scope
    query = (
        select(*place, func.count().label("terminated"))
        .join(ProjectSpan, col(ProjectSpan.project_id) == units.c.unit_id)
        .where(*spans_then(view), ProjectSpan.state == State.TERMINATED)
        .group_by(*place)
    )
    return session.exec(query).all()


def planned(session: Session, ids: Sequence[int], view: Moment) -> Sequence[Row]:
    """Per base, indicator and in_base: projects that gates planned for the year's rest may add.

    G1 makes an M1, G4 an M2; so does G3 where all else of an M2 is there (待核). A project that
    is counted already adds nothing. A gate that is more than 15 days late is not reckoned with,
    a project that rests neither.
    """
    first = max(date.fromordinal(view.as_of.toordinal() - _LATE_AT_MOST), date(view.year, 1, 1))
    g1 = GatePlan.gate == Gate.G1
    indicator = case((g1, Indicator.NEW_PILOT.value), else_=Indicator.INDUSTRIALISED.value)
    running = [State.ACTIVE, State.AWAITING, State.CONDITIONAL]
    counted = _stands(ids, view, Standing.COUNTED)
    query = (
        select(
            GatePlan.base_id,
            indicator.label("indicator"),
            ProjectSpan.in_base,
            func.count(col(GatePlan.project_id).distinct()).label("planned"),
        )
        .join(ProjectSpan, col(ProjectSpan.project_id) == col(GatePlan.project_id))
        .where(
            *project_spans(ids, view),
            _adding(ids, view),
            or_(g1, col(ProjectSpan.project_id).not_in(counted)),
            col(ProjectSpan.state).in_(running),
            GatePlan.known_from <= view.known_at,
            GatePlan.known_to > view.known_at,
            GatePlan.planned_on >= first,
            GatePlan.planned_on <= date(view.year, 12, 31),
        )
        .group_by(col(GatePlan.base_id), indicator, col(ProjectSpan.in_base))
    )
    return session.exec(query).all()


def _adding(ids: Sequence[int], view: Moment) -> ColumnElement:
    """Whether passing the planned gate adds a unit, by the stage that the project is in."""
    stage, gate = col(ProjectSpan.stage), col(GatePlan.gate)
    pending = _stands(ids, view, Standing.PENDING).where(Claim.year == view.year)
    return or_(
        and_(gate == Gate.G1, stage.in_([Stage.POOL, Stage.CONCEPT])),
        and_(gate == Gate.G4, stage.in_([Stage.PILOT, Stage.INDUSTRY])),
        and_(
            gate == Gate.G3,
            stage == Stage.PILOT,
            col(ProjectSpan.project_id).in_(pending),
        ),
    )


def _stands(ids: Sequence[int], view: Moment, standing: Standing) -> Select:
    """The projects that stand so for M2 in the city, in whatever year."""
    return (
        select(Claim.unit_id)
        .where(
            *seen(ids, view),
            Claim.indicator == Indicator.INDUSTRIALISED,
            Claim.scope == Scope.CITY,
            Claim.standing == standing,
            Claim.unit_kind == "project",
        )
        .group_by(col(Claim.unit_id))
        .having(func.sum(Claim.sign) > 0)
    )


def monthly(session: Session, ids: Sequence[int], view: Moment) -> Sequence[Row]:
    """Per base, indicator, scope, and year and month of the event: what the year gained."""
    on_year = func.extract("year", Claim.effective_on)
    on_month = func.extract("month", Claim.effective_on)
    query = (
        select(
            Claim.base_id,
            Claim.indicator,
            Claim.scope,
            on_year.label("on_year"),
            on_month.label("on_month"),
            func.sum(Claim.sign).label("gained"),
        )
        .where(
            *seen(ids, view),
            COUNTED,
            Claim.year == view.year,
            col(Claim.indicator).in_(GOALS),
        )
        .group_by(col(Claim.base_id), col(Claim.indicator), col(Claim.scope), on_year, on_month)
    )
    return session.exec(query).all()


def landing_levels(session: Session, ids: Sequence[int], view: Moment) -> Sequence[Row]:
    """Per base, level and in_base: projects whose plant is verified to have got there.

    `projects` ever, `this_year` in the view's year; shown whatever M2's threshold is.
    """
    this_year = func.extract("year", LandingStep.reached_on) == view.year
    project = col(Landing.project_id)
    query = (
        select(
            LandingStep.base_id,
            LandingStep.level,
            Project.in_base,
            func.count(project.distinct()).label("projects"),
            func.count(case((this_year, project)).distinct()).label("this_year"),
        )
        .join(Landing, col(Landing.id) == col(LandingStep.landing_id))
        .join(Project, col(Project.id) == project)
        .where(
            col(LandingStep.base_id).in_(ids),
            LandingStep.reached_on <= view.as_of,
            LandingStep.verified_at <= view.known_at,
            or_(col(LandingStep.withdrawn_on).is_(None), LandingStep.withdrawn_on > view.as_of),
        )
        .group_by(col(LandingStep.base_id), col(LandingStep.level), col(Project.in_base))
    )
    return session.exec(query).all()


def _sum(condition: ColumnElement) -> ColumnElement:
    return func.coalesce(func.sum(case((condition, Claim.sign), else_=0)), 0)


def seen(ids: Sequence[int], view: Moment) -> tuple:
    """The condition of two times on ledger entries of these bases."""
    return (
        col(Claim.base_id).in_(ids),
        Claim.effective_on <= view.as_of,
        Claim.recorded_at <= view.known_at,
    )


def unit() -> tuple:
    """What makes one unit of one indicator and scope."""
    place = col(Claim.base_id), col(Claim.indicator), col(Claim.scope)
    return (*place, col(Claim.unit_kind), col(Claim.unit_id))
