"""Handing over the results somebody is responsible for (移交成果), as a whole and for a reason."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from pilot.domain.errors import Conflict, Invalid
from pilot.domain.people import Actor
from pilot.services import consequences
from pilot.services.command import verb
from pilot.store import queries, queries_registry
from pilot.store.models import Person

LONGEST_REASON = 300


@verb("result.hand_over")
def hand_over(
    session: Session,
    person_id: int,
    to_id: int,
    *,
    result_ids: Collection[int],
    by: Actor,
    at: datetime,
    reason: str,
) -> Person:
    """Make another person responsible for all results of one; `result_ids` are those shown.

    Who is responsible moves no count. Conflict if the list is no longer what was shown.
    """
    person = queries.one(session, Person, by.base_id, person_id)
    to = queries.one(session, Person, by.base_id, to_id)
    if person.id == to.id:
        raise Invalid("to_id", "请选择另一位人员接手。")
    if not 2 <= len(reason.strip()) <= LONGEST_REASON:
        raise Invalid("reason", f"请写明移交理由（2 至 {LONGEST_REASON} 字），如调离、退休。")
    led = queries_registry.results_led_by(session, person.id)
    if not led or {row.id for row in led} != set(result_ids):
        raise Conflict(f"{person.name}负责的成果已有变化，没有移交；请核对下面的名单后再试。")
    for row in led:
        row.contact_id = to.id
    consequences.of_names(session, result_ids, at=at)
    return to
