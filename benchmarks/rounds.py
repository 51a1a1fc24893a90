"""The rounds of a life at its gates: submitted, scored, decided, with or without a condition."""

from datetime import date, datetime, timedelta

from benchmarks import papers
from benchmarks.book import changed, inserted
from pilot.domain.gates import outcome
from pilot.domain.moment import FOREVER
from pilot.domain.vocabulary import ENDS, PASSING, Conclusion, Gate, State
from pilot.store.models import Condition, Decision, GatePlan, Review, Scorecard


class Over(Exception):
    """The life has come to today or to its end."""


class Rounds:
    """The part of a life that stands before a gate."""

    def _submit(self, gate: Gate, number: int, on: date) -> int:
        at, staff = self._now(), self.world.staff
        review = self.world.writer.next_id(Review)
        self.open_round = review, gate
        self.round = {
            "base_id": self.world.base_id,
            "project_id": self.id,
            "gate": gate,
            "round": number,
            "submitted_by": staff.manager,
            "opened_on": on,
            "recorded_at": at,
        }
        self._move("submit", on, at, self.stage, State.AWAITING)
        told = [inserted("review", review, {"gate": gate, "round": number, "opened_on": on})]
        self._tell("review.open", "review", review, told, at)
        return review

    def _write_round(self, closed: datetime | None) -> None:
        """The round with its criteria and cards; open ones have not been looked at yet."""
        if self.open_round is None:
            return
        review, gate = self.open_round
        self.world.writer.add(Review, id=review, closed_at=closed, **self.round)
        if self.world.size.whole:
            papers.write_checks(self.world, review, gate, self.hazardous, closed)
        if gate in (Gate.G1, Gate.G3):
            for seat, assessor in enumerate(self.world.staff.assessors, 1):
                scores = [self.world.random.randint(60, 95) if closed else None for _ in range(3)]
                self.world.writer.add(
                    Scorecard,
                    base_id=self.world.base_id,
                    review_id=review,
                    assessor_id=assessor,
                    seat=seat,
                    technical=scores[0],
                    equipment=scores[1],
                    commercial=scores[2],
                    submitted_at=closed,
                )
        self.open_round = None

    def _decide(self, review: int, gate: Gate, on: date, at: datetime, again: bool) -> bool:
        draw = self.world.random.random()
        conclusion = Conclusion.CONDITIONAL if draw < 0.1 else Conclusion.PASS
        if again:
            conclusion = Conclusion.SUPPLEMENT
        self._write_round(at)
        decision = self._decision(review, gate, conclusion, on, at)
        if conclusion in PASSING:
            self.passed[gate] = decision, on, self.world.staff.decider
        stage, state = outcome(gate, conclusion)
        if conclusion is Conclusion.CONDITIONAL and gate is not Gate.G4:
            state = self._condition(decision, on, at)
        if conclusion in PASSING:
            self._close_plan(at)
        told = [changed("project", self.id, state=(State.AWAITING, state))]
        self._move("decide", on, at, stage, state, decision)
        self._count(at, told, gate)
        self._tell("decision.take", "decision", decision, told, at)
        if state in ENDS:
            raise Over
        return conclusion in PASSING

    def _decision(
        self, review: int, gate: Gate, conclusion: Conclusion, on: date, at: datetime
    ) -> int:
        staff = self.world.staff
        return self.world.writer.add(
            Decision,
            base_id=self.world.base_id,
            review_id=review,
            project_id=self.id,
            gate=gate,
            conclusion=conclusion,
            reason="材料齐备，两份评分表一致。",
            held_on=on,
            decided_by=staff.decider,
            submitted_by=staff.manager,
            decided_at=at,
        )

    def _condition(self, decision: int, on: date, at: datetime) -> State:
        """One condition, closed in time by most."""
        due, closed = on + timedelta(days=60), on + self.world.days(20, 90)
        done = closed < self.world.today
        self.world.writer.add(
            Condition,
            base_id=self.world.base_id,
            decision_id=decision,
            project_id=self.id,
            text="补充物料衡算的闭合说明",
            owner=self.manager[1],
            due_on=due,
            closed_on=closed if done else None,
            closed_by=self.world.staff.decider if done else None,
            closing_note="已补充" if done else None,
            recorded_at=at,
        )
        return State.ACTIVE if done else State.CONDITIONAL

    def _plan(self, gate: Gate, low: int, high: int) -> None:
        for attempt in range(2 if self.world.chance(0.35) else 1):
            at = self._now() if attempt == 0 else self._next(10, 40)[1]
            planned = self.day + self.world.days(low, high)
            self._close_plan(at)
            self.plan = gate, planned, at
            self.spans.change(at.date(), at, next_gate=gate, next_planned_on=planned)
            told = [inserted("gate_plan", self.id, {"gate": gate, "planned_on": planned})]
            self._tell("project.plan", "project", self.id, told, at)

    def _close_plan(self, until: datetime) -> None:
        if self.plan:
            gate, planned, since = self.plan
            self.world.writer.add(
                GatePlan,
                base_id=self.world.base_id,
                project_id=self.id,
                gate=gate,
                planned_on=planned,
                reason="进度调整" if until < FOREVER else None,
                known_from=since,
                known_to=until,
            )
        self.plan = None
