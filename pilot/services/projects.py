"""Projects (项目): register, edit, plan, link results, note progress, record runs."""

from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal

from sqlmodel import Session

from pilot.domain.drafts import ProjectDraft, checked
from pilot.domain.errors import Conflict, Invalid
from pilot.domain.moment import FOREVER, local_day
from pilot.domain.people import Actor
from pilot.domain.vocabulary import Gate, Stage, State
from pilot.services import claiming
from pilot.services.command import verb
from pilot.store import project_spans, queries, queries_codes, queries_gates, queries_projects
from pilot.store.models import (
    GatePlan,
    Organisation,
    Person,
    PilotRun,
    Project,
    ProjectNote,
    ProjectResult,
    ProjectSite,
    Result,
)


@verb("project.register")
def register(
    session: Session,
    draft: ProjectDraft,
    *,
    by: Actor,
    at: datetime,
    on: date | None = None,
    code: str | None = None,
    stage: Stage = Stage.POOL,
    state: State = State.ACTIVE,
) -> Project:
    """Enter a project (登记项目), into the pool unless it is taken over further on.

    `on` is the day it entered (today unless told); `stage` other than 储备 is for projects that
    began before this record did (`entry_stage`), which still owe every proof.
    """
    on = on or local_day(at)
    check_day("on", on, at)
    draft = _checked(session, draft, by, at)
    project = Project(
        base_id=by.base_id,
        code=code or _next_code(session, by.base_id, on.year),
        entry_stage=stage,
        stage=stage,
        state=state,
        entered_on=on,
        touched_at=at,
        recorded_at=at,
        **_columns(draft),
    )
    session.add(project)
    session.flush()
    _set_sites(session, project, draft.sites)
    project_spans.refresh(session, project, on=on, at=at)
    return project


@verb("project.edit")
def edit(
    session: Session,
    project_id: int,
    draft: ProjectDraft,
    *,
    by: Actor,
    at: datetime,
    on: date | None = None,
    reason: str = "",
) -> Project:
    """Change what is recorded about a project, true from the day `on` (today unless told)."""
    project = standing_project(session, by, project_id)
    on = on or local_day(at)
    check_day("on", on, at)
    draft = _checked(session, draft, by, at, project_id)
    moved = project.in_base is not draft.in_base
    for name, value in _columns(draft).items():
        setattr(project, name, value)
    _set_sites(session, project, draft.sites)
    touch(session, project, on=on, at=at)
    why = reason or "修改项目信息"
    claiming.project_changed(session, by.base_id, project.id, at=at, reason=why, results=moved)
    return project


@verb("project.plan")
def plan_gate(
    session: Session,
    project_id: int,
    gate: Gate,
    planned_on: date,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> Project:
    """Set when a gate is planned (计划日期); the earlier plan stays readable."""
    project = standing_project(session, by, project_id)
    current = queries_gates.plans(session, project_id).get(gate)
    if current and current.planned_on == planned_on:
        return project
    if current and not reason.strip():
        raise Invalid("reason", f"{gate.value} 原计划 {current.planned_on}，调整计划必须填写理由。")
    if current:
        current.known_to = at
    session.add(
        GatePlan(
            base_id=by.base_id,
            project_id=project_id,
            gate=gate,
            planned_on=planned_on,
            reason=reason or None,
            known_from=at,
            known_to=FOREVER,
        )
    )
    touch(session, project, on=local_day(at), at=at)
    return project


@verb("project.edit")
def link_result(
    session: Session, project_id: int, result_id: int, *, by: Actor, at: datetime
) -> Project:
    """Say that a project pilots a result (关联成果)."""
    project = standing_project(session, by, project_id)
    result = queries.one(session, Result, by.base_id, result_id)
    if not queries_projects.is_linked(session, project.id, result.id):
        session.add(ProjectResult(base_id=by.base_id, project_id=project.id, result_id=result.id))
        touch(session, project, on=local_day(at), at=at)
        claiming.results_changed(session, by.base_id, [result.id], at=at, reason="关联项目")
    return project


@verb("project.note")
def note(
    session: Session, project_id: int, text: str, *, by: Actor, at: datetime, on: date | None = None
) -> ProjectNote:
    """Add a dated update in words (进展)."""
    project = standing_project(session, by, project_id)
    if not text.strip():
        raise Invalid("text", "进展内容不能为空。")
    day = on or local_day(at)
    check_day("on", day, at)
    row = ProjectNote(
        base_id=by.base_id,
        project_id=project.id,
        on=day,
        text=text.strip(),
        recorded_at=at,
        by_id=by.id,
    )
    session.add(row)
    project.touched_at = at
    session.flush()
    return row


@verb("run.record")
def record_run(
    session: Session,
    project_id: int,
    *,
    by: Actor,
    at: datetime,
    run_no: str,
    started_on: date,
    ended_on: date,
    continuous_hours: Decimal | None = None,
    stops: int | None = None,
    closure_percent: Decimal | None = None,
    yield_percent: Decimal | None = None,
    purity_percent: Decimal | None = None,
    targets_compared: bool = False,
) -> PilotRun:
    """Record one run on the line (运行批次); hours, percent of mass balance, stops."""
    project = standing_project(session, by, project_id)
    _check_run(project, run_no, started_on, ended_on, at)
    run = PilotRun(
        base_id=by.base_id,
        project_id=project.id,
        run_no=run_no.strip(),
        started_on=started_on,
        ended_on=ended_on,
        continuous_hours=continuous_hours,
        stops=stops,
        closure_percent=closure_percent,
        yield_percent=yield_percent,
        purity_percent=purity_percent,
        targets_compared=targets_compared,
        recorded_at=at,
        by_id=by.id,
    )
    session.add(run)
    project.touched_at = at
    session.flush()
    return run


def _check_run(
    project: Project, run_no: str, started_on: date, ended_on: date, at: datetime
) -> None:
    if project.stage is not Stage.PILOT:
        raise Invalid("project", "只有中试验证阶段的项目才有运行批次。")
    if ended_on < started_on:
        raise Invalid("ended_on", "结束日期不能早于开始日期。")
    check_day("ended_on", ended_on, at)
    if not run_no.strip():
        raise Invalid("run_no", "批次号不能为空。")


def standing_project(session: Session, by: Actor, project_id: int) -> Project:
    """The actor's project, open to changes; Conflict once it was voided or merged (只读)."""
    project = queries.one(session, Project, by.base_id, project_id)
    if project.state in (State.VOIDED, State.MERGED):
        raise Conflict(f"项目 {project.code} 已{project.state.label}，内容只读。")
    return project


def touch(session: Session, project: Project, *, on: date, at: datetime) -> None:
    """Mark a project as changed: its page version grows and its spans follow."""
    project.touched_at = at
    project_spans.refresh(session, project, on=on, at=at)


def check_day(field: str, day: date, at: datetime) -> None:
    """A recorded fact can't lie in the future."""
    if day > local_day(at):
        raise Invalid(field, f"日期 {day} 还没有到，不能登记为已发生。")


def _checked(
    session: Session,
    draft: ProjectDraft,
    by: Actor,
    at: datetime,
    project_id: int | None = None,
) -> ProjectDraft:
    """The draft as it is stored; the rows it names must be the base's."""
    lists = queries_codes.lists(session, by.base_id, retired=project_id is not None)
    draft = checked(draft, lists, local_day(at))
    for kind, row_id in (
        (Organisation, draft.holder_id),
        (Organisation, draft.pilot_org_id),
        (Person, draft.manager_id),
        (Project, draft.parent_id),
    ):
        if row_id is not None:
            queries.one(session, kind, by.base_id, row_id)
    if draft.parent_id is not None and draft.parent_id == project_id:
        raise Invalid("parent_id", "项目不能以自己为上级。")
    return draft


def _columns(draft: ProjectDraft) -> dict:
    return {item.name: getattr(draft, item.name) for item in fields(draft) if item.name != "sites"}


def draft_of(project: Project, sites: tuple[str, ...]) -> ProjectDraft:
    """The draft that would leave a project as it is; a form starts from it."""
    names = {item.name for item in fields(ProjectDraft)} - {"sites"}
    return ProjectDraft(**{name: getattr(project, name) for name in names}, sites=sites)


def _set_sites(session: Session, project: Project, sites: tuple[str, ...]) -> None:
    old = {row.site: row for row in queries_projects.sites(session, project.id)}
    for site, row in old.items():
        if site not in sites:
            session.delete(row)
    session.add_all(
        ProjectSite(base_id=project.base_id, project_id=project.id, site=site)
        for site in sites
        if site not in old
    )


def _next_code(session: Session, base_id: int, year: int) -> str:
    prefix = f"ZS-{year}-"
    return f"{prefix}{queries.last_number(session, Project, base_id, prefix) + 1:03d}"
