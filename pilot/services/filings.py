"""The report of a period (上报): start, submit, check, sign and freeze.

What goes into a report is what was known at its cut-off, set when it is submitted: whoever checks
and signs sees the very rows that were sent to them, whatever is recorded meanwhile.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from pilot.domain.errors import Conflict, Invalid
from pilot.domain.filings import Facts, Move, check_move, cut_off
from pilot.domain.moment import local_day
from pilot.domain.people import Actor
from pilot.domain.vocabulary import FilingState
from pilot.services import filing_lines, freezing, notices, precheck, report_sheets
from pilot.services.command import verb
from pilot.services.packs import Build
from pilot.services.precheck import CutOff
from pilot.services.report_sheets import Look
from pilot.store import journal_reading, queries, queries_filings, texts
from pilot.store.files import Place
from pilot.store.models import FilingComment, FilingExplanation, ReportFiling

LONGEST_REASON = 500  # characters of an opinion or a reason


@verb("filing.start")
def start(session: Session, template: str, period: str, *, by: Actor, at: datetime) -> ReportFiling:
    """Begin the report of a period (开始填报); its line is made if the calendar has not yet."""
    found = report_sheets.period(session, by.base_id, template, period, local_day(at))
    row = filing_lines.line(session, by.base_id, template, found, at)
    move(session, row, "start", by, at)
    return row


def _submit_ahead(
    session: Session, filing_id: int, *, by: Actor, at: datetime, look: Look, reason: str = ""
) -> dict[str, precheck.Ready]:
    """The pre-flight of `submit`, before its turn."""
    sequence = journal_reading.latest(session, by.base_id)  # before anything else is read
    row, asked = _to_submit(session, filing_id, by, at)
    found = precheck.judged(session, row, asked.until, look)
    return {"ready": precheck.Ready(sequence, asked, found)}


@verb("filing.submit", ahead=_submit_ahead)
def submit(
    session: Session,
    filing_id: int,
    *,
    by: Actor,
    at: datetime,
    look: Look,
    reason: str = "",
    ready: precheck.Ready | None = None,
) -> ReportFiling:
    """Hand the report to the checker (提交审核), as known at its cut-off.

    Refused with every hard finding and every soft one without its explanation.
    """
    row, asked = _to_submit(session, filing_id, by, at)
    judged = (
        ready.still(session, by.base_id, asked)
        if ready
        else precheck.judged(session, row, asked.until, look)
    )
    judged.check_open()
    until = asked.until
    row.maker_id, row.checker_id, row.head_id, row.cut_off = by.id, None, None, until
    move(session, row, "submit", by, at, reason)
    _tell(session, row, "等待审核", by, at)
    return row


@verb("filing.recall")
def recall(
    session: Session, filing_id: int, *, by: Actor, at: datetime, reason: str = ""
) -> ReportFiling:
    """Take one's own report back before it is checked (收回)."""
    row = queries.one(session, ReportFiling, by.base_id, filing_id)
    move(session, row, "recall", by, at, reason)
    row.cut_off = None
    return row


@verb("filing.approve")
def approve(
    session: Session, filing_id: int, *, by: Actor, at: datetime, reason: str = ""
) -> ReportFiling:
    """Find a report right (审核通过); never one's own."""
    row = queries.one(session, ReportFiling, by.base_id, filing_id)
    move(session, row, "approve", by, at, reason)
    row.checker_id = by.id
    _tell(session, row, "审核通过，等待签发", by, at)
    return row


@verb("filing.send_back")
def send_back(
    session: Session, filing_id: int, *, by: Actor, at: datetime, reason: str
) -> ReportFiling:
    """Return a report to its maker with what is wrong (审核退回)."""
    row = queries.one(session, ReportFiling, by.base_id, filing_id)
    move(session, row, "send_back", by, at, reason)
    return _returned(session, row, at)


@verb("filing.decline")
def decline(
    session: Session, filing_id: int, *, by: Actor, at: datetime, reason: str
) -> ReportFiling:
    """Not sign a report that was found right (不予签发); it goes back to its maker."""
    row = queries.one(session, ReportFiling, by.base_id, filing_id)
    move(session, row, "decline", by, at, reason)
    return _returned(session, row, at)


def _freeze_ahead(
    session: Session, filing_id: int, *, by: Actor, at: datetime, look: Look, reason: str = "",
    **how: Any,
) -> dict[str, freezing.Ready]:  # fmt: skip
    """The long part of `freeze`, before its turn."""
    row = queries.one(session, ReportFiling, by.base_id, filing_id)
    check_move("freeze", facts(session, row, at), by, reason)
    return freezing.prepare(session, row, look, by=by, at=at, **how)


@verb("filing.freeze", ahead=_freeze_ahead)
def freeze(
    session: Session,
    filing_id: int,
    *,
    by: Actor,
    at: datetime,
    look: Look,
    build: Build,
    folder: Place,
    reason: str = "",
    ready: freezing.Ready | None = None,
) -> ReportFiling:
    """Sign a report (签发): its rows are frozen in a pack and never change again.

    The rules are asked once more, of the same rows. A year's report closes its year in the ledger.
    """
    row = queries.one(session, ReportFiling, by.base_id, filing_id)
    check_move("freeze", facts(session, row, at), by)
    judged = ready.judged if ready else precheck.judged(session, row, row.cut_off, look)
    judged.check_open()
    row.head_id = by.id
    freezing.freeze(session, row, judged, by=by, at=at, build=build, folder=folder, ready=ready)
    move(session, row, "freeze", by, at, reason)
    _tell(session, row, f"已签发并冻结（第 {row.edition} 次）", by, at)
    return row


@verb("filing.comment")
def comment(
    session: Session, filing_id: int, text: str, *, by: Actor, at: datetime
) -> FilingComment:
    """Add a word to the thread of a report."""
    row = queries.one(session, ReportFiling, by.base_id, filing_id)
    if not text.strip() or len(text) > 1000:
        raise Invalid("text", "请写下意见，最多 1000 字。")
    return say(session, row, None, text, by, at)


@verb("filing.explain")
def explain(
    session: Session, filing_id: int, findings: Sequence[str], text: str, *, by: Actor, at: datetime
) -> ReportFiling:
    """Say why soft findings are right all the same (说明); the word travels in the pack."""
    row = queries.one(session, ReportFiling, by.base_id, filing_id)
    check_move("submit", facts(session, row, at), by)
    if not findings or not text.strip() or len(text) > 500:
        raise Invalid("text", "请写明为什么照此上报，最多 500 字。")
    known = queries_filings.explained(session, row.id)
    for finding in dict.fromkeys(findings):
        if finding in known:
            known[finding].text, known[finding].by_id = text.strip(), by.id
        else:
            session.add(
                FilingExplanation(
                    base_id=row.base_id, filing_id=row.id, finding=finding[:300],
                    text=text.strip(), by_id=by.id, recorded_at=at,
                )
            )  # fmt: skip
    session.flush()
    return row


def _to_submit(
    session: Session, filing_id: int, by: Actor, at: datetime
) -> tuple[ReportFiling, CutOff]:
    """A report that may be submitted now, and how far what is known would go into it."""
    row = queries.one(session, ReportFiling, by.base_id, filing_id)
    known = facts(session, row, at)
    check_move("submit", known, by)
    if local_day(at) < row.opens_on:
        raise Conflict(f"填报窗口 {row.opens_on} 开放，还不能提交。")
    return row, _cut_off(row, known, at)


def known_until(session: Session, row: ReportFiling, at: datetime) -> datetime:
    """Up to when what is known is in a report, or would be if it were submitted at `at`.

    What is checked before the submission thus is what will be submitted.
    """
    if row.cut_off is not None or not row.edition:  # only what was frozen can be unlocked
        return row.cut_off or cut_off(at, row.lock_on, unlocked=False)
    return _cut_off(row, facts(session, row, at), at).until


def _cut_off(row: ReportFiling, known: Facts, at: datetime) -> CutOff:
    unlocked = known.unlocked_until is not None
    return CutOff(cut_off(at, row.lock_on, unlocked=unlocked), unlocked)


def facts(session: Session, row: ReportFiling, at: datetime) -> Facts:
    """What the rules of a move look at."""
    unlock = queries_filings.open_unlock(session, row.id)
    return Facts(
        row.state,
        local_day(at),
        maker_id=row.maker_id,
        asked_by=unlock.asked_by if unlock and unlock.approved_by is None else None,
        unlocked_until=unlock.until if unlock else None,
    )


def move(
    session: Session, row: ReportFiling, action: str, by: Actor, at: datetime, reason: str = ""
) -> Move:
    """Make a legal move: the new state, whose turn since when, and the reason in the thread.

    What was told of the report before waits for nobody any more.
    """
    made = check_move(action, facts(session, row, at), by, reason)
    texts.check_length("reason", reason.strip(), LONGEST_REASON)
    notices.report_settled(session, row, at)
    if made.to is not None:
        row.state, row.turn_since = made.to, at
    say(session, row, action, reason.strip() or made.title, by, at)
    return made


def say(
    session: Session, row: ReportFiling, action: str | None, text: str, by: Actor, at: datetime
) -> FilingComment:
    """Add a line to the thread of a report."""
    said = FilingComment(
        base_id=row.base_id, filing_id=row.id, action=action, text=text.strip()[:1000],
        by_id=by.id, recorded_at=at,
    )  # fmt: skip
    session.add(said)
    session.flush()
    return said


def _returned(session: Session, row: ReportFiling, at: datetime) -> ReportFiling:
    """Back with the maker: the cut-off is open again."""
    row.cut_off, row.checker_id = None, None
    text = _named(session, row, "已退回，请按意见修改后重新提交")
    notices.tell(session, row.base_id, [row.maker_id], text, page="reports", about_id=row.id, at=at)
    return row


def _tell(session: Session, row: ReportFiling, what: str, by: Actor, at: datetime) -> None:
    """Tell everybody whom the report waits for now; after the freezing, who made it."""
    is_over = row.state is FilingState.FROZEN
    people = {row.maker_id} if is_over else filing_lines.asked(session, row)
    text = _named(session, row, what)
    told = people - {by.id}
    notices.tell(session, row.base_id, told, text, page="reports", about_id=row.id, at=at)


def _named(session: Session, row: ReportFiling, what: str) -> str:
    title = report_sheets.titles(session, row.base_id).get(row.template, row.template)
    return f"{title} {row.period}：{what}"
