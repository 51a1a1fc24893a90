"""Papers and criteria of an invented project, and the facts that counting reads from them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from benchmarks.book import changed, inserted
from benchmarks.world import World
from pilot.domain.facts import IndustryFact, PilotFact, PlantFact, Source, StepFact
from pilot.domain.moment import FOREVER
from pilot.domain.vocabulary import CheckState, EvidenceState, Gate, Requirement
from pilot.store.models import Evidence, ReviewCheck

Told = Callable[[datetime, str, int, list[dict]], None]


class Papers:
    """What has been handed in and qualified for one project."""

    def __init__(self, world: World, project_id: int) -> None:
        self.world, self.project_id = world, project_id
        self.qualified: dict[str, tuple[int, date]] = {}

    def settle(self, gate: Gate, hazardous: bool, on: date, at: datetime, tell: Told) -> None:
        """Hand in and qualify every paper that a gate demands; D06 only after the review."""
        for code in self._asked(gate, hazardous):
            if code not in self.qualified and self.world.size.whole:
                at += timedelta(minutes=11)
                self.settle_one(code, on, at, tell)

    def settle_one(self, code: str, on: date, at: datetime, tell: Told) -> None:
        """Hand in one paper and have it judged by somebody else."""
        if code in self.qualified:
            return
        first = self._row(code, on, EvidenceState.SUBMITTED, at, at + timedelta(minutes=5))
        tell(at, "evidence.submit", first, [inserted("evidence", first, {"doc_code": code})])
        at += timedelta(minutes=5)
        row = self._row(code, on, EvidenceState.QUALIFIED, at, FOREVER)
        self.qualified[code] = row, on
        states = EvidenceState.SUBMITTED, EvidenceState.QUALIFIED
        tell(at, "evidence.judge", row, [changed("evidence", row, state=states)])

    def gather(self, gate: Gate, hazardous: bool, after: datetime, tell: Told) -> None:
        """Some papers of the gate ahead: qualified, waiting to be judged, or missing."""
        at = after
        for code in self._asked(gate, hazardous):
            at += timedelta(minutes=13)
            if code in self.qualified or at.date() >= self.world.today:
                continue
            draw = self.world.random.random()
            if draw < 0.45:
                self.settle_one(code, at.date(), at, tell)
            elif draw < 0.5:
                row = self._row(code, at.date(), EvidenceState.SUBMITTED, at, FOREVER)
                told = [inserted("evidence", row, {"doc_code": code})]
                tell(at, "evidence.submit", row, told)

    def _asked(self, gate: Gate, hazardous: bool) -> list[str]:
        kinds = ("any", "hazardous" if hazardous else "general")
        return [
            item.doc_code
            for item in self.world.checklist[gate]
            if item.doc_code
            and item.requirement is Requirement.REQUIRED
            and item.hazard_class in kinds
        ]

    def _row(
        self, code: str, on: date, state: EvidenceState, since: datetime, until: datetime
    ) -> int:
        ends = code in ("D09", "D10", "D12") and self.world.chance(0.3)
        staff = self.world.staff
        return self.world.writer.add(
            Evidence,
            base_id=self.world.base_id,
            project_id=self.project_id,
            doc_code=code,
            state=state,
            title=f"{code} 材料",
            issued_on=on,
            valid_until=on + timedelta(days=3 * 365) if ends else None,
            submitted_by=staff.manager,
            checked_by=staff.decider if state is EvidenceState.QUALIFIED else None,
            known_from=since,
            known_to=until,
        )


def write_checks(
    world: World, review: int, gate: Gate, hazardous: bool, closed: datetime | None
) -> None:
    """The criteria of a round: met where it was decided, open where it was not."""
    kinds = ("any", "hazardous" if hazardous else "general")
    for item in world.checklist[gate]:
        if item.hazard_class in kinds:
            world.writer.add(
                ReviewCheck,
                base_id=world.base_id,
                review_id=review,
                code=item.code,
                text=item.text,
                doc_code=item.doc_code,
                requirement=item.requirement,
                dimension=item.dimension,
                basis=item.basis,
                position=item.position,
                state=CheckState.MET if closed else CheckState.OPEN,
                checked_by=world.staff.decider if closed else None,
                recorded_at=closed or FOREVER,
            )


def with_agreement(fact: PilotFact, papers: Papers) -> PilotFact:
    """M1's facts with the agreement (D06) and the own scheme (D05)."""
    if found := papers.qualified.get("D06"):
        row, on = found
        fact = replace(
            fact,
            agreement_on=on,
            agreement_proven=True,
            agreement_source=Source("evidence", row),
        )
    return replace(fact, own_scheme="D05" in papers.qualified)


def with_reviews(fact: PilotFact, passed: Mapping[Gate, tuple[Any, date, int]]) -> PilotFact:
    """M1's facts with the first pass of G1 and of G2."""
    if found := passed.get(Gate.G1):
        decision, on, by = found
        source = Source("decision", decision)
        fact = replace(fact, review_on=on, review_by=by, review_source=source)
    if found := passed.get(Gate.G2):
        decision, on, _ = found
        fact = replace(fact, first_feed_on=on, first_feed_source=Source("decision", decision))
    return fact


def with_acceptance(
    fact: IndustryFact,
    passed: Mapping[Gate, tuple[Any, date, int]],
    plants: tuple[PlantFact, ...],
) -> IndustryFact:
    """M2's facts with the first pass of G3 and the plants."""
    if found := passed.get(Gate.G3):
        decision, on, by = found
        source = Source("decision", decision)
        fact = replace(fact, accepted_on=on, accepted_by=by, accepted_source=source)
    return replace(fact, plants=plants)


def with_step(plant: PlantFact, step: StepFact) -> PlantFact:
    """A plant that has come one level further."""
    return replace(plant, steps=(*plant.steps, step))
