"""Goals of a year (年度目标) and the years that have been reported (已上报年度)."""

from datetime import datetime

from sqlmodel import Session

from pilot.domain.draft_counting import EARLIEST, TargetDraft, checked_target
from pilot.domain.errors import Conflict, Invalid
from pilot.domain.moment import local_day
from pilot.domain.people import Actor
from pilot.services.command import verb
from pilot.store import queries_goals
from pilot.store.models import Filing, Target


@verb("target.save")
def save_target(
    session: Session, draft: TargetDraft, *, by: Actor, at: datetime, reason: str = ""
) -> Target:
    """Set or change a year's goal, with the text it comes from; a change needs its reason."""
    draft = checked_target(draft, local_day(at))
    row = queries_goals.target(session, by.base_id, draft.year, draft.indicator, draft.scope)
    if row is None:
        row = Target(
            base_id=by.base_id,
            year=draft.year,
            indicator=draft.indicator,
            scope=draft.scope,
            goal=draft.goal,
            source=draft.source,
            recorded_at=at,
        )
        session.add(row)
        session.flush()
        return row
    if (row.goal, row.source) == (draft.goal, draft.source):
        raise Conflict(f"{draft.year} 年度的这项目标已经是 {row.goal}，没有可保存的变更。")
    if not reason.strip():
        raise Invalid("reason", f"这项目标已定为 {row.goal}；改动必须写明依据。")
    row.goal, row.source = draft.goal, draft.source
    return row


@verb("year.file")
def file_year(
    session: Session, year: int, *, by: Actor, at: datetime, cut_off: datetime, note: str
) -> Filing:
    """Say that a year has been reported (已上报) as the ledger stood at `cut_off`.

    What is recorded later about that year is shown as 补报 or 核减. A year is reported once.
    """
    _check_filing(session, by.base_id, year, cut_off, note, at)
    row = Filing(
        base_id=by.base_id,
        year=year,
        cut_off=cut_off,
        note=note.strip(),
        by_id=by.id,
        recorded_at=at,
    )
    session.add(row)
    session.flush()
    return row


def _check_filing(
    session: Session, base_id: int, year: int, cut_off: datetime, note: str, at: datetime
) -> None:
    if not EARLIEST <= year <= local_day(at).year:
        raise Invalid("year", f"{year} 年度还没有开始或不在范围内，不能登记为已上报。")
    if cut_off > at:
        raise Invalid("cut_off", "上报截止时间不能晚于现在。")
    if local_day(cut_off).year < year:
        raise Invalid("cut_off", f"上报截止时间早于 {year} 年，请核对。")
    if not 1 <= len(note.strip()) <= 300:
        raise Invalid("note", "请用 300 个字以内写明上报情况，例如报送对象、文号和报送日期。")
    for filing, who in queries_goals.filings(session, base_id):
        if filing.year == year:
            day = local_day(filing.recorded_at)
            raise Conflict(f"{year} 年度已由 {who} 于 {day} 登记为已上报，不能重复登记。")
