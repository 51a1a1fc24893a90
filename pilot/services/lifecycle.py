"""The moves of a project that are not decisions of a gate (阶段变动)."""

from collections.abc import Callable
from datetime import date, datetime

from sqlmodel import Session

from pilot.domain.errors import Conflict, GuardFailed, Invalid, NotAllowed
from pilot.domain.gates import Move as Rule
from pilot.domain.gates import check_move, settled
from pilot.domain.moment import local_day
from pilot.domain.people import Actor
from pilot.domain.places import is_local_site
from pilot.domain.vocabulary import ENDS, PASSING, EvidenceState, Gate, LandingLevel, State
from pilot.services import claiming
from pilot.services.command import verb
from pilot.services.projects import check_day, standing_project, touch
from pilot.store import queries, queries_gates
from pilot.store.models import Condition, Move, Project


@verb("project.move")
def admit(
    session: Session, project_id: int, *, by: Actor, at: datetime, reason: str = ""
) -> Project:
    """Admit to the pilot (中试准入): G1 passed and the agreement D06 qualified.

    It takes effect on the later of the two days, which is also the day that M1 counts.
    """
    project = queries.one(session, Project, by.base_id, project_id)
    day, decision_id = admission(session, project)
    return take(
        session, project, "admit", on=day, by=by, at=at, reason=reason, decision_id=decision_id
    )


@verb("project.move")
def land(
    session: Session,
    project_id: int,
    *,
    by: Actor,
    at: datetime,
    on: date | None = None,
    reason: str = "",
) -> Project:
    """Move on to local industrialisation (转入本地产业化) after an accepted pilot."""
    project = queries.one(session, Project, by.base_id, project_id)
    _check_landing(session, project)
    return take(session, project, "land", on=on or local_day(at), by=by, at=at, reason=reason)


@verb("project.move")
def move(
    session: Session,
    project_id: int,
    action: str,
    *,
    by: Actor,
    at: datetime,
    on: date | None = None,
    reason: str = "",
) -> Project:
    """Pause, resume, terminate or end a project; `action` is a row of the table of moves."""
    if action not in _PLAIN:
        raise Invalid("action", "这一步有专门的办理入口。")
    project = queries.one(session, Project, by.base_id, project_id)
    GUARDS[action](session, project)
    return take(session, project, action, on=on or local_day(at), by=by, at=at, reason=reason)


@verb("project.void")
def ask_void(session: Session, project_id: int, *, by: Actor, at: datetime, reason: str) -> Project:
    """Ask that a project entered in error be voided (申请作废); a second person confirms."""
    project = queries.one(session, Project, by.base_id, project_id)
    check_move("void", project.stage, project.state, reason)
    project.void_asked_by, project.touched_at = by.id, at
    return project


@verb("project.void")
def void(session: Session, project_id: int, *, by: Actor, at: datetime, reason: str) -> Project:
    """Void a project entered in error (作废), confirmed by somebody else than who asked."""
    project = queries.one(session, Project, by.base_id, project_id)
    if project.void_asked_by is None:
        raise GuardFailed(["作废需要两人：请先由一人申请作废"])
    if project.void_asked_by == by.id:
        raise NotAllowed("作废须由申请人以外的第二人确认。")
    return take(session, project, "void", on=project.entered_on, by=by, at=at, reason=reason)


@verb("project.merge")
def merge(
    session: Session, project_id: int, into_id: int, *, by: Actor, at: datetime, reason: str
) -> Project:
    """Say that a project is the same as another (合并); both stay readable."""
    project = queries.one(session, Project, by.base_id, project_id)
    into = queries.one(session, Project, by.base_id, into_id)
    if into.id == project.id or into.merged_into_id is not None:
        raise Conflict("不能合并到自身，也不能合并到已被合并的项目。")
    if into.state is State.VOIDED:
        raise Conflict("不能合并到已作废的项目。")
    project.merged_into_id = into.id
    return take(session, project, "merge", on=local_day(at), by=by, at=at, reason=reason)


@verb("condition.close")
def close_condition(
    session: Session,
    condition_id: int,
    *,
    by: Actor,
    at: datetime,
    note: str,
    on: date | None = None,
) -> Condition:
    """Close a condition of a conditional pass (关闭条件); the last one clears the project."""
    condition = queries.one(session, Condition, by.base_id, condition_id)
    if condition.closed_on is not None:
        raise Conflict("这个条件已经关闭。")
    if not note.strip():
        raise Invalid("note", "请说明条件是怎样满足的。")
    day = on or local_day(at)
    check_day("on", day, at)
    project = standing_project(session, by, condition.project_id)
    condition.closed_on, condition.closed_by, condition.closing_note = day, by.id, note.strip()
    session.flush()
    rule_applies = project.state is State.CONDITIONAL
    if rule_applies and not queries_gates.open_conditions(session, project.id):
        take(session, project, "clear", on=day, by=by, at=at, reason="条件全部关闭")
    else:
        project.touched_at = at
    return condition


def take(
    session: Session,
    project: Project,
    action: str,
    *,
    on: date,
    by: Actor,
    at: datetime,
    reason: str = "",
    decision_id: int | None = None,
) -> Project:
    """Make a legal move: check it, record it, rewrite the spans, recount the claims.

    Moves are recorded in the order in which they took effect; an admission and a voiding may reach
    back behind later ones.
    """
    rule = check_move(action, project.stage, project.state, reason)
    check_day("on", on, at)
    if action not in _BACKDATED:
        _check_order(session, project, on)
    apply(session, project, rule, on=on, by=by, at=at, reason=reason, decision_id=decision_id)
    return project


def apply(
    session: Session,
    project: Project,
    rule: Rule,
    *,
    on: date,
    by: Actor,
    at: datetime,
    reason: str = "",
    decision_id: int | None = None,
) -> None:
    """Record a move whose legality the caller has checked; an end closes the open round."""
    demanded = len(queries_gates.open_conditions(session, project.id))
    to_stage = rule.to_stage or project.stage
    to_state = settled(rule.to_state or project.state, demanded)
    if to_state in ENDS:
        _close_round(session, project, at)
    move = Move(
        base_id=project.base_id,
        project_id=project.id,
        action=rule.action,
        from_stage=project.stage,
        from_state=project.state,
        to_stage=to_stage,
        to_state=to_state,
        effective_on=on,
        recorded_at=at,
        by_id=by.id,
        reason=reason or None,
        decision_id=decision_id,
    )
    session.add(move)
    project.stage, project.state = to_stage, to_state
    touch(session, project, on=on, at=at)
    gone, why = to_state in (State.VOIDED, State.MERGED), reason or rule.title
    claiming.project_changed(session, project.base_id, project.id, at=at, reason=why, results=gone)


def _close_round(session: Session, project: Project, at: datetime) -> None:
    if waiting := queries_gates.open_review(session, project.id):
        waiting.closed_at = at


def admission(session: Session, project: Project) -> tuple[date, int]:
    """The later of the days G1 passed and D06 was signed, and the decision it rests on.

    Raises GuardFailed with what is missing.
    """
    reviewed = [
        (decision.held_on, decision.id)
        for decision in queries_gates.standing(queries_gates.decisions(session, project.id))
        if decision.gate is Gate.G1 and decision.conclusion in PASSING
    ]
    agreement = queries_gates.paper(session, project.id, "D06")
    missing = [] if reviewed else ["G1 概念验证评审尚未通过"]
    if agreement is None or agreement.state is not EvidenceState.QUALIFIED:
        missing.append("D06 中试服务/合作协议尚未合格")
    elif agreement.issued_on is None:
        missing.append("D06 协议没有签订日期")
    if missing:
        raise GuardFailed(missing)
    passed_on, decision_id = min(reviewed)
    return max(passed_on, agreement.issued_on), decision_id


def _check_order(session: Session, project: Project, on: date) -> None:
    made = queries_gates.decisions(session, project.id)
    superseded = {d.id for d in made} - {d.id for d in queries_gates.standing(made)}
    earlier = [
        step.effective_on
        for step in queries_gates.moves(session, project.id)
        if step.decision_id not in superseded
    ]
    latest = max(earlier, default=project.entered_on)
    if on < latest:
        raise Invalid("on", f"日期 {on} 早于上一次变动的日期 {latest}；补录请按先后顺序。")


def _check_landing(session: Session, project: Project) -> None:
    missing = []
    if Gate.G3 not in queries_gates.passed_gates(session, project.id):
        missing.append("G3 中试验收尚未通过")
    local = queries_gates.local_plants(session, project.id)
    if not local:
        missing.append("没有登记在盘锦注册、厂址在盘锦的实施企业")
    steps = queries_gates.steps(session, [plant.id for plant in local])
    if local and not any(step.verified_by and not step.withdrawn_on for step in steps):
        missing.append(f"没有经核实的 {LandingLevel.L1.label}")
    if missing:
        raise GuardFailed(missing)


def _accepted(session: Session, project: Project) -> None:
    if Gate.G3 not in queries_gates.passed_gates(session, project.id):
        raise GuardFailed(["G3 中试验收尚未通过"])


def _landed_elsewhere(session: Session, project: Project) -> None:
    _accepted(session, project)
    plants = queries_gates.landings(session, project.id)
    if not any(plant.site_area and not is_local_site(plant.site_area) for plant in plants):
        raise GuardFailed(["没有登记厂址在外地的产业化落地"])


def _dismantled(session: Session, project: Project) -> None:
    paper = queries_gates.paper(session, project.id, "D18")
    if project.installed and (paper is None or paper.state is not EvidenceState.QUALIFIED):
        raise GuardFailed(["已安装装置的项目，须有合格的 D18 装置处置记录才能结束"])


def _free(_session: Session, _project: Project) -> None:
    return None


_BACKDATED = {"admit", "void"}
_PLAIN = {"pause", "resume", "terminate", "unlanded", "elsewhere"}
# What a move asks for beyond the table: raises GuardFailed with everything that is missing.
GUARDS: dict[str, Callable[[Session, Project], object]] = {
    "admit": admission,
    "land": _check_landing,
    "pause": _free,
    "resume": _free,
    "terminate": _dismantled,
    "unlanded": _accepted,
    "elsewhere": _landed_elsewhere,
}
