"""The life of a project: one table of legal moves, read by the check, the buttons and the diagram.

Source: domain note §5.2 (stages, states, guards); the thresholds are proposals, not law.
"""

from dataclasses import dataclass

from pilot.domain.errors import PilotError
from pilot.domain.vocabulary import ENDS, PASSING, Conclusion, Gate, Stage, State

RUNNING = frozenset({State.ACTIVE, State.CONDITIONAL})
OPEN = frozenset(State) - ENDS
EVERY = frozenset(Stage)
_PILOT = frozenset({Stage.PILOT})


@dataclass(frozen=True, slots=True)
class Move:
    """A legal step: from one of `stages` in one of `states`; None keeps what it was."""

    action: str
    title: str
    stages: frozenset[Stage]
    states: frozenset[State]
    to_stage: Stage | None
    to_state: State | None
    needs_reason: bool = False


MOVES: dict[str, Move] = {
    move.action: move
    for move in (
        Move("submit", "提交评审", EVERY, RUNNING, None, State.AWAITING),
        Move("withdraw", "撤回评审", EVERY, frozenset({State.AWAITING}), None, State.ACTIVE, True),
        Move("admit", "中试准入", frozenset({Stage.CONCEPT}), RUNNING, Stage.PILOT, None),
        Move("land", "转入本地产业化", _PILOT, RUNNING, Stage.INDUSTRY, State.ACTIVE),
        Move("pause", "暂停", EVERY, RUNNING, None, State.PAUSED, True),
        Move("resume", "恢复", EVERY, frozenset({State.PAUSED}), None, State.ACTIVE, True),
        Move("clear", "条件已关闭", EVERY, frozenset({State.CONDITIONAL}), None, State.ACTIVE),
        Move("terminate", "终止", EVERY, OPEN, None, State.TERMINATED, True),
        Move(
            "unlanded",
            "中试完成未落地",
            _PILOT,
            RUNNING | {State.PAUSED},
            None,
            State.UNLANDED,
            True,
        ),
        Move(
            "elsewhere",
            "外地产业化",
            frozenset({Stage.PILOT, Stage.INDUSTRY}),
            RUNNING | {State.PAUSED},
            None,
            State.ELSEWHERE,
            True,
        ),
        Move(
            "void",
            "作废",
            EVERY,
            frozenset(State) - {State.VOIDED, State.MERGED},
            None,
            State.VOIDED,
            True,
        ),
        Move("merge", "合并", EVERY, OPEN, None, State.MERGED, True),
    )
}

# What a decision at a gate does: (gate, conclusion) → (stage, state); None keeps the stage.
_AWAITED_AT: dict[Gate, Stage] = {
    Gate.G0: Stage.POOL,
    Gate.G1: Stage.CONCEPT,
    Gate.G2: Stage.PILOT,
    Gate.G3: Stage.PILOT,
    Gate.G4: Stage.INDUSTRY,
}
_PASSED_TO: dict[Gate, Stage] = {**_AWAITED_AT, Gate.G0: Stage.CONCEPT}
_OUTCOME: dict[Conclusion, State] = {
    Conclusion.PASS: State.ACTIVE,
    Conclusion.CONDITIONAL: State.CONDITIONAL,
    Conclusion.SUPPLEMENT: State.ACTIVE,
    Conclusion.HOLD: State.PAUSED,
    Conclusion.REJECT: State.ACTIVE,
}


def check_move(action: str, stage: Stage, state: State, reason: str | None = None) -> Move:
    """The move, if it is legal from here; else a PilotError that says why not."""
    move = MOVES[action]
    if stage not in move.stages or state not in move.states:
        raise PilotError(f"项目处于“{stage.label}·{state.label}”，不能“{move.title}”。")
    if move.needs_reason and not (reason or "").strip():
        raise PilotError(f"“{move.title}”必须填写理由。")
    return move


def legal_moves(stage: Stage, state: State) -> list[Move]:
    """Every move of the table that starts here, in table order."""
    return [move for move in MOVES.values() if stage in move.stages and state in move.states]


def next_gate(stage: Stage, state: State, passed: frozenset[Gate]) -> Gate | None:
    """The gate a project stands before; None after an end, or when a move, not a gate, is next."""
    if state in ENDS:
        return None
    waiting = [gate for gate, at in _AWAITED_AT.items() if at is stage and gate not in passed]
    return waiting[0] if waiting else None


def settled(state: State, open_conditions: int) -> State:
    """A project that goes on while conditions are open is 有条件, however it got there."""
    return State.CONDITIONAL if state is State.ACTIVE and open_conditions else state


def outcome(gate: Gate, conclusion: Conclusion) -> tuple[Stage, State]:
    """Where a decision leaves the project."""
    if conclusion not in PASSING:
        return _AWAITED_AT[gate], _OUTCOME[conclusion]
    if gate is Gate.G4:
        return Stage.INDUSTRY, State.INDUSTRIALISED
    return _PASSED_TO[gate], _OUTCOME[conclusion]
