"""What stands between a project and its next gate (还差什么)."""

from dataclasses import dataclass, replace

from sqlmodel import Session

from pilot.domain.guards import SCORED, GateFacts, before_round, obstacles, warnings
from pilot.domain.moment import Moment
from pilot.domain.vocabulary import ENDS, Gate, Requirement, Stage, State
from pilot.reports.project import Head
from pilot.services import gate_facts, legality
from pilot.store import queries_codes, queries_gates, queries_lights
from pilot.store.models import Project

STEPS = {Stage.CONCEPT: "中试准入", Stage.PILOT: "转入本地产业化"}  # between two gates
_ACTIONS = {Stage.CONCEPT: "admit", Stage.PILOT: "land"}


@dataclass(frozen=True, slots=True)
class Blockers:
    """Why a project can't go on: every hard reason, and what is only said aloud."""

    title: str
    reasons: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


def blockers(session: Session, shown: Head, view: Moment) -> Blockers:
    """What the next step of a project lacks; on a past view, the papers lacking then."""
    if shown.state in ENDS:
        return Blockers(f"项目已结束：{shown.state.label}")
    if not view.live:
        return _then(session, shown, view)
    project = session.get(Project, shown.id)
    if shown.next_gate is None:
        return _between(session, project)
    if shown.state is State.AWAITING:
        review = queries_gates.open_review(session, project.id)
        facts = gate_facts.gather(session, project, review, on=view.as_of)
        hints = warnings(facts) or ["条件已齐，等待结论"]
        return Blockers(_title(facts.gate, "评审中"), tuple(obstacles(facts)), tuple(hints))
    facts = gate_facts.awaited(session, project, shown.next_gate, on=view.as_of)
    hints = (*_in_the_round(facts), *_said_now(facts))
    return Blockers(_title(facts.gate, "通过前须解决"), tuple(before_round(facts)), hints)


def _then(session: Session, shown: Head, view: Moment) -> Blockers:
    if shown.next_gate is None:
        return Blockers("下一步不是阶段门")
    facts = queries_lights.light_facts(session, view, [shown.id])[shown.id]
    titles = queries_codes.labels(session, shown.base_id, "documents")
    lines = tuple(f"{code} {titles.get(code, '')}" for code in facts.missing)
    return Blockers(_title(shown.next_gate, "当时未齐的材料"), lines)


def _between(session: Session, project: Project) -> Blockers:
    if project.stage not in STEPS:
        return Blockers("没有等待的阶段门")
    title, action = STEPS[project.stage], _ACTIONS[project.stage]
    return Blockers(f"下一步：{title}", tuple(legality.lacking(session, project, action)))


def _in_the_round(facts: GateFacts) -> list[str]:
    open_lines = [
        item
        for item in facts.items
        if not item.doc_code
        and item.record is None
        and item.requirement is not Requirement.ADVISORY
    ]
    found = [f"提交评审后核对 {len(open_lines)} 条准则"] if open_lines else []
    who = "由两位评审人评分" if facts.gate in SCORED else "由另一位管理人员作结论"
    return [*found, f"提交评审后{who}"]


def _said_now(facts: GateFacts) -> list[str]:
    papers = tuple(item for item in facts.items if item.doc_code)
    return warnings(replace(facts, items=papers))


def _title(gate: Gate, when: str) -> str:
    return f"{gate.label}：{when}"
