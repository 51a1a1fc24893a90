"""One's own drafts of report templates (模板草稿), to go on with."""

from dataclasses import dataclass

from sqlmodel import Session

from pilot.domain import template_drafts
from pilot.domain.moment import minute
from pilot.domain.people import Actor
from pilot.domain.report_templates import Template
from pilot.services.reads import read
from pilot.store import queries_packs


@dataclass(frozen=True, slots=True)
class Draft:
    """What was being made of a template: of which version (0: a new one), saved when."""

    template: Template
    version: int
    saved_at: str


@read("report_template.save")
def found(session: Session, actor: Actor, start: str) -> Draft | None:
    """The reader's own draft from a start; None if there is none, or none that can be read."""
    row = queries_packs.draft(session, actor.id, start)
    if row is None:
        return None
    try:
        template = template_drafts.read(row.body)
    except (ValueError, KeyError, TypeError):
        return None
    return Draft(template, row.version, minute(row.saved_at))
