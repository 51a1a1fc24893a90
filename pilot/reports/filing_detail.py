"""One report of one period with everything that stands beside it (上报详情)."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from pilot.domain.errors import NotFound, PilotError
from pilot.domain.filings import MOVES, Facts, Side, check_move
from pilot.domain.moment import local_day, minute
from pilot.domain.people import Actor, check_may, may
from pilot.domain.preflight import Sheet
from pilot.domain.report_calendar import Window
from pilot.domain.report_periods import period as read_period
from pilot.domain.vocabulary import FilingState
from pilot.reports.filing_lines import Line, base_of, line_of
from pilot.reports.report_sheets import look
from pilot.services import filing_lines, filings, precheck, report_sheets
from pilot.services.importing import under_way
from pilot.services.precheck import Judged
from pilot.services.reads import read
from pilot.services.report_sheets import Wanted
from pilot.store import journal_reading, queries_filings
from pilot.store.files import Place
from pilot.store.models import FilingEdition, ReportFiling

RESCHEDULED = "调整期限"
LATE = "corrections"  # the source of what came late or fell away (补报与核减)


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a report's thread."""

    who: str
    at: str
    act: str
    text: str


@dataclass(frozen=True, slots=True)
class Unlocked:
    """An exception (解锁) as it is listed: why, who, until when, how it ended."""

    title: str
    period: str
    reason: str
    asker: str
    asked_at: str
    approver: str
    until: str
    ended: str


@dataclass(frozen=True, slots=True)
class Edition:
    """One freezing: its number, pack, instants and the three signers."""

    number: int
    pack_id: int
    frozen_at: str
    cut_off: str
    signers: Mapping[Side, str]


@dataclass(frozen=True, slots=True)
class Detail:
    """A report and what this reader may do about it.

    `refusals` says for each move why this reader cannot make it now; a move that is not in it is
    open. `judged` is None for who sees only what was filed, and after the freezing. `by_rule` are
    the days that the calendar's rule gives this period, whatever its line says.
    """

    line: Line
    rev: int
    since: str
    cut_off: str
    people: Mapping[Side, str]
    judged: Judged | None
    importing: tuple[str, ...]
    late: Sheet
    thread: tuple[Said, ...]
    exceptions: tuple[Unlocked, ...]
    editions: tuple[Edition, ...]
    unlock_asked: str
    by_rule: Window
    refusals: Mapping[str, str]

    @property
    def returned(self) -> str:
        """Why the report was sent back (退回理由), while it is; only for who reads the thread."""
        if self.line.state is not FilingState.RETURNED:
            return ""
        titles = {MOVES[action].title for action in ("send_back", "decline")}
        return next((one.text for one in reversed(self.thread) if one.act in titles), "")


@read("filing.read")
def by_id(session: Session, actor: Actor, filing_id: int, now: datetime, folder: Place) -> Detail:
    """The report of this id; `folder` is where frozen packs lie."""
    row = session.get(ReportFiling, filing_id)
    if row is None:
        raise NotFound("没有找到这期上报。")
    base_of(session, actor, row.base_id)
    return _detail(session, actor, row, now, folder)


@read("filing.read")
def by_period(
    session: Session,
    actor: Actor,
    template: str,
    period: str,
    now: datetime,
    folder: Place,
    base_id: int | None = None,
) -> Detail:
    """The report of a template and a period, also one whose line is not made yet."""
    base = base_of(session, actor, base_id)
    found = report_sheets.period(session, base, template, period, local_day(now))
    row = queries_filings.filing(session, base, template, found.key)
    if row is None:
        rule = filing_lines.rule_of(session, base, found.kind, template)
        row = filing_lines.blank(base, template, found, rule, now)
    return _detail(session, actor, row, now, folder)


@read("filing.read")
def exceptions(session: Session, actor: Actor, base_id: int | None = None) -> list[Unlocked]:
    """Every exception there was in a base, the latest first."""
    base = base_of(session, actor, base_id)
    return _exceptions(session, base, None)


def _detail(
    session: Session, actor: Actor, row: ReportFiling, now: datetime, folder: Place
) -> Detail:
    today, seen = local_day(now), functools.partial(look, folder=folder)
    wanted = read_period(row.period)
    template = report_sheets.template_line(session, row.base_id, row.template, wanted.kind)
    unlock = queries_filings.open_unlock(session, row.id) if row.id else None
    editions = queries_filings.editions(session, row.id) if row.id else []
    since = journal_reading.begun_on(session, row.base_id)
    line = line_of(row, template, today, since, unlock, editions[0].pack_id if editions else None)
    signed = [each for one in editions for each in (one.maker_id, one.checker_id, one.head_id)]
    names = queries_filings.names(session, [row.maker_id, row.checker_id, row.head_id, *signed])
    at_work = may(actor, "filing.submit") and line.state is not FilingState.FROZEN
    known_at = filings.known_until(session, row, now)
    return Detail(
        line=line,
        rev=row.rev,
        since=minute(row.turn_since),
        cut_off=minute(row.cut_off),
        people=_people((row.maker_id, row.checker_id, row.head_id), names),
        judged=precheck.judged(session, row, known_at, seen) if at_work else None,
        importing=under_way.warnings(session, row.base_id) if at_work else (),
        late=seen(session, Wanted(row.base_id, LATE, wanted, known_at)),
        thread=tuple(_thread(session, row) if may(actor, "filing.comment") else ()),
        exceptions=tuple(_exceptions(session, row.base_id, row.id) if row.id else ()),
        editions=tuple(_edition(one, names) for one in editions),
        unlock_asked=unlock.reason if unlock and unlock.approved_by is None else "",
        by_rule=filing_lines.rule_of(session, row.base_id, wanted.kind, row.template).window(
            row.ends_on
        ),
        refusals=dict(_refusals(session, actor, row, today, now)),
    )


def _edition(one: FilingEdition, names: Mapping[int, str]) -> Edition:
    people = _people((one.maker_id, one.checker_id, one.head_id), names)
    return Edition(one.number, one.pack_id, minute(one.frozen_at), minute(one.cut_off), people)


def _people(ids: tuple[int | None, ...], names: Mapping[int, str]) -> dict[Side, str]:
    return {side: names.get(each, "") for side, each in zip(Side, ids, strict=True)}


def _thread(session: Session, row: ReportFiling) -> list[Said]:
    if row.id is None:
        return []
    return [
        Said(who, minute(said.recorded_at), _title(said.action), said.text)
        for said, who in queries_filings.comments(session, row.id)
    ]


def _title(action: str | None) -> str:
    if action in MOVES:
        return MOVES[action].title
    return {"reschedule": RESCHEDULED, "task": "催办"}.get(action or "", "意见")


def _exceptions(session: Session, base: int, filing_id: int | None) -> list[Unlocked]:
    titles = report_sheets.titles(session, base)
    return [
        Unlocked(
            title=titles.get(row.template, row.template),
            period=row.period,
            reason=unlock.reason,
            asker=asker,
            asked_at=minute(unlock.asked_at),
            approver=approver or "",
            until=unlock.until.isoformat() if unlock.until else "",
            ended=unlock.ended_how or ("等待批准" if unlock.until is None else "解锁中"),
        )
        for unlock, row, asker, approver in queries_filings.unlocks(
            session, base, filing_id=filing_id
        )
    ]


def _refusals(session: Session, actor: Actor, row: ReportFiling, today: date, now: datetime):
    """Why this reader cannot make each move: the very sentences of the verbs."""
    known = filings.facts(session, row, now) if row.id else Facts(row.state, today)
    for action, made in [*MOVES.items(), ("comment", None), ("schedule", None)]:
        try:
            check_may(actor, f"filing.{action}")
            if actor.base_id != row.base_id:
                raise NotFound("这是另一个基地的上报，只能查看。")
            if made is not None:
                check_move(action, known, actor, "·" if made.needs_reason else None)
        except PilotError as error:
            yield action, error.message
