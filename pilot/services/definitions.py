"""Definitions of the indicators (指标口径): a new version, and every unit judged anew."""

from datetime import datetime, timedelta

from sqlmodel import Session

from pilot.domain.draft_counting import DefinitionDraft, checked_definition
from pilot.domain.errors import Conflict, Invalid
from pilot.domain.moment import FOREVER_DAY, local_day
from pilot.domain.people import Actor
from pilot.services import claiming
from pilot.services.command import verb
from pilot.store import queries_counting, queries_goals
from pilot.store.models import Definition

_SAYS = ("text", "headline", "admission_event", "threshold", "locality", "include_four_tech")


@verb("definition.save")
def save_definition(
    session: Session, draft: DefinitionDraft, *, by: Actor, at: datetime, reason: str
) -> Definition:
    """Put a new version of a definition in force from its first day on (口径变更).

    The version of the days before ends the day before; one that would begin on the same day or
    later is superseded. Then every unit of the base is judged anew.
    """
    filed = queries_goals.filed_years(session, by.base_id)
    draft = checked_definition(draft, filed, local_day(at))
    if not reason.strip():
        raise Invalid("reason", "变更口径必须写明依据，例如文件名称和文号。")
    standing = [
        row
        for row in queries_counting.definitions(session, by.base_id)
        if row.indicator is draft.indicator
    ]
    _check_changes(draft, standing)
    _make_way(standing, draft, at)
    row = _row(session, draft, by, at)
    session.add(row)
    session.flush()
    said = f"口径变更 {row.indicator} v{row.version}：{reason.strip()}"
    claiming.recount(session, by.base_id, at=at, reason=said[:500])
    return row


def _check_changes(draft: DefinitionDraft, standing: list[Definition]) -> None:
    """Raise Conflict if nothing would be different on any day."""
    governing = [row for row in standing if row.valid_from <= draft.valid_from <= row.valid_to]
    later = [row for row in standing if row.valid_from > draft.valid_from]
    same = [row for row in governing if all(getattr(row, n) == getattr(draft, n) for n in _SAYS)]
    if same and not later:
        raise Conflict(f"与现行的第 {same[-1].version} 版口径完全相同，没有可保存的变更。")


def _make_way(standing: list[Definition], draft: DefinitionDraft, at: datetime) -> None:
    for row in standing:
        if row.valid_from >= draft.valid_from:
            row.superseded_at = at
        elif row.valid_to >= draft.valid_from:
            row.valid_to = draft.valid_from - timedelta(days=1)


def _row(session: Session, draft: DefinitionDraft, by: Actor, at: datetime) -> Definition:
    last = queries_goals.last_version(session, by.base_id, draft.indicator)
    return Definition(
        base_id=by.base_id,
        indicator=draft.indicator,
        version=last + 1,
        valid_from=draft.valid_from,
        valid_to=FOREVER_DAY,
        headline=draft.headline,
        admission_event=draft.admission_event,
        threshold=draft.threshold,
        locality=draft.locality,
        include_four_tech=draft.include_four_tech,
        text=draft.text,
        approved_by=by.id,
        recorded_at=at,
    )
