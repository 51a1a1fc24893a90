"""Papers (材料 D01–D23): handed in, judged, waived, aged. Every change opens a new row."""

from datetime import date, datetime

from sqlmodel import Session

from pilot.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from pilot.domain.moment import FOREVER
from pilot.domain.people import Actor
from pilot.domain.vocabulary import EvidenceState
from pilot.services import attachments, claiming
from pilot.services.command import verb
from pilot.services.projects import check_day, standing_project
from pilot.store import queries_codes, queries_gates
from pilot.store.files import StoredFile
from pilot.store.models import Evidence, Project


@verb("evidence.submit")
def submit(
    session: Session,
    project_id: int,
    doc_code: str,
    *,
    by: Actor,
    at: datetime,
    title: str,
    doc_no: str | None = None,
    issuer: str | None = None,
    issued_on: date | None = None,
    valid_until: date | None = None,
    file: StoredFile | None = None,
    reason: str | None = None,
) -> Evidence:
    """Hand in a paper (交材料); a replaced one goes back to 已交 with the next version.

    The file lies safe on disk already; its row and the paper's are written together.
    """
    project = standing_project(session, by, project_id)
    _check_code(session, by, doc_code)
    _check_paper(title, issued_on, valid_until, at)
    old = queries_gates.paper(session, project.id, doc_code)
    row = Evidence(
        base_id=by.base_id,
        project_id=project.id,
        doc_code=doc_code,
        version=old.version + 1 if old else 1,
        state=EvidenceState.SUBMITTED,
        title=title.strip(),
        doc_no=doc_no,
        issuer=issuer,
        issued_on=issued_on,
        valid_until=valid_until,
        attachment_id=attachments.add(session, file, by=by, at=at).id if file else None,
        reason=reason,
        submitted_by=by.id,
        known_from=at,
        known_to=FOREVER,
    )
    return _replace(session, project, old, row, at, "材料更新" if old else "交材料")


def _check_paper(
    title: str, issued_on: date | None, valid_until: date | None, at: datetime
) -> None:
    if not title.strip():
        raise Invalid("title", "材料名称不能为空。")
    if issued_on is not None:
        check_day("issued_on", issued_on, at)
    if issued_on and valid_until and valid_until < issued_on:
        raise Invalid("valid_until", "有效期至不能早于签发日期。")


@verb("evidence.judge")
def judge(
    session: Session,
    evidence_id: int,
    state: EvidenceState,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
) -> Evidence:
    """Find a paper 合格 or 退回 (with reason) or 过期; not by the person who handed it in."""
    old = _current(session, by, evidence_id)
    if state not in (EvidenceState.QUALIFIED, EvidenceState.RETURNED, EvidenceState.EXPIRED):
        raise Invalid("state", "核验结论只能是合格、退回或过期。")
    if old.submitted_by == by.id:
        raise NotAllowed("不能核验自己交的材料。")
    if old.state in (EvidenceState.MISSING, EvidenceState.NOT_APPLICABLE):
        raise Conflict("这份材料还没有交，不能核验。")
    if state is EvidenceState.RETURNED and not (reason or "").strip():
        raise Invalid("reason", "退回必须说明原因。")
    project = standing_project(session, by, old.project_id)
    row = _copy(old, at, state=state, checked_by=by.id, reason=reason)
    return _replace(session, project, old, row, at, f"材料{state.label}")


@verb("evidence.waive")
def waive(
    session: Session, project_id: int, doc_code: str, *, by: Actor, at: datetime, reason: str
) -> Evidence:
    """Say that a paper does not apply (不适用), with a reason; the approver is the actor."""
    project = standing_project(session, by, project_id)
    _check_code(session, by, doc_code)
    if not reason.strip():
        raise Invalid("reason", "不适用必须说明理由。")
    old = queries_gates.paper(session, project.id, doc_code)
    row = Evidence(
        base_id=by.base_id,
        project_id=project.id,
        doc_code=doc_code,
        version=old.version + 1 if old else 1,
        state=EvidenceState.NOT_APPLICABLE,
        reason=reason.strip(),
        approver_id=by.id,
        submitted_by=by.id,
        known_from=at,
        known_to=FOREVER,
    )
    return _replace(session, project, old, row, at, "材料不适用")


def _check_code(session: Session, by: Actor, doc_code: str) -> None:
    if doc_code not in queries_codes.labels(session, by.base_id, "documents"):
        raise Invalid("doc_code", f"材料清单里没有“{doc_code}”，请从列表中选择。")


def _current(session: Session, by: Actor, evidence_id: int) -> Evidence:
    row = session.get(Evidence, evidence_id)
    if row is None or row.base_id != by.base_id:
        raise NotFound("没有找到这份材料。")
    if row.known_to != FOREVER:
        raise Conflict("这份材料已有新版本，请刷新页面后再核验。")
    return row


def _copy(old: Evidence, at: datetime, **changes) -> Evidence:
    values = old.model_dump(exclude={"id"}) | changes
    return Evidence(**{**values, "known_from": at, "known_to": FOREVER})


def _replace(
    session: Session,
    project: Project,
    old: Evidence | None,
    row: Evidence,
    at: datetime,
    reason: str,
) -> Evidence:
    if old is not None and old.known_from >= at:
        raise Conflict("同一时刻已有改动，请稍后重试。")
    if old is not None:
        old.known_to = at
    session.add(row)
    project.touched_at = at
    session.flush()
    if row.doc_code in claiming.COUNTED_PAPERS:
        claiming.project_changed(session, project.base_id, project.id, at=at, reason=reason)
    return row
