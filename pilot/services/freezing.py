"""What a freezing leaves behind (签发): pack, edition, the end of an unlock, a filed year."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from pilot.domain import report_template_files
from pilot.domain.moment import local_day
from pilot.domain.people import Actor
from pilot.domain.report_periods import PeriodKind, period
from pilot.services import packs, precheck
from pilot.services.command import within
from pilot.services.importing import under_way
from pilot.services.packs import Build, Signers
from pilot.services.precheck import Judged
from pilot.services.report_sheets import Look
from pilot.store import journal_reading, queries_filings, queries_goals
from pilot.store.files import Place
from pilot.store.models import Filing, FilingEdition, ReportFiling

_NUMBERS = frozenset({"goals", "yearly"})  # the sources that state a year's counts


@dataclass(frozen=True, slots=True)
class Ready:
    """What pre-flight said of a report, and its pack, both from before the turn (备好)."""

    judged: Judged
    pack: packs.Ready


def prepare(
    session: Session,
    row: ReportFiling,
    look: Look,
    *,
    by: Actor,
    at: datetime,
    build: Build,
    folder: Place,
) -> dict[str, Ready]:
    """Judge a report and draw its pack; nothing if something is wrong with it."""
    sequence = journal_reading.latest(session, by.base_id)  # before anything else is read
    judged = precheck.judged(session, row, row.cut_off, look)
    if judged.open_problems:
        return {}
    pack = packs.prepare(
        session, row.template, period(row.period), by=by, at=at, build=build, folder=folder,
        **_about(session, row, judged, by),
    )["ready"]  # fmt: skip
    return {"ready": Ready(judged, replace(pack, sequence=sequence))}


def freeze(
    session: Session,
    row: ReportFiling,
    judged: Judged,
    *,
    by: Actor,
    at: datetime,
    build: Build,
    folder: Place,
    ready: Ready | None,
) -> FilingEdition:
    """Freeze the rows of a report into a pack, with who signed and what travels with them."""
    pack = within(packs.freeze)(
        session, row.template, period(row.period), by=by, at=at, build=build, folder=folder,
        ready=ready.pack if ready else None, **_about(session, row, judged, by),
    )  # fmt: skip
    row.edition += 1
    edition = FilingEdition(
        base_id=row.base_id,
        filing_id=row.id,
        number=row.edition,
        pack_id=pack.id,
        cut_off=row.cut_off,
        maker_id=row.maker_id,
        checker_id=row.checker_id,
        head_id=by.id,
        frozen_at=at,
    )
    session.add(edition)
    if opened := queries_filings.open_unlock(session, row.id):
        opened.ended_at, opened.ended_how = at, f"第 {row.edition} 次签发"
    _file_year(session, row, by, at)
    session.flush()
    return edition


def _about(session: Session, row: ReportFiling, judged: Judged, by: Actor) -> dict[str, Any]:
    """What a pack is told beside template and period: cut-off, signers, notes, why."""
    names = queries_filings.names(session, [row.maker_id, row.checker_id, by.id])
    return {
        "known_at": row.cut_off,
        "signers": Signers(*(names[each] for each in (row.maker_id, row.checker_id, by.id))),
        "notes": notes(session, row, judged),
        "reason": f"第 {row.edition + 1} 次签发",
    }


def notes(session: Session, row: ReportFiling, judged: Judged) -> str:
    """What travels in the pack beside the rows: explanations, and every exception there was."""
    lines = [f"【说明】{said}" for said in _explanations(judged)]
    lines += [f"【导入】{said}" for said in under_way.warnings(session, row.base_id)]
    for unlock, filing, asker, approver in queries_filings.unlocks(
        session, row.base_id, template=row.template
    ):
        if unlock.approved_at is not None:
            ended = unlock.ended_how or f"第 {row.edition + 1} 次签发"
            lines.append(
                f"【解锁】{filing.period}：{unlock.reason}；申请人 {asker}，批准人 {approver}，"
                f"截止 {unlock.until}，{ended}"
            )
    return "".join(f"{line}\n" for line in lines)


def _explanations(judged: Judged) -> list[str]:
    found = []
    for each in judged.findings:
        row = f"第 {each.problem.row} 行 {judged.sheet.named(each.place)}"
        found.append((each.key, f"{row}：{each.problem.message}"))
    found += [(each.key, precheck.outcome_problem(each).message) for each in judged.different]
    known = judged.explanations
    return [f"{message}说明：{known[key]}" for key, message in found if key in known]


def _file_year(session: Session, row: ReportFiling, by: Actor, at: datetime) -> None:
    """A year's numbers close their year: one notion of what has been reported (已上报年度)."""
    year, template = row.ends_on.year, packs.template_in_use(session, row.base_id, row.template)
    if (
        period(row.period).kind is not PeriodKind.YEAR
        or report_template_files.read(template.body).source not in _NUMBERS
        or year in queries_goals.filed_years(session, row.base_id)
    ):
        return
    session.add(
        Filing(
            base_id=row.base_id,
            year=year,
            cut_off=row.cut_off,
            note=f"{template.title} {row.period} 于 {local_day(at)} 签发",
            by_id=by.id,
            recorded_at=at,
        )
    )
