"""How much the stored files (附件) of a project and of a person take, in bytes."""

from sqlmodel import Session, col, func, or_, select

from pilot.store.models import Attachment, Evidence, Landing, LandingStep


def bytes_of_project(session: Session, project_id: int) -> int:
    """Every version of its papers and the proofs of its plants, each file once."""
    papers = select(Evidence.attachment_id).where(Evidence.project_id == project_id)
    proofs = (
        select(LandingStep.attachment_id)
        .join(Landing, col(Landing.id) == col(LandingStep.landing_id))
        .where(Landing.project_id == project_id)
    )
    mine = or_(col(Attachment.id).in_(papers), col(Attachment.id).in_(proofs))
    return _sum(session, mine)


def bytes_of_account(session: Session, base_id: int, account_id: int) -> int:
    """Everything a person has handed in."""
    return _sum(session, Attachment.base_id == base_id, Attachment.by_id == account_id)


def _sum(session: Session, *which) -> int:
    return int(
        session.exec(select(func.coalesce(func.sum(Attachment.size), 0)).where(*which)).one()
    )
