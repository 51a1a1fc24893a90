"""The facts M1 and M2 judge, for some projects or a whole base; a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import TypeVar

from sqlmodel import Session, col, select

from pilot.domain.counting import (
    IndustryFact,
    PilotFact,
    PlantFact,
    Report,
    Source,
    StepFact,
)
from pilot.domain.moment import FOREVER
from pilot.domain.vocabulary import PASSING, EvidenceState, Gate, Indicator, State
from pilot.store import queries_gates
from pilot.store.models import (
    Decision,
    Evidence,
    Landing,
    LandingStep,
    Organisation,
    Project,
    PublicFact,
)

Row = TypeVar("Row")
Ids = Collection[int] | None
COUNTED_PAPERS = ("D05", "D06")


def pilot_facts(session: Session, base_id: int, ids: Ids = None) -> list[PilotFact]:
    """What M1 looks at, one fact a project; every project of the base when `ids` is None."""
    passed = _passed(session, base_id, ids)
    papers = _papers(session, base_id, ids)
    reports = reports_of(session, base_id, PublicFact.project_id, ids)
    return [
        _pilot_fact(project, passed, papers, reports)
        for project in _projects(session, base_id, ids)
    ]


def industry_facts(session: Session, base_id: int, ids: Ids = None) -> list[IndustryFact]:
    """What M2 looks at, one fact a project."""
    passed = _passed(session, base_id, ids)
    plants = _plants(session, base_id, ids)
    reports = reports_of(session, base_id, PublicFact.project_id, ids)
    return [
        _industry_fact(project, passed, plants[project.id], reports[project.id])
        for project in _projects(session, base_id, ids)
    ]


def within(query, column, ids: Ids):
    return query if ids is None else query.where(column.in_(list(ids)))


def _projects(session: Session, base_id: int, ids: Ids) -> Sequence[Project]:
    query = select(Project).where(Project.base_id == base_id).order_by(col(Project.id))
    return session.exec(within(query, col(Project.id), ids)).all()


def _passed(session: Session, base_id: int, ids: Ids) -> dict[tuple[int, Gate], Decision]:
    """The first standing pass of each gate of each project."""
    query = select(Decision).where(Decision.base_id == base_id)
    rows = session.exec(within(query, col(Decision.project_id), ids)).all()
    first: dict[tuple[int, Gate], Decision] = {}
    for row in sorted(queries_gates.standing(rows), key=lambda d: (d.held_on, d.id)):
        if row.conclusion in PASSING:
            first.setdefault((row.project_id, row.gate), row)
    return first


def _papers(session: Session, base_id: int, ids: Ids) -> dict[tuple[int, str], Evidence]:
    query = select(Evidence).where(
        Evidence.base_id == base_id,
        Evidence.known_to == FOREVER,
        col(Evidence.doc_code).in_(COUNTED_PAPERS),
    )
    rows = session.exec(within(query, col(Evidence.project_id), ids))
    return {(row.project_id, row.doc_code): row for row in rows}


def _pilot_fact(project, passed, papers, reports) -> PilotFact:
    review = passed.get((project.id, Gate.G1))
    feed = passed.get((project.id, Gate.G2))
    agreement = papers.get((project.id, "D06"))
    scheme = papers.get((project.id, "D05"))
    return PilotFact(
        project_id=project.id,
        purpose=project.purpose,
        in_base=project.in_base,
        voided=project.state is State.VOIDED,
        merged=project.state is State.MERGED,
        continues_parent=project.continues_parent,
        framework_agreement=project.framework_agreement,
        own_scheme=bool(scheme and scheme.state is EvidenceState.QUALIFIED),
        review_on=review.held_on if review else None,
        review_by=review.decided_by if review else None,
        review_source=Source("decision", review.id) if review else None,
        agreement_on=agreement.issued_on if agreement else None,
        agreement_proven=bool(agreement and agreement.state is EvidenceState.QUALIFIED),
        agreement_source=Source("evidence", agreement.id) if agreement else None,
        first_feed_on=feed.held_on if feed else None,
        first_feed_source=Source("decision", feed.id) if feed else None,
        reports=tuple(reports[project.id]),
    )


def _industry_fact(project, passed, plants, reports) -> IndustryFact:
    accepted = passed.get((project.id, Gate.G3))
    return IndustryFact(
        project_id=project.id,
        in_base=project.in_base,
        voided=project.state is State.VOIDED,
        merged=project.state is State.MERGED,
        accepted_on=accepted.held_on if accepted else None,
        accepted_by=accepted.decided_by if accepted else None,
        accepted_source=Source("decision", accepted.id) if accepted else None,
        plants=tuple(plants),
        reports=tuple(reports),
    )


def _plants(session: Session, base_id: int, ids: Ids) -> dict[int, list[PlantFact]]:
    query = (
        select(Landing, Organisation.reg_area)
        .join(Organisation, col(Organisation.id) == col(Landing.entity_id))
        .where(Landing.base_id == base_id)
        .order_by(col(Landing.id))
    )
    rows = session.exec(within(query, col(Landing.project_id), ids)).all()
    steps = _steps(session, base_id, None if ids is None else [plant.id for plant, _ in rows])
    found: dict[int, list[PlantFact]] = defaultdict(list)
    for plant, area in rows:
        found[plant.project_id].append(
            PlantFact(
                landing_id=plant.id,
                entity_area=area,
                site_area=plant.site_area,
                linked=plant.principal_id is not None,
                waiver=bool(plant.pilot_waiver),
                steps=tuple(steps[plant.id]),
                source=Source("landing", plant.id),
            )
        )
    return found


def _steps(session: Session, base_id: int, ids: Ids) -> dict[int, list[StepFact]]:
    query = (
        select(LandingStep)
        .where(LandingStep.base_id == base_id)
        .order_by(col(LandingStep.reached_on), col(LandingStep.id))
    )
    found: dict[int, list[StepFact]] = defaultdict(list)
    for step in session.exec(within(query, col(LandingStep.landing_id), ids)):
        fact = StepFact(
            level=step.level,
            on=step.reached_on,
            verified=step.verified_by is not None,
            verified_by=step.verified_by,
            withdrawn_on=step.withdrawn_on,
            source=Source("landing_step", step.id),
        )
        found[step.landing_id].append(fact)
    return found


def reports_of(session: Session, base_id: int, column, ids: Ids) -> dict[int, list[Report]]:
    query = select(PublicFact).where(
        PublicFact.base_id == base_id,
        col(column).is_not(None),
        col(PublicFact.suggests).is_not(None),
        col(PublicFact.as_of).is_not(None),
    )
    found: dict[int, list[Report]] = defaultdict(list)
    for row in session.exec(within(query, col(column), ids)):
        about = row.project_id if column is PublicFact.project_id else row.result_id
        source = Source("public_fact", row.id)
        found[about].append(Report(Indicator(row.suggests), row.as_of, source))
    return found
