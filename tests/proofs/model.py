"""A base in memory: what each verb ought to do, told once more and as simply as possible.

Nothing of the product's rules is used but its words. A method of `Model` changes the model, or
raises Refuse with the kind of refusal; it is tried on a copy first.
"""

from dataclasses import dataclass, field
from datetime import date

from pilot.domain.vocabulary import Conclusion, Gate, Stage, State

NO, STALE, RULE = "no", "stale", "rule"  # the right is missing; the page is old; a rule forbids
LEVELS = ["L1", "L2", "L3", "L4", "L5"]
SCORED = {Gate.G1, Gate.G3}
ENDED = {
    State.INDUSTRIALISED, State.ELSEWHERE, State.UNLANDED, State.TERMINATED, State.VOIDED,
    State.MERGED,
}  # fmt: skip
GONE = {State.VOIDED, State.MERGED}
RUNNING = {State.ACTIVE, State.CONDITIONAL}
PASSED = {Conclusion.PASS, Conclusion.CONDITIONAL}
GATES = {
    Stage.POOL: [Gate.G0],
    Stage.CONCEPT: [Gate.G1],
    Stage.PILOT: [Gate.G2, Gate.G3],
    Stage.INDUSTRY: [Gate.G4],
}


class Refuse(Exception):
    """The model's answer to a command that must be refused."""


def need(condition: object, kind: str = RULE) -> None:
    """Refuse unless the condition holds."""
    if not condition:
        raise Refuse(kind)


@dataclass
class Round:
    """An open round at a gate."""

    id: int
    gate: Gate
    by: str
    opened: date
    met: bool = False
    seats: list[str] = field(default_factory=list)
    cards: dict[str, int] = field(default_factory=dict)
    agreed: bool = False


@dataclass
class Step:
    """A level that a plant reached."""

    id: int
    level: str
    on: date
    by: str
    verified: bool = False
    withdrawn: bool = False


@dataclass
class Undo:
    """What a correction of the last decision goes back to."""

    decision: int
    asked: Round
    stage: Stage
    passed: dict[Gate, date]
    latest: date | None
    conditions: list[int]


@dataclass
class Project:
    """A project as far as the machine drives it."""

    id: int
    name: str
    entered: date
    stage: Stage
    in_base: bool
    state: State = State.ACTIVE
    passed: dict[Gate, date] = field(default_factory=dict)
    latest: date | None = None
    round: Round | None = None
    paper: tuple[int, str, str, date] | None = None  # of D06: id, state, by, issued
    plans: dict[Gate, date] = field(default_factory=dict)
    conditions: list[int] = field(default_factory=list)
    runs: dict[str, bool] = field(default_factory=dict)
    plant: int | None = None
    steps: list[Step] = field(default_factory=list)
    void_asked: str | None = None
    notes: int = 0
    undo: "Undo | None" = None

    @property
    def after(self) -> date:
        """The day before which no new move may lie."""
        return self.latest or self.entered

    @property
    def gate(self) -> Gate | None:
        """The gate it stands before."""
        if self.state in ENDED:
            return None
        return next((gate for gate in GATES[self.stage] if gate not in self.passed), None)

    def settle(self, state: State) -> None:
        """Take a state; going on with open conditions is 有条件."""
        kept = state is State.ACTIVE and self.conditions
        self.state = State.CONDITIONAL if kept else state


@dataclass
class Transfer:
    """A transfer event of a result."""

    id: int
    result: int
    on: date
    by: str
    contract: int | None = None
    verified: bool = False
    voided: bool = False


@dataclass
class Model:
    """Everything the machine believes of the base."""

    today: date
    projects: dict[int, Project] = field(default_factory=dict)
    transfers: dict[int, Transfer] = field(default_factory=dict)
    rescinded: dict[int, bool] = field(default_factory=dict)
    signed: dict[int, date] = field(default_factory=dict)
    targets: dict[int, int] = field(default_factory=dict)
    filed: set[int] = field(default_factory=set)
    disabled: set[str] = field(default_factory=set)

    # --- moves ---

    def dated(self, day: date) -> None:
        need(day <= self.today)

    def take(self, p: Project, states: set, on: date, *, back: bool = False) -> None:
        """A legal move on a day: from one of these states, not before the last one."""
        need(p.state in states)
        self.dated(on)
        need(back or on >= p.after)

    def moved(self, p: Project, state: State, on: date, stage: Stage | None = None) -> None:
        """Record a move; an end closes the open round."""
        p.latest, p.undo = max(p.after, on), None
        p.stage = stage or p.stage
        p.settle(state)
        if p.state in ENDED:
            p.round = None

    def edit(self, p: Project, name: str) -> None:
        need(p.state not in GONE)
        p.name = name

    def note(self, p: Project, on: date) -> None:
        need(p.state not in GONE)
        self.dated(on)
        p.notes += 1

    def plan(self, p: Project, gate: Gate, on: date, reason: str) -> None:
        need(p.state not in GONE)
        need(p.plans.get(gate, on) == on or reason)
        p.plans[gate] = on

    def pause(self, p: Project, on: date) -> None:
        self.take(p, RUNNING, on)
        self.moved(p, State.PAUSED, on)

    def resume(self, p: Project, on: date) -> None:
        self.take(p, {State.PAUSED}, on)
        self.moved(p, State.ACTIVE, on)

    def terminate(self, p: Project, on: date) -> None:
        self.take(p, RUNNING | {State.AWAITING, State.PAUSED}, on)
        self.moved(p, State.TERMINATED, on)

    def unlanded(self, p: Project, on: date) -> None:
        need(Gate.G3 in p.passed and p.stage is Stage.PILOT)
        self.take(p, RUNNING | {State.PAUSED}, on)
        self.moved(p, State.UNLANDED, on)

    def ask_void(self, p: Project, by: str) -> None:
        need(p.state not in GONE)
        p.void_asked = by

    def void(self, p: Project, by: str) -> None:
        need(p.void_asked)
        need(p.void_asked != by, NO)
        self.take(p, set(State) - GONE, p.entered, back=True)
        self.moved(p, State.VOIDED, p.entered)

    def merge(self, p: Project, into: Project) -> None:
        need(p is not into and into.state not in GONE)
        self.take(p, set(State) - ENDED, self.today)
        self.moved(p, State.MERGED, self.today)

    def admit(self, p: Project) -> None:
        day = self.admission(p)
        need(day)
        need(p.stage is Stage.CONCEPT)
        self.take(p, RUNNING, day, back=True)
        undo = p.undo  # an admission does not stand in the way of a correction
        self.moved(p, p.state, day, Stage.PILOT)
        p.undo = undo

    def admission(self, p: Project) -> date | None:
        """The later of G1 and the signed agreement."""
        agreed = p.paper and p.paper[1] == "qualified"
        return max(p.passed[Gate.G1], p.paper[3]) if Gate.G1 in p.passed and agreed else None

    def land(self, p: Project, on: date) -> None:
        need(Gate.G3 in p.passed and self.verified(p, "L1"))
        need(p.stage is Stage.PILOT)
        self.take(p, RUNNING, on)
        self.moved(p, State.ACTIVE, on, Stage.INDUSTRY)

    # --- papers, runs, plants ---

    def submit(self, p: Project, by: str, on: date, row_id: int) -> None:
        need(p.state not in GONE)
        self.dated(on)
        p.paper = (row_id, "submitted", by, on)

    def judge(self, p: Project, by: str, state: str, row_id: int) -> None:
        need(p.paper)
        need(p.paper[2] != by, NO)
        need(p.state not in GONE)
        p.paper = (row_id, state, *p.paper[2:])

    def run(self, p: Project, number: str, end: date, compared: bool) -> None:
        need(p.state not in GONE and p.stage is Stage.PILOT)
        self.dated(end)
        need(number not in p.runs)
        p.runs[number] = compared

    def build(self, p: Project, row_id: int) -> None:
        need(p.state not in GONE)
        p.plant = row_id

    def reach(self, p: Project, level: str, on: date, by: str, row_id: int) -> None:
        need(p.state not in GONE)
        self.dated(on)
        need(all(step.level != level or step.withdrawn for step in p.steps))
        p.steps.append(Step(row_id, level, on, by))

    def verify(self, p: Project, step: Step, by: str) -> None:
        need(p.state not in GONE)
        need(step.by != by, NO)
        need(not step.verified and not step.withdrawn)
        step.verified = True

    def withdraw(self, p: Project, step: Step, on: date) -> None:
        need(p.state not in GONE and not step.withdrawn and on >= step.on)
        self.dated(on)
        step.withdrawn = True

    def verified(self, p: Project, least: str, by: date | None = None) -> list[date]:
        """The days on which a level was reached that is verified and stands."""
        return [
            step.on
            for step in p.steps
            if step.verified
            and not step.withdrawn
            and LEVELS.index(step.level) >= LEVELS.index(least)
            and (by is None or step.on <= by)
        ]

    # --- results that change hands ---

    def record(self, result: int, on: date, by: str, row_id: int, contract: int | None) -> None:
        if contract is None:
            self.dated(on)
        else:
            need(not self.rescinded[contract])
            need(all(t.contract != contract or t.voided for t in self.transfers.values()))
            on = self.signed[contract]
        self.transfers[row_id] = Transfer(row_id, result, on, by, contract)

    def verify_transfer(self, transfer: Transfer, by: str) -> None:
        need(not transfer.voided and not transfer.verified)
        need(transfer.by != by, NO)
        transfer.verified = True

    def void_transfer(self, transfer: Transfer) -> None:
        need(not transfer.voided)
        transfer.voided = True

    def sign(self, on: date, row_id: int) -> None:
        self.dated(on)
        self.signed[row_id], self.rescinded[row_id] = on, False

    def rescind(self, contract: int, on: date) -> None:
        need(not self.rescinded[contract] and self.signed[contract] <= on)
        self.dated(on)
        self.rescinded[contract] = True

    def reinstate(self, contract: int) -> None:
        need(self.rescinded[contract])
        self.rescinded[contract] = False

    # --- goals, years, accounts ---

    def target(self, year: int, goal: int, reason: str) -> None:
        need(self.targets.get(year) != goal)
        need(year not in self.targets or reason)
        self.targets[year] = goal

    def file(self, year: int, cut_off: date) -> None:
        need(year <= self.today.year and cut_off.year >= year and year not in self.filed)
        self.filed.add(year)

    def disable(self, name: str) -> None:
        need(name not in self.disabled)
        self.disabled.add(name)

    def enable(self, name: str) -> None:
        need(name in self.disabled)
        self.disabled.discard(name)

    # --- what the ledger ought to say ---

    def counts(self) -> dict[tuple[str, str, int], int]:
        """The number of each goal, scope and year, straight from the facts."""
        found: dict[tuple[str, str, int], int] = {}
        for p in self.projects.values():
            if p.state in GONE:
                continue
            built = self.verified(p, "L4")
            industrialised = Gate.G3 in p.passed and built and max(p.passed[Gate.G3], min(built))
            for goal, day in (("M1", self.admission(p)), ("M2", industrialised)):
                for scope in ("city", "base")[: 1 + p.in_base] if day else ():
                    place = (goal, scope, day.year)
                    found[place] = found.get(place, 0) + 1
        moved = {
            (transfer.result, transfer.on.year)
            for transfer in self.transfers.values()
            if transfer.verified
            and not transfer.voided
            and not self.rescinded.get(transfer.contract, False)
        }
        for _result, year in moved:
            found["M3", "city", year] = found.get(("M3", "city", year), 0) + 1
        return found
