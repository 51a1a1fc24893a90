"""The rounds at a gate, in the model: open, check, assign, score, agree, decide, correct."""

from dataclasses import dataclass, replace
from datetime import date

from pilot.domain.vocabulary import Conclusion, Gate, Stage, State
from tests.proofs.model import NO, PASSED, RUNNING, SCORED, Model, Project, Round, Undo, need

APART = 10
_AFTER = {
    Conclusion.SUPPLEMENT: State.ACTIVE,
    Conclusion.REJECT: State.ACTIVE,
    Conclusion.HOLD: State.PAUSED,
    Conclusion.PASS: State.ACTIVE,
    Conclusion.CONDITIONAL: State.ACTIVE,
}


@dataclass(frozen=True)
class Verdict:
    """What somebody decides about an open round."""

    by: str
    conclusion: Conclusion
    held: date
    reason: str = "示例理由"


def open_(model: Model, p: Project, by: str, on: date, row_id: int) -> None:
    """提交评审."""
    gate = p.gate
    need(gate)
    model.take(p, RUNNING, on)
    model.moved(p, State.AWAITING, on)
    p.round = Round(row_id, gate, by, on)


def withdraw(model: Model, p: Project) -> None:
    """撤回评审."""
    need(p.round)
    model.take(p, {State.AWAITING}, model.today)
    model.moved(p, State.ACTIVE, model.today)
    p.round = None


def check(p: Project, met: bool) -> None:
    """核对准则."""
    need(p.round)
    p.round.met = met


def assign(model: Model, p: Project, names: list[str]) -> None:
    """指定评审人: two who may, none of them the submitter, before any card is in."""
    need(p.round and len(set(names)) == 2)
    need(p.round.by not in names, NO)
    need(not p.round.cards)
    need(not set(names) & (model.disabled | {"officer", "admin"}))
    p.round.seats = names


def score(p: Project, by: str, points: int) -> None:
    """提交评分: once, by who was asked."""
    need(p.round)
    need(by in p.round.seats, NO)
    need(by not in p.round.cards and 0 <= points <= 100)
    p.round.cards[by] = points


def consolidate(p: Project) -> None:
    """合议, of one dimension (the others never differ here)."""
    need(p.round and _apart(p.round) and not p.round.agreed)
    p.round.agreed = True


def decide(model: Model, p: Project, verdict: Verdict, row_id: int) -> None:
    """评审结论, and where it leaves the project."""
    need(p.round)
    asked = p.round
    undo = Undo(row_id, asked, p.stage, dict(p.passed), p.latest, list(p.conditions))
    _judge(model, p, asked, verdict)
    p.round, p.undo = None, undo


def correct(model: Model, p: Project, verdict: Verdict, row_id: int) -> None:
    """更正: only the last thing that happened; as if the old decision had not been."""
    need(p.undo)
    undo = p.undo
    p.conditions = [each for each in p.conditions if each in undo.conditions]
    p.stage, p.state = undo.stage, State.AWAITING
    p.passed, p.latest = dict(undo.passed), undo.latest
    _judge(model, p, undo.asked, verdict)
    p.undo = replace(undo, decision=row_id)


def _judge(model: Model, p: Project, asked: Round, verdict: Verdict) -> None:
    need(asked.by != verdict.by, NO)
    need(verdict.reason)
    model.dated(verdict.held)
    need(verdict.held >= asked.opened)
    if verdict.conclusion in PASSED:
        need(_ready(model, p, asked, verdict))
    arrive(model, p, asked.gate, verdict)


def arrive(model: Model, p: Project, gate: Gate, verdict: Verdict) -> None:
    """The stage and state that a conclusion leads to; G1 may admit at once."""
    passed = verdict.conclusion in PASSED
    if verdict.conclusion is Conclusion.CONDITIONAL:
        p.conditions.append(0)  # its id is told once it is there
    if passed:
        p.passed[gate] = verdict.held
    stage = Stage.CONCEPT if passed and gate is Gate.G0 else p.stage
    end = passed and gate is Gate.G4
    state = State.INDUSTRIALISED if end else _AFTER[verdict.conclusion]
    model.moved(p, state, verdict.held, stage)
    if passed and gate is Gate.G1 and model.admission(p):
        model.admit(p)


def close(model: Model, p: Project, condition: int, on: date) -> None:
    """关闭条件: the last one clears the project."""
    need(condition in p.conditions)
    model.dated(on)
    p.conditions.remove(condition)
    if p.state is State.CONDITIONAL and not p.conditions:
        model.take(p, {State.CONDITIONAL}, on)
        model.moved(p, State.ACTIVE, on)


def _ready(model: Model, p: Project, asked: Round, verdict: Verdict) -> bool:
    if asked.gate in SCORED and (len(asked.cards) < 2 or (_apart(asked) and not asked.agreed)):
        return False
    if asked.gate is Gate.G2 and not (p.paper and p.paper[1] == "qualified"):
        return False
    if asked.gate is Gate.G3 and (p.conditions or not any(p.runs.values())):
        return False
    if asked.gate is Gate.G4:
        final = verdict.conclusion is Conclusion.PASS
        return asked.met and final and bool(model.verified(p, "L4", verdict.held))
    return asked.met


def _apart(asked: Round) -> bool:
    points = list(asked.cards.values())
    return len(points) == 2 and abs(points[0] - points[1]) > APART
