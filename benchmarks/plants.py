"""The plant of a life: where it is built and the levels it reaches."""

from decimal import Decimal

from benchmarks import papers
from benchmarks.book import inserted
from benchmarks.world import LOCAL
from pilot.domain.facts import PlantFact, Source, StepFact
from pilot.domain.vocabulary import LandingLevel, Stage, State
from pilot.store.models import Landing, LandingStep


class Plants:
    """The part of a life that begins where the pilot is accepted."""

    def _land(self) -> None:
        on, at = self._next(30, 200)
        if self.world.chance(0.12):
            self._end(State.UNLANDED, on, at)
        unit = self.world.random.choice(self.world.units)
        area = self.world.random.choice(LOCAL)
        plant = self.world.writer.add(
            Landing,
            base_id=self.world.base_id,
            project_id=self.id,
            entity_id=unit.id,
            site_area=area,
            investment=Decimal(self.world.random.randint(500, 90_000)),
            product=self.row["name"][:6],
            recorded_at=at,
        )
        told = [inserted("landing", plant, {"entity_id": unit.id, "site_area": area})]
        self._move("land", on, at, Stage.INDUSTRY, State.ACTIVE)
        self.plants = PlantFact(
            landing_id=plant, entity_area=unit.area, site_area=area, source=Source("landing", plant)
        )
        self._count(at, told)
        self._tell("project.move", "project", self.id, told, at)
        for level in (LandingLevel.L1, LandingLevel.L2, LandingLevel.L3, LandingLevel.L4):
            self._reach(plant, level)

    def _reach(self, plant: int, level: LandingLevel) -> None:
        on, at = self._next(20, 120)
        staff = self.world.staff
        verified = self.world.chance(0.95)
        row = self.world.writer.add(
            LandingStep,
            base_id=self.world.base_id,
            landing_id=plant,
            level=level,
            reached_on=on,
            proof="现场核验记录",
            entered_by=staff.manager,
            verified_by=staff.decider if verified else None,
            verified_at=at if verified else None,
            recorded_at=at,
        )
        fact = StepFact(
            level=level,
            on=on,
            verified=verified,
            verified_by=staff.decider if verified else None,
            source=Source("landing_step", row),
        )
        self.plants = papers.with_step(self.plants, fact)
        told = [inserted("landing_step", row, {"level": level, "reached_on": on})]
        self._count(at, told)
        self._tell("landing.verify", "landing_step", row, told, at)
