"""Gather what a gate looks at; judging is `domain.guards`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from pilot.domain.guards import ON_RECORD, GateFacts, Item, paper_on, proven
from pilot.domain.vocabulary import CheckState, Gate, LandingLevel, Requirement
from pilot.services.reviews import submitted_cards
from pilot.store import queries_counting, queries_gates, queries_projects
from pilot.store.models import ChecklistItem, Project, Review, ReviewCheck


def gather(session: Session, project: Project, review: Review, *, on: date) -> GateFacts:
    """The facts of an open (or decided) round as they stand on the day `on`."""
    agreed = queries_gates.consolidations(session, review.id)
    facts = _facts(session, project, review.gate, on)
    checks = queries_gates.checks(session, review.id)
    return replace(
        facts,
        items=tuple(_items(session, facts, project, checks, on)),
        cards=tuple(submitted_cards(session, review.id)),
        agreed={row.dimension: row.score for row in agreed},
    )


def awaited(session: Session, project: Project, gate: Gate, *, on: date) -> GateFacts:
    """The facts of a gate before its round is open: papers as they stand, criteria open."""
    items = queries_gates.checklist(session, project.base_id, gate, hazardous=project.hazardous)
    facts = _facts(session, project, gate, on)
    return replace(facts, items=tuple(_items(session, facts, project, items, on)))


def _facts(session: Session, project: Project, gate: Gate, on: date) -> GateFacts:
    runs = queries_gates.runs(session, project.id)
    longest = max((run.continuous_hours or 0 for run in runs), default=None)
    closures = [run.closure_percent for run in runs if run.closure_percent is not None]
    return GateFacts(
        gate=gate,
        owner_consent=project.owner_consent,
        manager_assigned=project.manager_id is not None,
        readiness=project.readiness_level,
        open_conditions=len(queries_gates.open_conditions(session, project.id)),
        runs=len(runs),
        targets_compared=any(run.targets_compared for run in runs),
        hours=longest,
        closure=closures[-1] if closures else None,
        stops=sum(run.stops or 0 for run in runs) if runs else None,
        reaction_grade=project.reaction_grade,
        ip_clause=queries_projects.has_ip_clause(session, project.id),
        first_in_china=project.first_in_china,
        threshold_reached=gate is Gate.G4 and _threshold_reached(session, project, on),
    )


def _items(
    session: Session,
    facts: GateFacts,
    project: Project,
    rows: Sequence[ReviewCheck | ChecklistItem],
    on: date,
) -> list[Item]:
    papers = {
        row.doc_code: paper_on(row.state, row.valid_until, on)
        for row in queries_gates.papers(session, project.id)
    }
    return [
        Item(
            code=row.code,
            text=row.text,
            requirement=row.requirement,
            check=row.state if isinstance(row, ReviewCheck) else CheckState.OPEN,
            doc_code=row.doc_code,
            paper=papers.get(row.doc_code) if row.doc_code else None,
            record=ON_RECORD[row.code](facts) if row.code in ON_RECORD else None,
        )
        for row in rows
    ]


def _threshold_reached(session: Session, project: Project, on: date) -> bool:
    threshold = queries_counting.threshold(session, project.base_id, on)
    ids = [plant.id for plant in queries_gates.local_plants(session, project.id)]
    levels = list(LandingLevel)
    return any(
        step.verified_by is not None
        and step.withdrawn_on is None
        and step.reached_on <= on
        and levels.index(step.level) >= levels.index(threshold)
        for step in queries_gates.steps(session, ids)
    )


@dataclass(frozen=True, slots=True)
class RoundItem:
    """A line of an open round: the id to tick it by, whether it is settled, or never ticked."""

    id: int
    text: str
    requirement: Requirement
    doc_code: str | None
    settled: bool
    on_record: bool


def round_items(session: Session, review_id: int, on: date) -> list[RoundItem]:
    """The lines of a round in order, as they stand on the day `on`."""
    review = session.get(Review, review_id)
    project = session.get(Project, review.project_id)
    checks = queries_gates.checks(session, review_id)
    items = gather(session, project, review, on=on).items
    return [
        RoundItem(
            check.id,
            item.text,
            item.requirement,
            item.doc_code,
            proven(item),
            item.record is not None,
        )
        for check, item in zip(checks, items, strict=True)
    ]


def settle(session: Session, review: Review, facts: GateFacts) -> None:
    """Keep in a decided round what the record answered on its day."""
    answers = {item.code: item.record for item in facts.items if item.record is not None}
    for row in queries_gates.checks(session, review.id):
        if row.code in answers:
            row.state = CheckState.MET if answers[row.code] else CheckState.UNMET
    session.flush()
