"""Reports of the world (上报): one at each point where a verb applies, made by another manager."""

import atexit
import shutil
import tempfile
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlmodel import Session

from pilot.domain.report_calendar import After, CalendarRule
from pilot.domain.report_periods import PeriodKind
from pilot.reports import packs
from pilot.reports.report_sheets import look
from pilot.services import filings, own_deadlines, unlocking
from pilot.services.command import within
from pilot.store import queries_filings
from tests.factories import NOON, Team, clock

FOLDER = Path(tempfile.mkdtemp(prefix="pilot-packs-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
LOOK = partial(look, folder=FOLDER)
FREEZING = {"look": LOOK, "build": packs.build, "folder": FOLDER}
TEMPLATE = "R8"  # a report without rows as long as nothing is corrected
UNTIL = (NOON + timedelta(days=3)).date()
WHY = {"reason": "示例理由"}
Ids = dict[str, int]


def objects(session: Session, team: Team, mark: str) -> Ids:
    """Reports begun, sent, found right, frozen, asked to be unlocked, unlocked."""
    by = team.manager
    begun = {
        name: filings.start(session, TEMPLATE, period, by=by, at=clock(session)).id
        for name, period in _PERIODS.items()
    }
    filings.explain(session, begun["f_open"], ["R8-1/x"], "示例说明", by=by, at=clock(session))
    for name in tuple(_PERIODS)[1:]:
        filings.submit(session, begun[name], by=by, at=clock(session), look=LOOK)
    for name in tuple(_PERIODS)[2:]:
        filings.approve(session, begun[name], by=team.decider, at=clock(session))
    for name in tuple(_PERIODS)[3:]:
        filings.freeze(session, begun[name], by=team.decider, at=clock(session), **FREEZING)
    for name in ("f_asked", "f_unlocked"):
        unlocking.ask(session, begun[name], by=by, at=clock(session), reason=f"{mark}理由")
    unlocking.unlock(session, begun["f_unlocked"], UNTIL, by=team.decider, at=clock(session), **WHY)
    days = CalendarRule(After(1, 1), After(1, 8), After(1, 9))
    within(own_deadlines.save)(
        session, PeriodKind.MONTH, "R3", days, by=by, at=clock(session), **WHY
    )
    [rule] = queries_filings.rule_versions(session, team.base.id, "R2-01")
    pack = queries_filings.last_edition(session, begun["f_frozen"]).pack_id
    return begun | {"rule": rule.id, "pack": pack}


def ended(session: Session, team: Team, own: Ids) -> None:
    """The unlocked report is locked again before its day."""
    unlocking.relock(session, own["f_unlocked"], by=team.decider, at=clock(session), **WHY)


def closed(own: Ids) -> Ids:
    """The same where no move is left: frozen, or not unlocked."""
    return dict.fromkeys(_PERIODS, own["f_frozen"]) | {"f_frozen": own["f_open"]}


_PERIODS = {
    "f_open": "2026-05",
    "f_sent": "2026-04",
    "f_approved": "2026-03",
    "f_frozen": "2026-02",
    "f_asked": "2026-01",
    "f_unlocked": "2025-12",
}
