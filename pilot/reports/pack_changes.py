"""Changed since reported (上报后的变动): a pack's rows against the same report as known now."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from pilot.domain.errors import Conflict
from pilot.domain.moment import Moment
from pilot.domain.people import Actor
from pilot.domain.report_periods import period
from pilot.reports import report_sources
from pilot.reports.pack_diff import Change, content_of, differences, explained
from pilot.reports.packs import pack_seen
from pilot.reports.report_content import Content
from pilot.reports.report_rows import Asked
from pilot.services import packs
from pilot.services.reads import read
from pilot.store import queries_packs
from pilot.store.files import Place
from pilot.store.models import ReportPack

MOST_ROWS = 5_000  # of a pack that is looked through for a number in a list


@read("report.export")
def changed_since(
    session: Session, reader: Actor, pack_id: int, folder: Place, at: datetime
) -> list[Change]:
    """What a pack would say differently if it were made at `at`: for the same days, known now.

    In the order of the pack's rows, then what is new. Empty means that nothing has changed.
    """
    pack = pack_seen(session, reader, pack_id)
    return explained(session, pack, _differences(session, pack, folder, at), at)


def counts(
    session: Session, base_id: int, pack_ids: Sequence[int], folder: Place, view: Moment
) -> dict[int, int | None]:
    """How many units each pack would say differently at the view: as many as `changed_since` has.

    None for a pack of more than MOST_ROWS rows or whose file cannot be read: not looked through.
    """
    return {
        pack.id: _count(session, pack, folder, view.known_at)
        for pack in queries_packs.by_ids(session, base_id, pack_ids)
    }


def _count(session: Session, pack: ReportPack, folder: Place, at: datetime) -> int | None:
    if pack.rows > MOST_ROWS:
        return None
    try:
        return len(_differences(session, pack, folder, at))
    except Conflict:
        return None


def _differences(session: Session, pack: ReportPack, folder: Place, at: datetime) -> list[Change]:
    before = content_of(session, pack, folder)
    view = replace(packs.view_of(period(pack.period), at), as_of=pack.as_of)
    return differences(before, content_as_of(session, pack, before, view, folder))


def content_as_of(
    session: Session, pack: ReportPack, frozen: Content, view: Moment, folder: Place
) -> Content:
    """The same report by the same version of its template, at another view."""
    template = frozen.template
    asked = Asked([pack.base_id], period(pack.period), view, template.scope, folder)
    return report_sources.content(session, template, asked)
