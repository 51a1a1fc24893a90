"""How submissions are judged in a base (审核规则), as its people read it."""

from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session

from pilot.domain.people import Actor
from pilot.services.reads import read
from pilot.store import queries_submissions
from pilot.store.models import ReviewPolicy


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules in force; `two_person_amount` in 万元, `id` None while nobody has set any."""

    id: int | None
    rev: int
    two_person_amount: Decimal
    own_organisation: bool


@read("review_policy.read")
def policy(session: Session, reader: Actor) -> Policy:
    """The rules of the reader's base."""
    row = queries_submissions.policy(session, reader.base_id)
    if row is None:
        fields = ReviewPolicy.model_fields
        amount, own = fields["two_person_amount"].default, fields["own_organisation"].default
        return Policy(None, 0, amount, own)
    return Policy(row.id, row.rev, row.two_person_amount, row.own_organisation)
