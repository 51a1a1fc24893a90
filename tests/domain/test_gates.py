"""The life of a project: every stage × state × action, and what every decision does."""

from pathlib import Path

import pytest

from pilot.domain.diagram import states_page
from pilot.domain.errors import PilotError
from pilot.domain.gates import MOVES, check_move, legal_moves, next_gate, outcome, settled
from pilot.domain.vocabulary import ENDS, Conclusion, Gate, Stage, State

ROOT = Path(__file__).resolve().parents[2]

ANY_STAGE = "pool concept pilot industry"
# action: (stages, states, to stage, to state, needs a reason) — the specification, by hand
SPEC = {
    "submit": (ANY_STAGE, "active conditional", None, "awaiting", False),
    "withdraw": (ANY_STAGE, "awaiting", None, "active", True),
    "admit": ("concept", "active conditional", "pilot", None, False),
    "land": ("pilot", "active conditional", "industry", "active", False),
    "pause": (ANY_STAGE, "active conditional", None, "paused", True),
    "resume": (ANY_STAGE, "paused", None, "active", True),
    "clear": (ANY_STAGE, "conditional", None, "active", False),
    "terminate": (ANY_STAGE, "active awaiting conditional paused", None, "terminated", True),
    "unlanded": ("pilot", "active conditional paused", None, "unlanded", True),
    "elsewhere": ("pilot industry", "active conditional paused", None, "elsewhere", True),
    "void": (
        ANY_STAGE,
        "active awaiting conditional paused industrialised elsewhere unlanded terminated",
        None,
        "voided",
        True,
    ),
    "merge": (ANY_STAGE, "active awaiting conditional paused", None, "merged", True),
}
MATRIX = [(action, stage, state) for action in SPEC for stage in Stage for state in State]


@pytest.mark.parametrize(("action", "stage", "state"), MATRIX)
def test_a_move_is_legal_exactly_where_the_table_says(action, stage, state):
    stages, states, *_ = SPEC[action]
    legal = stage.value in stages.split() and state.value in states.split()
    if legal:
        assert check_move(action, stage, state, "有理由").action == action
    else:
        with pytest.raises(PilotError, match="不能"):
            check_move(action, stage, state, "有理由")
    assert (MOVES[action] in legal_moves(stage, state)) is legal


@pytest.mark.parametrize("action", SPEC)
def test_a_move_leads_where_the_table_says(action):
    *_, to_stage, to_state, needs_reason = SPEC[action]
    move = MOVES[action]
    assert (move.to_stage, move.to_state, move.needs_reason) == (to_stage, to_state, needs_reason)


def test_the_table_has_no_other_move():
    assert MOVES.keys() == SPEC.keys()


@pytest.mark.parametrize("action", [a for a, row in SPEC.items() if row[-1]])
@pytest.mark.parametrize("reason", [None, "", "  "])
def test_a_move_that_needs_a_reason_is_refused_without_one(action, reason):
    stages, states, *_ = SPEC[action]
    stage, state = Stage(stages.split()[0]), State(states.split()[0])
    with pytest.raises(PilotError, match="必须填写理由"):
        check_move(action, stage, state, reason)


# gate: (stage it is awaited in, stage and state after 通过)
GATES = {
    Gate.G0: (Stage.POOL, Stage.CONCEPT, State.ACTIVE),
    Gate.G1: (Stage.CONCEPT, Stage.CONCEPT, State.ACTIVE),
    Gate.G2: (Stage.PILOT, Stage.PILOT, State.ACTIVE),
    Gate.G3: (Stage.PILOT, Stage.PILOT, State.ACTIVE),
    Gate.G4: (Stage.INDUSTRY, Stage.INDUSTRY, State.INDUSTRIALISED),
}
KEEPS = {
    Conclusion.SUPPLEMENT: State.ACTIVE,
    Conclusion.HOLD: State.PAUSED,
    Conclusion.REJECT: State.ACTIVE,
}


@pytest.mark.parametrize("gate", Gate)
def test_a_pass_leads_on(gate):
    _, stage, state = GATES[gate]
    assert outcome(gate, Conclusion.PASS) == (stage, state)


@pytest.mark.parametrize("gate", [gate for gate in Gate if gate is not Gate.G4])
def test_a_conditional_pass_leads_on_with_conditions(gate):
    assert outcome(gate, Conclusion.CONDITIONAL) == (GATES[gate][1], State.CONDITIONAL)


@pytest.mark.parametrize("gate", Gate)
@pytest.mark.parametrize(("conclusion", "state"), KEEPS.items())
def test_what_is_not_a_pass_keeps_the_stage(gate, conclusion, state):
    assert outcome(gate, conclusion) == (GATES[gate][0], state)


@pytest.mark.parametrize(
    ("stage", "passed", "gate"),
    [
        pytest.param(Stage.POOL, "", Gate.G0, id="the pool waits for G0"),
        pytest.param(Stage.CONCEPT, "G0", Gate.G1, id="concept waits for G1"),
        pytest.param(Stage.CONCEPT, "G0 G1", None, id="after G1 admission is next, not a gate"),
        pytest.param(Stage.PILOT, "G0 G1", Gate.G2, id="pilot waits for G2 first"),
        pytest.param(Stage.PILOT, "G2", Gate.G3, id="then for G3"),
        pytest.param(Stage.PILOT, "G2 G3", None, id="after G3 landing is next, not a gate"),
        pytest.param(Stage.PILOT, "", Gate.G2, id="a project taken over in the pilot owes G2"),
        pytest.param(Stage.INDUSTRY, "G3", Gate.G4, id="industry waits for G4"),
    ],
)
def test_which_gate_is_next(stage, passed, gate):
    assert next_gate(stage, State.ACTIVE, frozenset(map(Gate, passed.split()))) is gate


@pytest.mark.parametrize("state", sorted(ENDS))
def test_after_an_end_no_gate_is_next(state):
    assert next_gate(Stage.PILOT, state, frozenset()) is None


@pytest.mark.parametrize(
    ("state", "conditions", "settles"),
    [
        pytest.param(State.ACTIVE, 0, State.ACTIVE, id="no condition: as it is"),
        pytest.param(State.ACTIVE, 2, State.CONDITIONAL, id="open conditions: 有条件"),
        pytest.param(State.PAUSED, 2, State.PAUSED, id="a pause stays a pause"),
        pytest.param(State.TERMINATED, 2, State.TERMINATED, id="an end stays an end"),
    ],
)
def test_a_project_that_goes_on_with_open_conditions_is_conditional(state, conditions, settles):
    assert settled(state, conditions) is settles


def test_the_drawn_page_is_the_table():
    drawn = (ROOT / "docs" / "states.md").read_text(encoding="utf-8")
    assert drawn == states_page(), "run: python -m pilot.domain.diagram > docs/states.md"
