"""A gate decides (评审结论): once, by somebody other than the submitter, read-only afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from pilot.domain.errors import Conflict, GuardFailed, Invalid, NotAllowed
from pilot.domain.gates import Move as Rule
from pilot.domain.gates import outcome
from pilot.domain.guards import obstacles, warnings
from pilot.domain.moment import local_day
from pilot.domain.people import Actor
from pilot.domain.vocabulary import PASSING, Conclusion, Gate
from pilot.services.command import verb
from pilot.services.gate_facts import gather, settle
from pilot.services.lifecycle import admission, apply, take
from pilot.services.projects import check_day, touch
from pilot.store import queries, queries_gates
from pilot.store.models import Condition, Decision, Move, Project, Review


@dataclass(frozen=True, slots=True)
class ConditionDraft:
    """A demand of a conditional pass: what, who, by when (a form may not know yet)."""

    text: str
    owner: str
    due_on: date | None


@verb("decision.take")
def decide(
    session: Session,
    review_id: int,
    conclusion: Conclusion,
    *,
    by: Actor,
    at: datetime,
    reason: str,
    held_on: date,
    conditions: Sequence[ConditionDraft] = (),
) -> Decision:
    """Decide an open round; moves the project, recounts the claims, closes the round.

    Passing G1 also admits the project to the pilot when the agreement is already in.
    Raises GuardFailed with every hard guard that is not met.
    """
    review = queries.one(session, Review, by.base_id, review_id)
    if review.closed_at is not None:
        raise Conflict(_already(session, review))
    project = queries.one(session, Project, by.base_id, review.project_id)
    said = _check(session, project, review, conclusion, by, at, reason, held_on, conditions)
    decision = _record(session, review, conclusion, by, at, reason, held_on, said, sequence=1)
    review.closed_at = at
    _add_conditions(session, decision, conclusion, conditions, at)
    _arrive(session, project, decision, by=by, at=at)
    return decision


@verb("decision.correct")
def correct(
    session: Session,
    decision_id: int,
    conclusion: Conclusion,
    *,
    by: Actor,
    at: datetime,
    reason: str,
    held_on: date,
    conditions: Sequence[ConditionDraft] = (),
) -> Decision:
    """Supersede a decision by a new one (更正); the old one stays readable.

    Only the last thing that happened to a project can be corrected: what rests on it comes first.
    """
    old = queries.one(session, Decision, by.base_id, decision_id)
    review = queries.one(session, Review, by.base_id, old.review_id)
    project = queries.one(session, Project, by.base_id, old.project_id)
    arrival = _arrival(session, project, old)
    _retire_conditions(session, old, by, at)
    said = _check(session, project, review, conclusion, by, at, reason, held_on, conditions)
    new = _record(
        session, review, conclusion, by, at, reason, held_on, said, sequence=old.sequence + 1
    )
    _add_conditions(session, new, conclusion, conditions, at)
    project.stage, project.state = arrival.from_stage, arrival.from_state
    if old.gate is Gate.G2:
        project.run_start = None
    touch(session, project, on=old.held_on, at=at)
    _arrive(session, project, new, by=by, at=at)
    return new


def _check(
    session: Session,
    project: Project,
    review: Review,
    conclusion: Conclusion,
    by: Actor,
    at: datetime,
    reason: str,
    held_on: date,
    conditions: Sequence[ConditionDraft],
) -> list[str]:
    """Every rule of a decision; returns the soft warnings that were on the table."""
    if review.submitted_by == by.id:
        raise NotAllowed("提交评审的人不能作结论，请由另一位管理人员决定。")
    if not reason.strip():
        raise Invalid("reason", "评审结论必须写明理由。")
    check_day("held_on", held_on, at)
    if held_on < review.opened_on:
        raise Invalid("held_on", f"评审日期不能早于提交评审的日期 {review.opened_on}。")
    if (conclusion is Conclusion.CONDITIONAL) != bool(conditions):
        raise Invalid("conditions", "有条件通过必须列出条件，其他结论不能带条件。")
    facts = gather(session, project, review, on=held_on)
    settle(session, review, facts)
    found = _unclear(conditions, held_on)
    found += obstacles(facts, conclusion) if conclusion in PASSING else []
    if found:
        raise GuardFailed(found)
    return warnings(facts)


def _unclear(conditions: Sequence[ConditionDraft], held_on: date) -> list[str]:
    """What the conditions lack, a sentence each."""
    found = []
    for number, item in enumerate(conditions, start=1):
        asked = {"内容": item.text.strip(), "责任人": item.owner.strip(), "期限": item.due_on}
        if empty := "、".join(name for name, value in asked.items() if not value):
            found.append(f"条件 {number} 还没有写明{empty}。")
        if item.due_on and item.due_on < held_on:
            found.append(f"条件 {number} 的期限 {item.due_on} 早于评审日期 {held_on}。")
    return found


def _record(
    session: Session,
    review: Review,
    conclusion: Conclusion,
    by: Actor,
    at: datetime,
    reason: str,
    held_on: date,
    said: list[str],
    *,
    sequence: int,
) -> Decision:
    decision = Decision(
        base_id=by.base_id,
        review_id=review.id,
        project_id=review.project_id,
        gate=review.gate,
        sequence=sequence,
        conclusion=conclusion,
        reason=reason.strip(),
        warnings="；".join(said)[:2000] or None,
        held_on=held_on,
        decided_by=by.id,
        submitted_by=review.submitted_by,
        decided_at=at,
    )
    session.add(decision)
    session.flush()
    return decision


def _add_conditions(
    session: Session,
    decision: Decision,
    conclusion: Conclusion,
    conditions: Sequence[ConditionDraft],
    at: datetime,
) -> None:
    if conclusion is not Conclusion.CONDITIONAL:
        return
    session.add_all(
        Condition(
            base_id=decision.base_id,
            decision_id=decision.id,
            project_id=decision.project_id,
            text=item.text.strip(),
            owner=item.owner.strip(),
            due_on=item.due_on,
            recorded_at=at,
        )
        for item in conditions
    )


def _arrive(
    session: Session, project: Project, decision: Decision, *, by: Actor, at: datetime
) -> None:
    """Move the project to where the decision leaves it; admit it if nothing else is missing."""
    stage, state = outcome(decision.gate, decision.conclusion)
    if decision.gate is Gate.G2 and decision.conclusion in PASSING:
        project.run_start = decision.held_on
    title = f"{decision.gate.value} {decision.conclusion.label}"
    rule = Rule(decision.gate.value, title, frozenset(), frozenset(), stage, state)
    apply(
        session,
        project,
        rule,
        on=decision.held_on,
        by=by,
        at=at,
        reason=decision.reason,
        decision_id=decision.id,
    )
    if decision.gate is Gate.G1 and decision.conclusion in PASSING:
        _admit_if_agreed(session, project, decision, by=by, at=at)


def _admit_if_agreed(
    session: Session, project: Project, decision: Decision, *, by: Actor, at: datetime
) -> None:
    try:
        day, _ = admission(session, project)
    except GuardFailed:
        return  # the agreement comes later: `lifecycle.admit`
    take(
        session,
        project,
        "admit",
        on=day,
        by=by,
        at=at,
        reason="G1 通过且协议已签",
        decision_id=decision.id,
    )


def _arrival(session: Session, project: Project, old: Decision) -> Move:
    """The move the decision made, if nothing but its own admission came after it."""
    moves = list(queries_gates.moves(session, project.id))
    mine = [step for step in moves if step.decision_id == old.id]
    standing = queries_gates.standing(queries_gates.decisions(session, project.id))
    if old.id not in {decision.id for decision in standing}:
        raise Conflict("这个结论已被更正决定取代，请更正最新的一个。")
    later = [step for step in moves if step.id > mine[0].id and step.action != "admit"]
    if later:
        day = later[-1].effective_on
        raise Conflict(f"此后项目又有变动（最近一次 {day}），请从最后一次变动开始逐个更正。")
    return mine[0]


def _retire_conditions(session: Session, old: Decision, by: Actor, at: datetime) -> None:
    for condition in queries_gates.open_conditions(session, old.project_id):
        if condition.decision_id == old.id:
            condition.closed_on, condition.closed_by = local_day(at), by.id
            condition.closing_note = "结论已更正，原条件不再适用"
    session.flush()


def _already(session: Session, review: Review) -> str:
    made = [d for d in queries_gates.decisions(session, review.project_id)]
    mine = [d for d in queries_gates.standing(made) if d.review_id == review.id]
    if not mine:
        return "这一轮评审已经撤回，或随项目结束而关闭。"
    who = queries_gates.account_name(session, mine[0].decided_by)
    return f"这一轮已由 {who} 作出“{mine[0].conclusion.label}”的结论（{mine[0].held_on}），只读。"
