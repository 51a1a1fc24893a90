"""The papers that the gates ahead ask for, and which of them are settled."""

from sqlalchemy import ColumnElement, Select, and_, case, func, or_
from sqlmodel import col, select

from pilot.domain.moment import Moment
from pilot.domain.vocabulary import EvidenceState, HazardClass, Requirement
from pilot.store.models import ChecklistItem, Evidence, Project, ProjectSpan


def settled(view: Moment) -> ColumnElement:
    """Whether a paper of the checklist is settled: qualified and valid, or waived where it may."""
    valid = or_(col(Evidence.valid_until).is_(None), Evidence.valid_until >= view.as_of)
    return or_(
        and_(Evidence.state == EvidenceState.QUALIFIED, valid),
        and_(
            Evidence.state == EvidenceState.NOT_APPLICABLE,
            ChecklistItem.requirement != Requirement.REQUIRED,
        ),
    )


def gate_papers(view: Moment, *columns: ColumnElement) -> Select:
    """Every paper the next gate of each span asks for, joined with how it stands.

    Which spans these are is for the caller to say.
    """
    span, item = ProjectSpan, ChecklistItem
    hazardous = or_(col(Project.key_hazards), func.coalesce(Project.hazard_process, "") != "")
    hazard = case((hazardous, HazardClass.HAZARDOUS.value), else_=HazardClass.GENERAL.value)
    return (
        select(*columns)
        .select_from(span)
        .join(Project, col(Project.id) == col(span.project_id))
        .join(
            item,
            and_(
                item.base_id == span.base_id,
                item.gate == span.next_gate,
                col(item.active),
                col(item.doc_code).is_not(None),
                item.requirement != Requirement.ADVISORY,
                or_(item.hazard_class == HazardClass.ANY, item.hazard_class == hazard),
            ),
        )
        .join(
            Evidence,
            and_(
                Evidence.project_id == span.project_id,
                Evidence.doc_code == item.doc_code,
                Evidence.known_from <= view.known_at,
                Evidence.known_to > view.known_at,
            ),
            isouter=True,
        )
    )
