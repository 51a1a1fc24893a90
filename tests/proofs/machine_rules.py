"""The moves of the machine: random actors and days, right and wrong, old pages, repeated keys."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from sqlalchemy import Engine

from pilot.domain.draft_counting import TargetDraft
from pilot.domain.drafts import ContractDraft, ProjectDraft, TransferDraft
from pilot.domain.moment import SHANGHAI, local_day
from pilot.domain.vocabulary import (
    CheckState,
    Conclusion,
    ContractType,
    Dimension,
    EvidenceState,
    Gate,
    Indicator,
    LandingLevel,
    Scope,
    Stage,
    TransferMode,
)
from pilot.services import (
    accounts,
    contracts,
    decisions,
    evidence,
    landing,
    lifecycle,
    projects,
    reviews,
    targets,
    transfers,
)
from pilot.services.command import Seen
from pilot.services.decisions import ConditionDraft
from pilot.services.landing import LandingDraft
from tests.proofs import model_rounds as rounds
from tests.proofs.machine_base import BEGUN, Ids, Stand
from tests.proofs.model import Model, Project
from tests.proofs.model_rounds import Verdict

M, MR, A = "m1 m2", "m1 m2 r1 r2", "admin"
WHY = "示例理由"
# Those who may do most things come up most, so that runs go deep; the others often enough.
NAMES = st.sampled_from(["m1", "m2", "m2", "m1", "r1", "r2", "r2", "admin", "officer", "province"])
MOSTLY = st.sampled_from([True, True, True, False])
ASSESSORS = st.sampled_from(["m1", "m2", "r1", "r2"])
WHICH = st.integers(0, 9)
LEVELS = st.sampled_from(LandingLevel)
BACK = st.sampled_from([0, 0, 0, 1, 3, 20, -1])
JUMPS = st.sampled_from([1, 24, 24 * 40, -3, -48, None])


class Machine(RuleBasedStateMachine):
    """One base, driven at random; every step is compared with the model."""

    engine: Engine
    ids: Ids
    begun: Model
    count = 1000  # of names and keys; what is there from the beginning has smaller ones

    def __init__(self) -> None:
        super().__init__()
        self.stand = Stand(self.engine, self.ids, self.begun)
        self.again: tuple | None = None

    def teardown(self) -> None:
        """Look at the chain and forget the run."""
        self.stand.close()

    @property
    def model(self) -> Model:
        """What is believed."""
        return self.stand.model

    @property
    def today(self) -> date:
        """The day on which the next command is recorded."""
        return local_day(max(self.stand.now, self.stand.last))

    def day(self, back: int) -> date:
        """Some days before today; −1 is tomorrow."""
        return self.today - timedelta(days=back)

    def pick(self, which: int) -> Project | None:
        """One of the projects."""
        ours = list(self.model.projects.values())
        return ours[which % len(ours)] if ours else None

    def do(self, verb, *args, about: Project | None = None, then=None, **options) -> object:
        """A command; `then(model, project, row_id)` says what it ought to do to the model."""
        number = about.id if about else None

        def change(model: Model, row_id: int) -> None:
            then(model, model.projects.get(number), row_id)

        return self.stand.do(verb, *args, change=change, **options)

    # --- projects ---

    @rule(
        stage=st.sampled_from(Stage), in_base=st.booleans(), right=MOSTLY, by=NAMES,
        back=st.sampled_from([0, 30, 400, -1]), twice=st.booleans(),
    )  # fmt: skip
    def register(self, stage, in_base, back, by, right, twice=False) -> None:
        by, on, name = "m1" if right else by, self.day(back), f"示例{self.count}"
        key, self.count = f"register-{self.count}", self.count + 1
        draft = ProjectDraft(
            name=name, in_base=in_base, owner_consent=True, manager_id=self.ids.person
        )

        def then(model, _project, row_id) -> None:
            model.dated(on)
            model.projects[row_id] = Project(row_id, name, on, stage, in_base)

        options = {"by": by, "right": M, "key": key, "on": on, "stage": stage}
        self.do(projects.register, draft, then=then, **options)
        self.again = (projects.register, draft, then, options)
        if twice:
            self.do(projects.register, draft, then=then, **options)

    @precondition(lambda self: self.again)
    @rule(by=NAMES, same=st.booleans())
    def repeat(self, by, same) -> None:
        """The second click of a double click, or somebody else's with the same key."""
        verb, draft, then, options = self.again
        by = options["by"] if same else by
        self.do(verb, draft, then=then, **{**options, "by": by})

    @precondition(lambda self: self.model.projects)
    @rule(which=WHICH, by=NAMES, right=MOSTLY, stale=st.integers(0, 1))
    def edit(self, which, by, right, stale) -> None:
        p, self.count = self.pick(which), self.count + 1
        name = f"示例改名{self.count}"
        rev = self.stand.revs[p.id] - (stale == 0)
        draft = ProjectDraft(
            name=name, in_base=p.in_base, owner_consent=True, manager_id=self.ids.person
        )
        self.do(
            projects.edit, p.id, draft, about=p, by="m2" if right else by, right=M,
            seen=Seen("project", p.id, rev), then=lambda m, q, _: m.edit(q, name),
        )  # fmt: skip

    @precondition(lambda self: self.model.projects)
    @rule(which=WHICH, by=NAMES, back=BACK)
    def note(self, which, by, back) -> None:
        p, on = self.pick(which), self.day(back)
        self.do(
            projects.note, p.id, "示例进展", about=p, by=by, right=MR, on=on,
            then=lambda m, q, _: m.note(q, on),
        )  # fmt: skip

    @precondition(lambda self: self.model.projects)
    @rule(which=WHICH, gate=st.sampled_from(Gate), back=BACK, reason=st.sampled_from(["", WHY]))
    def plan(self, which, gate, back, reason) -> None:
        p, on = self.pick(which), self.day(back - 100)
        self.do(
            projects.plan_gate, p.id, gate, on, about=p, by="m1", right=M, reason=reason,
            then=lambda m, q, _: m.plan(q, gate, on, reason),
        )  # fmt: skip

    @precondition(lambda self: self.model.projects)
    @rule(
        which=WHICH, back=BACK, by=NAMES, right=MOSTLY,
        action=st.sampled_from(["pause", "resume", "resume", "terminate", "unlanded"]),
    )  # fmt: skip
    def move(self, which, back, by, right, action) -> None:
        p, on = self.pick(which), self.day(back)
        self.do(
            lifecycle.move, p.id, action, about=p, by="m1" if right else by, right=M, on=on,
            reason=WHY, then=lambda m, q, _: getattr(m, action)(q, on),
        )  # fmt: skip

    @precondition(lambda self: self.model.projects)
    @rule(which=WHICH, by=NAMES, ask=st.booleans())
    def void(self, which, by, ask) -> None:
        p = self.pick(which)
        verb = lifecycle.ask_void if ask else lifecycle.void
        self.do(
            verb, p.id, about=p, by=by, right=M, reason=WHY,
            then=lambda m, q, _: (m.ask_void if ask else m.void)(q, by),
        )  # fmt: skip

    @precondition(lambda self: len(self.model.projects) > 1)
    @rule(which=WHICH, into=WHICH, by=NAMES)
    def merge(self, which, into, by) -> None:
        p, other = self.pick(which), self.pick(into)
        self.do(
            lifecycle.merge, p.id, other.id, about=p, by=by, right=M, reason=WHY,
            then=lambda m, q, _: m.merge(q, m.projects[other.id]),
        )  # fmt: skip

    # --- the way through the gates: what comes next for a project, by the right person or not ---

    @precondition(lambda self: self.model.projects)
    @rule(
        which=WHICH, by=NAMES, right=st.integers(0, 4), back=BACK, points=st.integers(55, 90),
        times=st.integers(1, 5),
    )  # fmt: skip
    def go_on(self, which, by, right, back, points, times) -> None:
        for _ in range(times):
            p = self.pick(which)
            who = by if right == 0 else None
            if p.round:
                self._inside(p, p.round, who, self.day(back), points)
            else:
                self._outside(p, who, self.day(back))

    def _inside(self, p: Project, asked, who, on, points) -> None:
        """The next thing that an open round wants."""
        if not asked.met:
            self._check(p, who or "r1")
        elif asked.gate in (Gate.G1, Gate.G3) and not asked.seats:
            self._assign(p, ["r1", "r2"], who or "m1")
        elif asked.gate in (Gate.G1, Gate.G3) and len(asked.cards) < 2:
            left = [name for name in asked.seats if name not in asked.cards]
            self._score(p, who or left[0], points)
        elif asked.gate is Gate.G3 and not any(p.runs.values()):
            self._run(p, str(len(p.runs)), who or "m1", on)
        elif asked.gate is Gate.G2 and (p.paper is None or p.paper[1] != "qualified"):
            self._paper(p, who, on)
        elif len(asked.cards) == 2 and not asked.agreed and points % 2:
            self._agree(p, who or "r2")
        else:
            conclusion = Conclusion.CONDITIONAL if points % 5 == 0 else Conclusion.PASS
            chosen = "m2" if asked.by == "m1" else "m1"
            self._decide(p, Verdict(who or chosen, conclusion, on))

    def _outside(self, p: Project, who, on) -> None:
        """The next thing that a project wants between two rounds."""
        if p.conditions:
            self._close(p, who or "m1", on)
        elif p.stage is Stage.CONCEPT and Gate.G1 in p.passed:
            if p.paper and p.paper[1] == "qualified":
                self._admit(p, who or "m1")
            else:
                self._paper(p, who, on)
        elif p.stage is Stage.INDUSTRY or (p.stage is Stage.PILOT and Gate.G3 in p.passed):
            self._plant(p, who, on)
        else:
            self._open(p, who or "m1", on)

    def _open(self, p: Project, by, on) -> None:
        self.do(
            reviews.open_review, p.id, about=p, by=by, right=M, on=on,
            then=lambda m, q, i: rounds.open_(m, q, by, on, i),
        )  # fmt: skip

    def _check(self, p: Project, by) -> None:
        row_id = self.stand.criterion(p.round.id)
        self.do(
            reviews.check, row_id, CheckState.MET, about=p, by=by, right=MR,
            then=lambda _m, q, _i: rounds.check(q, met=True),
        )  # fmt: skip

    def _assign(self, p: Project, names, by) -> None:
        ids = [self.ids.accounts[name] for name in names]
        self.do(
            reviews.assign, p.round.id, ids, about=p, by=by, right=M,
            then=lambda m, q, _: rounds.assign(m, q, names),
        )  # fmt: skip

    def _score(self, p: Project, by, points) -> None:
        self.do(
            reviews.score, p.round.id, about=p, by=by, right=MR, technical=points,
            equipment=70, commercial=70, then=lambda _m, q, _i: rounds.score(q, by, points),
        )  # fmt: skip

    def _agree(self, p: Project, by) -> None:
        self.do(
            reviews.consolidate, p.round.id, Dimension.TECHNICAL, about=p, by=by, right=MR,
            score=70, note=WHY, then=lambda _m, q, _i: rounds.consolidate(q),
        )  # fmt: skip

    def _decide(self, p: Project, verdict: Verdict) -> None:
        done = self.do(
            decisions.decide, p.round.id, verdict.conclusion, about=p, by=verdict.by, right=M,
            reason=verdict.reason, held_on=verdict.held, conditions=_demands(verdict),
            then=lambda m, q, i: rounds.decide(m, q, verdict, i),
        )  # fmt: skip
        if done:
            self.stand.name_conditions(p)

    def _close(self, p: Project, by, on) -> None:
        condition = p.conditions[0]
        self.do(
            lifecycle.close_condition, condition, about=p, by=by, right=M, note=WHY, on=on,
            then=lambda m, q, _: rounds.close(m, q, condition, on),
        )  # fmt: skip

    def _admit(self, p: Project, by) -> None:
        self.do(lifecycle.admit, p.id, about=p, by=by, right=M, then=lambda m, q, _: m.admit(q))

    def _paper(self, p: Project, who, on) -> None:
        if p.paper is None or p.paper[1] == "returned":
            by = who or "m1"
            self.do(
                evidence.submit, p.id, "D06", about=p, by=by, right=M, title="示例协议",
                issued_on=on, then=lambda m, q, i: m.submit(q, by, on, i),
            )  # fmt: skip
        else:
            by = who or "r1"
            state = EvidenceState.RETURNED if on.day % 5 == 0 else EvidenceState.QUALIFIED
            self.do(
                evidence.judge, p.paper[0], state, about=p, by=by, right=MR, reason=WHY,
                then=lambda m, q, i: m.judge(q, by, state.value, i),
            )  # fmt: skip

    def _run(self, p: Project, number, by, on) -> None:
        self.do(
            projects.record_run, p.id, about=p, by=by, right=M, run_no=number, started_on=on,
            ended_on=on, continuous_hours=Decimal(80), targets_compared=True,
            then=lambda m, q, _: m.run(q, number, on, True),
        )  # fmt: skip

    def _plant(self, p: Project, who, on) -> None:
        """A plant, then a level, then its check; at last the move or the gate that it allows."""
        waiting = [step for step in p.steps if not step.verified and not step.withdrawn]
        standing = {step.level for step in p.steps if not step.withdrawn}
        if p.plant is None:
            draft = LandingDraft(entity_id=self.ids.company, site_area="211102")
            self.do(
                landing.add_landing, p.id, draft, about=p, by=who or "m1", right=M,
                then=lambda m, q, i: m.build(q, i),
            )  # fmt: skip
        elif waiting:
            self._verify(p, waiting[0].id, who or "r1")
        elif "L4" not in standing:
            self._reach(p, LandingLevel.L4, who or "m1", on)
        elif p.stage is Stage.PILOT:
            self.do(
                lifecycle.land, p.id, about=p, by=who or "m1", right=M, on=on,
                then=lambda m, q, _: m.land(q, on),
            )  # fmt: skip
        else:
            self._open(p, who or "m2", on)

    def _reach(self, p: Project, level, by, on) -> None:
        self.do(
            landing.reach, p.plant, level, about=p, by=by, right=M, on=on, proof=WHY,
            then=lambda m, q, i: m.reach(q, level.value, on, by, i),
        )  # fmt: skip

    def _verify(self, p: Project, step_id, by) -> None:
        self.do(
            landing.verify_step, step_id, about=p, by=by, right=MR,
            then=lambda m, q, _: m.verify(q, _step(q, step_id), by),
        )  # fmt: skip

    # --- what may go wrong at any time ---

    @precondition(lambda self: any(p.round for p in self.model.projects.values()))
    @rule(
        which=WHICH, by=NAMES, back=BACK, kind=st.integers(0, 4),
        conclusion=st.sampled_from(Conclusion), names=st.lists(ASSESSORS, min_size=2, max_size=2),
    )  # fmt: skip
    def meddle(self, which, by, back, kind, conclusion, names) -> None:
        """Something out of turn in an open round."""
        waiting = [p for p in self.model.projects.values() if p.round]
        p = waiting[which % len(waiting)]
        if kind == 0:
            self.do(
                reviews.withdraw, p.round.id, about=p, by=by, right=M, reason=WHY,
                then=lambda m, q, _: rounds.withdraw(m, q),
            )  # fmt: skip
        elif kind == 1:
            self._assign(p, names, by)
        elif kind == 2:
            self._score(p, by, 60)
        else:
            self._decide(p, Verdict(by, conclusion, self.day(back)))

    @precondition(lambda self: any(p.undo for p in self.model.projects.values()))
    @rule(which=WHICH, by=NAMES, right=MOSTLY, back=BACK, what=st.sampled_from(Conclusion))
    def correct(self, which, by, right, back, what) -> None:
        decided = [p for p in self.model.projects.values() if p.undo]
        p = decided[which % len(decided)]
        by = ("m2" if p.undo.asked.by == "m1" else "m1") if right else by
        verdict = Verdict(by, what, self.day(back))
        done = self.do(
            decisions.correct, p.undo.decision, what, about=p, by=by, right=M, reason=WHY,
            held_on=verdict.held, conditions=_demands(verdict),
            then=lambda m, q, i: rounds.correct(m, q, verdict, i),
        )  # fmt: skip
        if done:
            self.stand.name_conditions(p)

    @precondition(lambda self: any(p.plant for p in self.model.projects.values()))
    @rule(which=WHICH, by=NAMES, right=MOSTLY, back=BACK, level=st.sampled_from(LandingLevel))
    def build(self, which, by, right, back, level) -> None:
        """Reach a level, or withdraw or verify one that is there."""
        built = [p for p in self.model.projects.values() if p.plant]
        p, on, by = built[which % len(built)], self.day(back), "m2" if right else by
        step = p.steps[which % len(p.steps)] if p.steps else None
        if step is None or which < 4:
            self._reach(p, level, by, on)
        elif which < 7:
            self._verify(p, step.id, by)
        else:
            self.do(
                landing.withdraw_step, step.id, about=p, by=by, right=M, on=on, reason=WHY,
                then=lambda m, q, _: m.withdraw(q, _step(q, step.id), on),
            )  # fmt: skip

    # --- results that change hands ---

    @rule(which=WHICH, by=NAMES, right=MOSTLY, back=st.sampled_from([0, 1, 20, 400, -1]))
    def record(self, which, by, right, back) -> None:
        by, on = "m1" if right else by, self.day(back)
        result = self.ids.results[which % 2]
        signed = list(self.model.signed)
        contract = signed[which % len(signed)] if signed and which % 3 else None
        if contract is None:
            draft = TransferDraft(result, TransferMode.SELF, event_on=on, implement_area="211102")
        else:
            draft = TransferDraft(result, TransferMode.LICENCE, contract_id=contract)
        self.do(
            transfers.record_transfer, draft, by=by, right=M,
            then=lambda m, _q, i: m.record(result, on, by, i, contract),
        )  # fmt: skip

    @rule(which=st.integers(0, 1), back=st.sampled_from([20, 400]))
    def tell_late(self, which, back) -> None:
        """An event of an earlier year, told and verified now: it serves the year it was in."""
        result, on = self.ids.results[which], self.day(back)
        draft = TransferDraft(result, TransferMode.SELF, event_on=on, implement_area="211102")
        done = self.do(
            transfers.record_transfer, draft, by="m1", right=M,
            then=lambda m, _q, i: m.record(result, on, "m1", i, None),
        )  # fmt: skip
        if done:
            row_id = done.subject_id
            self.do(
                transfers.verify_transfer, row_id, by="r1", right=MR,
                then=lambda m, _q, _i: m.verify_transfer(m.transfers[row_id], "r1"),
            )  # fmt: skip

    @precondition(lambda self: self.model.transfers)
    @rule(which=WHICH, by=NAMES, right=MOSTLY, void=st.integers(0, 3))
    def transfer(self, which, by, right, void) -> None:
        rows = list(self.model.transfers)
        row_id, by = rows[which % len(rows)], "r1" if right else by
        if void == 0:
            self.do(
                transfers.void_transfer, row_id, by=by, right=M, reason=WHY,
                then=lambda m, _q, _i: m.void_transfer(m.transfers[row_id]),
            )  # fmt: skip
        else:
            self.do(
                transfers.verify_transfer, row_id, by=by, right=MR,
                then=lambda m, _q, _i: m.verify_transfer(m.transfers[row_id], by),
            )  # fmt: skip

    @rule(which=WHICH, by=NAMES, back=st.sampled_from([0, 1, 20, 400, -1]))
    def contract(self, which, by, back) -> None:
        """Sign one, or rescind or reinstate one that is there."""
        on, known, self.count = self.day(back), list(self.model.signed), self.count + 1
        if not known or which < 3:
            draft = ContractDraft(
                f"HT-{self.count}", ContractType.LICENCE, on, buyer_id=self.ids.company
            )
            self.do(
                contracts.save_contract, draft, by=by, right=M,
                then=lambda m, _q, i: m.sign(on, i),
            )  # fmt: skip
            return
        row_id = known[which % len(known)]
        if which % 2:
            self.do(
                contracts.rescind, row_id, on, by=by, right=M, reason=WHY,
                then=lambda m, _q, _i: m.rescind(row_id, on),
            )  # fmt: skip
        else:
            self.do(
                contracts.reinstate, row_id, by=by, right=M, reason=WHY,
                then=lambda m, _q, _i: m.reinstate(row_id),
            )  # fmt: skip

    # --- goals, years, accounts, the clock ---

    @rule(
        by=NAMES,
        year=st.sampled_from([2025, 2026, 2027]),
        goal=st.integers(0, 3),
        file=st.booleans(),
    )
    def goals(self, by, year, goal, file) -> None:
        if file:
            cut_off, day = self.stand.now, local_day(self.stand.now)
            self.do(
                targets.file_year, year, by=by, right="m1 m2 officer", cut_off=cut_off, note=WHY,
                then=lambda m, _q, _i: m.file(year, day),
            )  # fmt: skip
            return
        draft = TargetDraft(year, Indicator.NEW_PILOT, Scope.CITY, goal + 1, WHY)
        reason = WHY if goal % 2 else ""
        self.do(
            targets.save_target, draft, by=by, right="m1 m2 admin", reason=reason,
            then=lambda m, _q, _i: m.target(year, goal + 1, reason),
        )  # fmt: skip

    @rule(name=st.sampled_from(["m2", "r2"]), by=NAMES, right=MOSTLY)
    def account(self, name, by, right) -> None:
        """Disable an account, which tries to act at once; or enable it again."""
        by = "admin" if right else by
        verb = accounts.enable if name in self.model.disabled else accounts.disable
        self.do(
            verb, self.ids.accounts[name], by=by, right=A,
            then=lambda m, _q, _i: getattr(m, verb.__name__)(name),
        )  # fmt: skip
        if name in self.model.disabled and self.model.projects:
            self.note(which=0, by=name, back=0)

    @rule(hours=JUMPS)
    def clock(self, hours) -> None:
        """Time goes on, jumps, or goes back; or it is just before midnight at the year's end."""
        if hours is None:
            end = datetime.combine(date(self.today.year, 12, 31), time(23, 59, 59), SHANGHAI)
            self.stand.now = max(end, self.stand.now)
        else:
            self.stand.now += timedelta(hours=hours)


def begin(engine: Engine, ids: Ids) -> Model:
    """Projects at every point of the way, by the same rules, so that a run starts in the middle."""
    Machine.engine, Machine.ids, Machine.begun = engine, ids, Model(today=local_day(BEGUN))
    machine = Machine()
    machine.count = 0
    steps = {Stage.POOL: (0, 1), Stage.CONCEPT: (3, 8), Stage.PILOT: (4, 5), Stage.INDUSTRY: (3,)}
    for stage, depths in steps.items():
        for in_base, depth in zip((True, False), depths, strict=False):
            machine.register(stage=stage, in_base=in_base, right=True, by="m1", back=400)
            which = len(machine.model.projects) - 1
            for _ in range(depth):
                machine.go_on(which=which, by="m1", right=1, back=1, points=72, times=1)
    for which in (3, 1):
        machine.contract(which=0, by="m1", back=20)
        machine.record(which=which, by="m1", right=True, back=20)
    machine.transfer(which=0, by="r1", right=True, void=1)
    return machine.stand.keep()


def _demands(verdict: Verdict) -> list[ConditionDraft]:
    if verdict.conclusion is not Conclusion.CONDITIONAL:
        return []
    return [ConditionDraft("示例条件", "示例负责人", verdict.held + timedelta(days=30))]


def _step(p: Project, step_id: int):
    return next(step for step in p.steps if step.id == step_id)
