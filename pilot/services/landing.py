"""Landing (产业化): plants, the levels they reach, the proof and who verified it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlmodel import Session

from pilot.domain.errors import Conflict, Invalid, NotAllowed
from pilot.domain.people import Actor
from pilot.domain.vocabulary import LandingLevel
from pilot.services import attachments, claiming
from pilot.services.command import verb
from pilot.services.projects import check_day, standing_project
from pilot.store import queries, queries_gates
from pilot.store.files import StoredFile
from pilot.store.models import Landing, LandingStep, Organisation, Project


@dataclass(frozen=True, slots=True)
class LandingDraft:
    """A plant as a form or an import says it; investment in 万元, capacity in t/a."""

    entity_id: int
    site_area: str | None = None
    investment_code: str | None = None
    investment: Decimal | None = None
    product: str | None = None
    capacity: Decimal | None = None
    shares_plant: bool = False
    pilot_waiver: str | None = None


@verb("landing.save")
def add_landing(
    session: Session, project_id: int, draft: LandingDraft, *, by: Actor, at: datetime
) -> Landing:
    """Record the plant that implements a project (产业化落地).

    A plant already recorded under the same 项目代码 must be named as shared: it counts once, for
    the project that recorded it first.
    """
    project = standing_project(session, by, project_id)
    _check(session, draft, by)
    principal = _principal(session, project, draft, by)
    landing = Landing(
        base_id=by.base_id,
        project_id=project.id,
        entity_id=draft.entity_id,
        site_area=draft.site_area,
        investment_code=draft.investment_code,
        investment=draft.investment,
        product=draft.product,
        capacity=draft.capacity,
        principal_id=principal.id if principal else None,
        pilot_waiver=draft.pilot_waiver,
        recorded_at=at,
    )
    session.add(landing)
    _recount(session, project, at, "登记产业化落地")
    return landing


@verb("landing.save")
def edit_landing(
    session: Session,
    landing_id: int,
    draft: LandingDraft,
    *,
    by: Actor,
    at: datetime,
    reason: str,
) -> Landing:
    """Change what is recorded about a plant, with the reason."""
    landing = queries.one(session, Landing, by.base_id, landing_id)
    project = standing_project(session, by, landing.project_id)
    if not reason.strip():
        raise Invalid("reason", "修改产业化信息必须说明理由。")
    _check(session, draft, by)
    principal = _principal(session, project, draft, by)
    for name in (
        "entity_id",
        "site_area",
        "investment_code",
        "investment",
        "product",
        "capacity",
        "pilot_waiver",
    ):
        setattr(landing, name, getattr(draft, name))
    landing.principal_id = principal.id if principal else None
    _recount(session, project, at, reason)
    return landing


@verb("landing.reach")
def reach(
    session: Session,
    landing_id: int,
    level: LandingLevel,
    *,
    by: Actor,
    at: datetime,
    on: date,
    proof: str,
    file: StoredFile | None = None,
) -> LandingStep:
    """Record that a plant reached a level (落地进度), with its proof; it awaits verification."""
    landing = queries.one(session, Landing, by.base_id, landing_id)
    project = standing_project(session, by, landing.project_id)
    check_day("on", on, at)
    if not proof.strip():
        raise Invalid("proof", "请写明证明材料，例如备案证明、试生产条件确认意见。")
    standing = [
        step
        for step in queries_gates.steps(session, [landing.id])
        if step.level is level and step.withdrawn_on is None
    ]
    if standing:
        raise Conflict(f"{level.label} 已登记（{standing[0].reached_on}）；如有误请先撤回。")
    step = LandingStep(
        base_id=by.base_id,
        landing_id=landing.id,
        level=level,
        reached_on=on,
        proof=proof.strip(),
        attachment_id=attachments.add(session, file, by=by, at=at).id if file else None,
        entered_by=by.id,
        recorded_at=at,
    )
    session.add(step)
    _recount(session, project, at, f"登记 {level.label}")
    return step


@verb("landing.verify")
def verify_step(session: Session, step_id: int, *, by: Actor, at: datetime) -> LandingStep:
    """Verify a level against its proof (核实); not by the person who entered it."""
    step = queries.one(session, LandingStep, by.base_id, step_id)
    landing = queries.one(session, Landing, by.base_id, step.landing_id)
    project = standing_project(session, by, landing.project_id)
    if step.entered_by == by.id:
        raise NotAllowed("不能核实自己登记的进度。")
    if step.verified_by is not None or step.withdrawn_on is not None:
        raise Conflict("这一进度已核实或已撤回。")
    step.verified_by, step.verified_at = by.id, at
    _recount(session, project, at, f"核实 {step.level.label}")
    return step


@verb("landing.withdraw")
def withdraw_step(
    session: Session, step_id: int, *, by: Actor, at: datetime, on: date, reason: str
) -> LandingStep:
    """Withdraw a level from the day `on` (撤回), e.g. a revoked permission."""
    step = queries.one(session, LandingStep, by.base_id, step_id)
    landing = queries.one(session, Landing, by.base_id, step.landing_id)
    project = standing_project(session, by, landing.project_id)
    check_day("on", on, at)
    if not reason.strip():
        raise Invalid("reason", "撤回必须说明理由。")
    if step.withdrawn_on is not None:
        raise Conflict("这一进度已撤回。")
    if on < step.reached_on:
        raise Invalid("on", "撤回日期不能早于达到日期。")
    step.withdrawn_on, step.withdrawn_reason = on, reason.strip()
    _recount(session, project, at, reason)
    return step


def _check(session: Session, draft: LandingDraft, by: Actor) -> None:
    queries.one(session, Organisation, by.base_id, draft.entity_id)
    for name, value in (("investment", draft.investment), ("capacity", draft.capacity)):
        if value is not None and value < 0:
            raise Invalid(name, "投资额和产能不能是负数。")


def _principal(
    session: Session, project: Project, draft: LandingDraft, by: Actor
) -> Landing | None:
    if not draft.investment_code:
        return None
    first = queries_gates.same_plant(session, by.base_id, draft.investment_code)
    if first is None or first.project_id == project.id:
        return None
    if not draft.shares_plant:
        code = session.get(Project, first.project_id).code
        raise Conflict(f"项目代码已由 {code} 登记；若确为同一工厂，请勾选“与该项目同厂”。")
    return first


def _recount(session: Session, project: Project, at: datetime, reason: str) -> None:
    project.touched_at = at
    session.flush()
    claiming.project_changed(session, project.base_id, project.id, at=at, reason=reason)
