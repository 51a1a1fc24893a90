"""What a gate looks at: rounds, checks, cards, decisions, papers, conditions, runs, plans."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from pilot.domain.moment import FOREVER
from pilot.domain.places import is_local_entity, is_local_site
from pilot.domain.vocabulary import PASSING, Gate, HazardClass
from pilot.store.models import (
    Account,
    ChecklistItem,
    Condition,
    Consolidation,
    Decision,
    Evidence,
    GatePlan,
    Landing,
    LandingStep,
    Move,
    Organisation,
    PilotRun,
    Project,
    Review,
    ReviewCheck,
    Scorecard,
)

# Built once: every command about a project asks them.
_DECISIONS = (
    select(Decision)
    .where(Decision.project_id == bindparam("project"))
    .order_by(col(Decision.decided_at), col(Decision.id))
)
_PLANS = select(GatePlan).where(
    GatePlan.project_id == bindparam("project"), GatePlan.known_to == FOREVER
)


def checklist(
    session: Session, base_id: int, gate: Gate, *, hazardous: bool
) -> Sequence[ChecklistItem]:
    """The active checklist of a gate for a hazard class, in order."""
    hazard = HazardClass.HAZARDOUS if hazardous else HazardClass.GENERAL
    query = (
        select(ChecklistItem)
        .where(
            ChecklistItem.base_id == base_id,
            ChecklistItem.gate == gate,
            col(ChecklistItem.active),
            col(ChecklistItem.hazard_class).in_([HazardClass.ANY, hazard]),
        )
        .order_by(col(ChecklistItem.position), col(ChecklistItem.id))
    )
    return session.exec(query).all()


def papers_asked(session: Session, base_id: int, project_id: int) -> Sequence[ChecklistItem]:
    """Every paper that a gate of the active checklist asks of a project, by gate and position."""
    project = session.get(Project, project_id)
    hazard = HazardClass.HAZARDOUS if project.hazardous else HazardClass.GENERAL
    query = (
        select(ChecklistItem)
        .where(
            ChecklistItem.base_id == base_id,
            col(ChecklistItem.active),
            col(ChecklistItem.doc_code).is_not(None),
            col(ChecklistItem.hazard_class).in_([HazardClass.ANY, hazard]),
        )
        .order_by(col(ChecklistItem.gate), col(ChecklistItem.position))
    )
    return session.exec(query).all()


def open_review(session: Session, project_id: int) -> Review | None:
    """The round that waits for a decision."""
    return session.exec(
        select(Review).where(Review.project_id == project_id, col(Review.closed_at).is_(None))
    ).first()


def rounds(session: Session, project_id: int, gate: Gate) -> int:
    """How many rounds the gate has had."""
    query = select(func.count()).where(Review.project_id == project_id, Review.gate == gate)
    return session.exec(query).one()


def checks(session: Session, review_id: int) -> Sequence[ReviewCheck]:
    """The criteria of a round, in order."""
    return session.exec(
        select(ReviewCheck)
        .where(ReviewCheck.review_id == review_id)
        .order_by(col(ReviewCheck.position), col(ReviewCheck.id))
    ).all()


def cards(session: Session, review_id: int) -> Sequence[Scorecard]:
    """Both cards of a round, submitted or not, by seat."""
    return session.exec(
        select(Scorecard).where(Scorecard.review_id == review_id).order_by(col(Scorecard.seat))
    ).all()


def consolidations(session: Session, review_id: int) -> Sequence[Consolidation]:
    """The agreed scores of a round."""
    return session.exec(select(Consolidation).where(Consolidation.review_id == review_id)).all()


def decisions(session: Session, project_id: int) -> Sequence[Decision]:
    """Every decision of a project, superseded ones too, oldest first."""
    return session.exec(_DECISIONS, params={"project": project_id}).all()


def standing(all_decisions: Sequence[Decision]) -> list[Decision]:
    """Of each round only the decision that stands: the highest sequence."""
    last: dict[int, Decision] = {}
    for decision in all_decisions:
        kept = last.get(decision.review_id)
        if kept is None or decision.sequence > kept.sequence:
            last[decision.review_id] = decision
    return list(last.values())


def passed_gates(session: Session, project_id: int) -> frozenset[Gate]:
    """The gates a project has passed, by the decisions that stand."""
    live = standing(decisions(session, project_id))
    return frozenset(d.gate for d in live if d.conclusion in PASSING)


def papers(session: Session, project_id: int, known_at: datetime = FOREVER) -> list[Evidence]:
    """The papers of a project as known then (now, unless told), one row a document code."""
    query = select(Evidence).where(Evidence.project_id == project_id)
    if known_at >= FOREVER:
        query = query.where(Evidence.known_to == FOREVER)
    else:
        query = query.where(Evidence.known_from <= known_at, Evidence.known_to > known_at)
    return list(session.exec(query.order_by(col(Evidence.doc_code))))


def paper(session: Session, project_id: int, doc_code: str) -> Evidence | None:
    """The current row of one paper."""
    return session.exec(
        select(Evidence).where(
            Evidence.project_id == project_id,
            Evidence.doc_code == doc_code,
            Evidence.known_to == FOREVER,
        )
    ).first()


def open_conditions(session: Session, project_id: int) -> Sequence[Condition]:
    """The conditions not yet closed, the earliest due first."""
    return session.exec(
        select(Condition)
        .where(Condition.project_id == project_id, col(Condition.closed_on).is_(None))
        .order_by(col(Condition.due_on), col(Condition.id))
    ).all()


def runs(session: Session, project_id: int) -> Sequence[PilotRun]:
    """The runs of a project, oldest first."""
    return session.exec(
        select(PilotRun).where(PilotRun.project_id == project_id).order_by(col(PilotRun.started_on))
    ).all()


def plans(session: Session, project_id: int) -> dict[Gate, GatePlan]:
    """The current plan of each gate."""
    found = session.exec(_PLANS, params={"project": project_id})
    return {plan.gate: plan for plan in found}


def moves(session: Session, project_id: int) -> Sequence[Move]:
    """The moves of a project, in the order they were recorded."""
    return session.exec(
        select(Move).where(Move.project_id == project_id).order_by(col(Move.id))
    ).all()


def landings(session: Session, project_id: int) -> Sequence[Landing]:
    """The plants of a project."""
    return session.exec(
        select(Landing).where(Landing.project_id == project_id).order_by(col(Landing.id))
    ).all()


def local_plants(session: Session, project_id: int) -> list[Landing]:
    """The plants of a project in the city whose company is registered in the city."""
    query = (
        select(Landing, Organisation.reg_area)
        .join(Organisation, col(Organisation.id) == col(Landing.entity_id))
        .where(Landing.project_id == project_id)
        .order_by(col(Landing.id))
    )
    return [
        plant
        for plant, area in session.exec(query)
        if is_local_site(plant.site_area) and is_local_entity(area)
    ]


def steps(session: Session, landing_ids: Sequence[int]) -> Sequence[LandingStep]:
    """Every step of these plants, withdrawn ones too."""
    return session.exec(
        select(LandingStep)
        .where(col(LandingStep.landing_id).in_(landing_ids))
        .order_by(col(LandingStep.level), col(LandingStep.id))
    ).all()


def same_plant(session: Session, base_id: int, investment_code: str) -> Landing | None:
    """The first plant already recorded under an investment code (项目代码)."""
    return session.exec(
        select(Landing)
        .where(
            Landing.base_id == base_id,
            Landing.investment_code == investment_code,
            col(Landing.principal_id).is_(None),
        )
        .order_by(col(Landing.id))
    ).first()


def account_name(session: Session, account_id: int) -> str:
    """The name of an account, for a sentence."""
    account = session.get(Account, account_id)
    return account.name if account else "?"
