"""docs/states.md, drawn from the table of moves and the outcomes of the gates."""

from collections.abc import Iterable

from pilot.domain import filings, submissions
from pilot.domain.gates import MOVES, OPEN, Move, outcome
from pilot.domain.vocabulary import (
    ENDS,
    Conclusion,
    FilingState,
    Gate,
    Stage,
    State,
    SubmissionState,
    Term,
)

CLOSED = ENDS - {State.VOIDED, State.MERGED}
_GROUPS = {"open": ("在办", OPEN), "closed": ("已结束", CLOSED)}

_PAGE = """# Stages, states and gates (阶段、状态、阶段门)

Drawn by `pilot.domain.diagram` from the table of moves and the outcomes of the gates in
`pilot/domain/gates.py`; a test keeps this page equal to them. Change the table, then run
`python -m pilot.domain.diagram > docs/states.md`.

## Stages (阶段)

A gate decides; the two moves without a gate number have guards of their own.

```mermaid
{stages}
```

## States inside a stage, and the ends (状态)

A project that goes on while conditions are open is “有条件”, however it got there.

```mermaid
{states}
```

## Every move (动作)

{moves}

## What a decision does (结论)

{outcomes}

## The life of a submission (填报)

Drawn from the moves in `pilot/domain/submissions.py`. A claim (认领) belongs to one reviewer and
changes no state. A transfer that would count, and a contract above the base's limit, needs two
verifications.

```mermaid
{submissions}
```

{submission_moves}

## The life of a report of one period (上报)

Drawn from the moves in `pilot/domain/filings.py`. Whoever submits never checks or signs the same
report. An unlock (解锁) ends on a day; after it the report is frozen again by itself.

```mermaid
{filings}
```

{filing_moves}
"""


def states_page() -> str:
    """The whole page."""
    return _PAGE.format(
        stages=stage_chart(),
        states=state_chart(),
        moves=move_table(),
        outcomes=outcome_table(),
        submissions=submission_chart(),
        submission_moves=submission_table(),
        filings=filing_chart(),
        filing_moves=filing_table(),
    )


def stage_chart() -> str:
    """The stages as a flow chart: gates that keep a stage are loops."""
    lines = ["flowchart LR"]
    lines += [f'  {stage.value}["{stage.label}"]' for stage in Stage]
    lines.append(f'  {State.INDUSTRIALISED.value}(["{State.INDUSTRIALISED.label}"])')
    for gate in Gate:
        here = outcome(gate, Conclusion.SUPPLEMENT)[0]
        lines.append(f'  {here.value} -- "{gate.label}" --> {_passed(gate)}')
    for move in MOVES.values():
        if move.to_stage is not None:
            lines += [
                f'  {stage.value} -- "{move.title}" --> {move.to_stage.value}'
                for stage in _in_order(Stage, move.stages)
            ]
    return "\n".join(lines)


def state_chart() -> str:
    """The states as a state diagram; an arrow from a group starts in each of its states."""
    lines = ["stateDiagram-v2"]
    for key, (label, members) in _GROUPS.items():
        lines.append(f'  state "{label}" as {key} {{')
        lines += [f'    state "{s.label}" as {s.value}' for s in _in_order(State, members)]
        lines.append("  }")
    lines += [f'  state "{s.label}" as {s.value}' for s in (State.VOIDED, State.MERGED)]
    lines.append(f"  [*] --> {State.ACTIVE.value}: 登记项目")
    for conclusion in Conclusion:
        to = outcome(Gate.G1, conclusion)[1]
        lines.append(f"  {State.AWAITING.value} --> {to.value}: {conclusion.label}")
    industrialised = outcome(Gate.G4, Conclusion.PASS)[1]
    lines.append(f"  {State.AWAITING.value} --> {industrialised.value}: G4 通过")
    for move in MOVES.values():
        lines += [f"  {start} --> {move.to_state.value}: {move.title}" for start in _starts(move)]
    return "\n".join(lines)


def move_table() -> str:
    """One line a move of the table."""
    head = "| action | 动作 | 阶段 | 从 | 到 | 理由 |\n|---|---|---|---|---|---|"
    return "\n".join([head, *map(_move_line, MOVES.values())])


def outcome_table() -> str:
    """One line a gate, one column a conclusion."""
    columns = " | ".join(conclusion.label for conclusion in Conclusion)
    head = f"| 阶段门 | {columns} |\n|---|{'---|' * len(Conclusion)}"
    lines = [
        f"| {gate.label} | "
        + " | ".join(_cell(gate, conclusion) for conclusion in Conclusion)
        + " |"
        for gate in Gate
    ]
    return "\n".join([head, *lines])


def submission_chart() -> str:
    """The states of a submission as a state diagram."""
    lines = ["stateDiagram-v2"]
    lines += [f'  state "{s.label}" as {s.value}' for s in SubmissionState]
    lines.append(f"  [*] --> {SubmissionState.DRAFT.value}: 新建填报")
    for move in submissions.MOVES.values():
        if move.to is not None:
            lines += [
                f"  {start.value} --> {move.to.value}: {move.title}"
                for start in _in_order(SubmissionState, move.states)
            ]
    lines += [f"  {s.value} --> [*]" for s in _in_order(SubmissionState, submissions.ENDED)]
    return "\n".join(lines)


def submission_table() -> str:
    """One line a move of a submission."""
    head = "| action | 动作 | 由谁 | 从 | 到 | 理由 |\n|---|---|---|---|---|---|"
    return "\n".join([head, *map(_submission_line, submissions.MOVES.values())])


def filing_chart() -> str:
    """The states of a report of one period as a state diagram."""
    lines = ["stateDiagram-v2"]
    lines += [f'  state "{s.label}" as {s.value}' for s in FilingState]
    lines.append(f"  [*] --> {FilingState.EMPTY.value}: 按日历生成")
    for move in filings.MOVES.values():
        if move.to is not None:
            lines += [
                f"  {start.value} --> {move.to.value}: {move.title}"
                for start in _in_order(FilingState, move.states)
            ]
    return "\n".join(lines)


def filing_table() -> str:
    """One line a move of a report of one period."""
    head = "| action | 动作 | 由谁 | 从 | 到 | 理由 |\n|---|---|---|---|---|---|"
    lines = [
        f"| `{move.action}` | {move.title} | {move.side.label} "
        f"| {_labels(FilingState, move.states)} | {move.to.label if move.to else '—'} "
        f"| {'必填' if move.needs_reason else ''} |"
        for move in filings.MOVES.values()
    ]
    return "\n".join([head, *lines])


def _passed(gate: Gate) -> str:
    stage, state = outcome(gate, Conclusion.PASS)
    return state.value if state in ENDS else stage.value


def _starts(move: Move) -> list[str]:
    """Where the arrows of a move begin: a whole group once, else each state."""
    if move.to_state is None:
        return []
    left, starts = set(move.states), []
    for key, (_, members) in _GROUPS.items():
        if members <= left:
            starts.append(key)
            left -= members
    return starts + [state.value for state in _in_order(State, left)]


def _move_line(move: Move) -> str:
    stages = "全部" if move.stages == frozenset(Stage) else _labels(Stage, move.stages)
    to = "·".join(word.label for word in (move.to_stage, move.to_state) if word) or "—"
    reason = "必填" if move.needs_reason else ""
    return (
        f"| `{move.action}` | {move.title} | {stages} | {_labels(State, move.states)} "
        f"| {to} | {reason} |"
    )


def _submission_line(move: submissions.Move) -> str:
    who = f"{move.side.label}{'（已认领）' if move.claimed else ''}"
    to = move.to.label if move.to else "—"
    reason = "必填" if move.needs_reason else ""
    states = _labels(SubmissionState, move.states)
    return f"| `{move.action}` | {move.title} | {who} | {states} | {to} | {reason} |"


def _cell(gate: Gate, conclusion: Conclusion) -> str:
    if gate is Gate.G4 and conclusion is Conclusion.CONDITIONAL:
        return "—"
    stage, state = outcome(gate, conclusion)
    return f"{stage.label}·{state.label}"


def _labels(kind: type[Term], members: Iterable) -> str:
    return "、".join(word.label for word in _in_order(kind, members))


def _in_order(kind: type[Term], members: Iterable) -> list:
    return [word for word in kind if word in set(members)]


if __name__ == "__main__":
    print(states_page(), end="")
