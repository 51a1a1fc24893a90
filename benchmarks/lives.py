"""A project's life, step by step from the pool to the plant, with its papers and decisions."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from benchmarks import papers, words
from benchmarks.book import changed, inserted
from benchmarks.ledger import Ledger
from benchmarks.plants import Plants
from benchmarks.rounds import Over, Rounds
from benchmarks.spans import Spans
from benchmarks.world import LOCAL, World
from pilot.domain.counting import industrialised, new_pilots
from pilot.domain.facts import IndustryFact, PilotFact
from pilot.domain.gates import next_gate
from pilot.domain.moment import FOREVER
from pilot.domain.vocabulary import (
    ENDS,
    Gate,
    Purpose,
    Stage,
    State,
)
from pilot.store.models import (
    Decision,
    Move,
    Project,
    ProjectNote,
    ProjectSite,
)

_FIELDS = ("catalyst", "pharma", "electronic", "polymer", "new_energy", "bio_oleo", "other")
_INDUSTRIES = ("2614", "2661", "2662", "2669", "2710", "2832")
_SITES = ("shuangtaizi", "liaobin", "outside")
_WAIT = {Gate.G0: (20, 120), Gate.G1: (60, 250), Gate.G2: (60, 200), Gate.G3: (120, 400)}


class Life(Rounds, Plants):
    """One project from its registration to today."""

    def __init__(self, world: World, entered: date) -> None:
        random = world.random
        self.world, self.day = world, entered
        self.id = world.writer.next_id(Project)
        self.holder, self.pilot_org = random.choice(world.units), random.choice(world.units)
        self.manager = random.choice(world.managers)
        self.in_base = world.chance(0.6)
        self.hazardous = world.chance(0.2)
        self.passed: dict[Gate, tuple[Decision | int, date, int]] = {}
        self.papers = papers.Papers(world, self.id)
        self.ledger = Ledger(world)
        self.pilot = PilotFact(project_id=self.id, purpose=Purpose.PILOT, in_base=self.in_base)
        self.industry = IndustryFact(project_id=self.id, in_base=self.in_base)
        self.plan: tuple[Gate, date, datetime] | None = None
        self.last_at = world.at(entered)
        self.open_round: tuple[int, Gate] | None = None
        self.entered, self.entered_at = entered, self.last_at
        self.rev = 1
        self._describe()

    def live(self) -> None:
        """Walk the whole life and write it."""
        self.spans.open(self.entered_at)
        self._tell("project.register", "project", self.id, [inserted("project", self.id, self.row)])
        try:
            for step in self._steps():
                step()
        except Over:
            pass
        self._finish()

    def _describe(self) -> None:
        random = self.world.random
        year = self.entered.year
        self.row = {
            "code": f"ZS-{year}-{next(self.world.codes[f'ZS-{year}']):03d}",
            "name": f"{words.technology(random)}中试项目",
            "field": random.choice(_FIELDS),
            "industry": random.choice(_INDUSTRIES),
            "area": random.choice(LOCAL),
            "in_base": self.in_base,
            "budget": Decimal(random.randint(5_000, 900_000)) / 100,
        }
        self.site = random.choice(_SITES)
        values = {
            "code": self.row["code"],
            "name": self.row["name"],
            "stage": Stage.POOL,
            "state": State.ACTIVE,
            "holder": self.holder.name,
            "holder_uscc": self.holder.uscc,
            "pilot_org": self.pilot_org.name,
            "manager": self.manager[1],
            "field": self.row["field"],
            "industry": self.row["industry"],
            "area": self.row["area"],
            "sites": self.site,
            "in_base": self.in_base,
            "readiness": "GB/T 37264 2018 4级",
            "budget": self.row["budget"],
            "next_gate": Gate.G0,
            "next_planned_on": None,
            "stage_since": self.entered,
        }
        self.spans = Spans(self.world, self.id, values, self.entered)

    def _steps(self) -> Iterator[Any]:
        yield lambda: self._gate(Gate.G0)
        yield lambda: self._gate(Gate.G1)
        yield self._admit
        yield lambda: self._gate(Gate.G2)
        yield lambda: self._gate(Gate.G3)
        yield self._land
        yield lambda: self._gate(Gate.G4)

    def _next(self, low: int, high: int) -> tuple[date, datetime]:
        """The day of the next step and when it became known; Over when that lies ahead."""
        world = self.world
        self.day += world.days(low, high)
        late = 0
        if world.chance(0.2):
            late = (
                world.random.randint(30, 100) if world.chance(0.2) else world.random.randint(1, 9)
            )
        at = max(world.at(self.day + timedelta(days=late)), self.last_at + timedelta(minutes=7))
        if at.date() >= world.today:
            raise Over
        self.last_at = at
        return self.day, at

    def _now(self) -> datetime:
        self.last_at += timedelta(minutes=self.world.random.randint(2, 9), microseconds=1)
        return self.last_at

    def _gate(self, gate: Gate) -> None:
        """Plan, gather papers, submit, decide; once more after a supplement."""
        low, high = _WAIT.get(gate, (120, 400))
        self._plan(gate, low, high)
        if self.world.chance(0.05):
            self._rest()
        for number in (1, 2):
            on, at = self._next(low // number, high // number)
            self.papers.settle(gate, self.hazardous, on, at, self._paper_told)
            self._agreed(gate)
            review = self._submit(gate, number, on)
            on, at = self._next(4, 25)
            again = number == 1 and self.world.chance(0.12)
            if self._decide(review, gate, on, at, again):
                return

    def _agreed(self, gate: Gate) -> None:
        """The agreement and the own scheme are part of what M1 rests on."""
        self.pilot = papers.with_agreement(self.pilot, self.papers)

    def _admit(self) -> None:
        on, at = self._next(10, 60)
        self.papers.settle_one("D06", on, at, self._paper_told)
        self._agreed(Gate.G2)
        told = [changed("project", self.id, stage=(Stage.CONCEPT, Stage.PILOT))]
        at = self._now()
        self._move("admit", on, at, Stage.PILOT, self.state)
        self._count(at, told)
        self._tell("project.move", "project", self.id, told, at)

    def _rest(self) -> None:
        """A pause, or the end."""
        on, at = self._next(20, 90)
        if self.world.chance(0.4):
            self._end(State.TERMINATED, on, at)
        self._move("pause", on, at, self.stage, State.PAUSED)
        self._tell("project.move", "project", self.id, [], at)
        on, at = self._next(30, 200)
        self._move("resume", on, at, self.stage, State.ACTIVE)
        self._tell("project.move", "project", self.id, [], at)

    def _end(self, state: State, on: date, at: datetime) -> None:
        self._move(state.value, on, at, self.stage, state)
        told = [changed("project", self.id, state=(State.ACTIVE, state))]
        self._tell("project.move", "project", self.id, told, at)
        raise Over

    @property
    def stage(self) -> Stage:
        """Where it stands now."""
        return self.spans.values["stage"]

    @property
    def state(self) -> State:
        """How it stands now."""
        return self.spans.values["state"]

    def _move(
        self,
        action: str,
        on: date,
        at: datetime,
        stage: Stage,
        state: State,
        decision: int | None = None,
    ) -> None:
        self.world.writer.add(
            Move,
            base_id=self.world.base_id,
            action=action,
            project_id=self.id,
            from_stage=self.stage,
            from_state=self.state,
            to_stage=stage,
            to_state=state,
            effective_on=on,
            recorded_at=at,
            by_id=self.world.staff.manager,
            decision_id=decision,
        )
        gate = next_gate(stage, state, frozenset(self.passed))
        planned = self.plan[1] if self.plan and self.plan[0] is gate else None
        since = on if stage is not self.stage else self.spans.values["stage_since"]
        self.rev += 1
        self.spans.change(
            on,
            at,
            stage=stage,
            state=state,
            next_gate=gate,
            next_planned_on=planned,
            stage_since=since,
        )

    def _count(self, at: datetime, told: list[dict[str, Any]], gate: Gate | None = None) -> None:
        """Judge the project anew by the product's rules."""
        self.pilot = papers.with_reviews(self.pilot, self.passed)
        plants = (self.plants,) if hasattr(self, "plants") else ()
        self.industry = papers.with_acceptance(self.industry, self.passed, plants)
        wanted = new_pilots(self.pilot, self.world.rules)
        wanted += industrialised(self.industry, self.world.rules)
        told += self.ledger.judge(wanted, at, "登记")

    def _paper_told(self, at: datetime, action: str, row: int, told: list[dict]) -> None:
        self.last_at = max(self.last_at, at)
        if action == "evidence.judge":
            self._agreed(Gate.G2)
            self._count(at, told)
        self._tell(action, "evidence", row, told, at)

    def _tell(
        self, action: str, subject: str, row: int, told: list[dict], at: datetime | None = None
    ) -> None:
        by = self.world.staff.manager
        if action in ("decision.take", "evidence.judge", "landing.verify"):
            by = self.world.staff.decider
        at = at or self.entered_at
        self.world.tell(at, by, action, subject, row, project_id=self.id, changes=told)

    def _finish(self) -> None:
        """The row as it stands, what is under way, notes, and the papers of the gate ahead."""
        self._write_round(None)
        self._close_plan(FOREVER)
        ahead = self.spans.values["next_gate"]
        if ahead and self.state not in ENDS:
            self.papers.gather(ahead, self.hazardous, self.last_at, self._paper_told)
        self.spans.close()
        if self.world.chance(0.8):
            self.world.writer.add(
                ProjectNote,
                base_id=self.world.base_id,
                project_id=self.id,
                on=self.last_at.date(),
                text=words.sentence(self.world.random),
                recorded_at=self.last_at,
                by_id=self.world.staff.manager,
            )
        self._write_row()

    def _write_row(self) -> None:
        self.world.writer.add(
            Project,
            id=self.id,
            base_id=self.world.base_id,
            rev=self.rev,
            recorded_at=self.entered_at,
            holder_id=self.holder.id,
            pilot_org_id=self.pilot_org.id,
            manager_id=self.manager[0],
            owner_consent=True,
            key_hazards=self.hazardous,
            readiness_scheme="GB/T 37264",
            readiness_version="2018",
            readiness_level=4,
            entered_on=self.entered,
            stage=self.stage,
            state=self.state,
            touched_at=self.last_at,
            source="示例数据",
            **self.row,
        )
        self.world.writer.add(
            ProjectSite, base_id=self.world.base_id, project_id=self.id, site=self.site
        )
