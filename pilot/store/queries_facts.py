"""The facts M1 and M2 judge, for some projects or a whole base; a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Select, bindparam
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
from pilot.store.asked import Ids, OfBase
from pilot.store.models import (
    Decision,
    Evidence,
    Landing,
    LandingStep,
    Organisation,
    Project,
    PublicFact,
)

COUNTED_PAPERS = ("D05", "D06")
_BASE = bindparam("base")


def _reports(column) -> Select:
    return select(PublicFact).where(
        PublicFact.base_id == _BASE,
        col(column).is_not(None),
        col(PublicFact.suggests).is_not(None),
        col(PublicFact.as_of).is_not(None),
    )


_PROJECTS = OfBase(
    select(Project).where(Project.base_id == _BASE).order_by(col(Project.id)), Project.id
)
_DECISIONS = OfBase(select(Decision).where(Decision.base_id == _BASE), Decision.project_id)
_PAPERS = OfBase(
    select(Evidence).where(
        Evidence.base_id == _BASE,
        Evidence.known_to == FOREVER,
        col(Evidence.doc_code).in_(COUNTED_PAPERS),
    ),
    Evidence.project_id,
)
_PLANTS = OfBase(
    select(Landing, Organisation.reg_area)
    .join(Organisation, col(Organisation.id) == col(Landing.entity_id))
    .where(Landing.base_id == _BASE)
    .order_by(col(Landing.id)),
    Landing.project_id,
)
_STEPS = OfBase(
    select(LandingStep)
    .where(LandingStep.base_id == _BASE)
    .order_by(col(LandingStep.reached_on), col(LandingStep.id)),
    LandingStep.landing_id,
)
_OF_PROJECTS = OfBase(_reports(PublicFact.project_id), PublicFact.project_id)
_OF_RESULTS = OfBase(_reports(PublicFact.result_id), PublicFact.result_id)


def pilot_facts(session: Session, base_id: int, ids: Ids = None) -> list[PilotFact]:
    """What M1 looks at, one fact a project; every project of the base when `ids` is None."""
    passed = _passed(session, base_id, ids)
    papers = _papers(session, base_id, ids)
    reports = _reports_of_projects(session, base_id, ids)
    return [
        _pilot_fact(project, passed, papers, reports)
        for project in _PROJECTS.rows(session, base_id, ids)
    ]


def industry_facts(session: Session, base_id: int, ids: Ids = None) -> list[IndustryFact]:
    """What M2 looks at, one fact a project."""
    passed = _passed(session, base_id, ids)
    plants = _plants(session, base_id, ids)
    reports = _reports_of_projects(session, base_id, ids)
    return [
        _industry_fact(project, passed, plants[project.id], reports[project.id])
        for project in _PROJECTS.rows(session, base_id, ids)
    ]


def _passed(session: Session, base_id: int, ids: Ids) -> dict[tuple[int, Gate], Decision]:
    """The first standing pass of each gate of each project."""
    rows = list(_DECISIONS.rows(session, base_id, ids))
    first: dict[tuple[int, Gate], Decision] = {}
    for row in sorted(queries_gates.standing(rows), key=lambda d: (d.held_on, d.id)):
        if row.conclusion in PASSING:
            first.setdefault((row.project_id, row.gate), row)
    return first


def _papers(session: Session, base_id: int, ids: Ids) -> dict[tuple[int, str], Evidence]:
    rows = _PAPERS.rows(session, base_id, ids)
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
    rows = list(_PLANTS.rows(session, base_id, ids))
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
    found: dict[int, list[StepFact]] = defaultdict(list)
    for step in _STEPS.rows(session, base_id, ids):
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


def _reports_of_projects(session: Session, base_id: int, ids: Ids) -> dict[int, list[Report]]:
    return _by_subject((row.project_id, row) for row in _OF_PROJECTS.rows(session, base_id, ids))


def reports_of_results(session: Session, base_id: int, ids: Ids) -> dict[int, list[Report]]:
    """What public sources say of results and would count, by result."""
    return _by_subject((row.result_id, row) for row in _OF_RESULTS.rows(session, base_id, ids))


def _by_subject(told: Iterable[tuple[int, PublicFact]]) -> dict[int, list[Report]]:
    found: dict[int, list[Report]] = defaultdict(list)
    for about, row in told:
        source = Source("public_fact", row.id)
        found[about].append(Report(Indicator(row.suggests), row.as_of, source))
    return found
