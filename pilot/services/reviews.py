"""A round at a gate (节点评审): submit, check criteria, score blind, consolidate."""

from datetime import date, datetime

from sqlmodel import Session

from pilot.domain.errors import Conflict, Invalid, NotAllowed, PilotError
from pilot.domain.gates import next_gate
from pilot.domain.guards import ON_RECORD, Card, disagreements
from pilot.domain.moment import local_day
from pilot.domain.people import Actor, Role
from pilot.domain.vocabulary import CheckState, Dimension, Requirement
from pilot.services.command import verb
from pilot.services.lifecycle import take
from pilot.store import queries, queries_gates, queries_people
from pilot.store.models import (
    Account,
    Consolidation,
    Project,
    Review,
    ReviewCheck,
    Scorecard,
)


@verb("review.open")
def open_review(
    session: Session, project_id: int, *, by: Actor, at: datetime, on: date | None = None
) -> Review:
    """Submit a project to its next gate (提交评审); the checklist is copied as it reads now."""
    project = queries.one(session, Project, by.base_id, project_id)
    gate = next_gate(project.stage, project.state, queries_gates.passed_gates(session, project.id))
    if gate is None:
        raise PilotError("这个项目现在没有等待的阶段门。")
    day = on or local_day(at)
    take(session, project, "submit", on=day, by=by, at=at, reason=f"提交 {gate.value} 评审")
    review = Review(
        base_id=by.base_id,
        project_id=project.id,
        gate=gate,
        round=queries_gates.rounds(session, project.id, gate) + 1,
        submitted_by=by.id,
        opened_on=day,
        recorded_at=at,
    )
    session.add(review)
    session.flush()
    _copy_checklist(session, project, review, at)
    return review


@verb("review.open")
def withdraw(session: Session, review_id: int, *, by: Actor, at: datetime, reason: str) -> Review:
    """Take a submission back before it is decided (撤回评审)."""
    review = _open(session, by, review_id)
    project = queries.one(session, Project, by.base_id, review.project_id)
    take(session, project, "withdraw", on=local_day(at), by=by, at=at, reason=reason)
    review.closed_at = at
    return review


@verb("review.check")
def check(
    session: Session,
    check_id: int,
    state: CheckState,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
) -> ReviewCheck:
    """Tick a criterion (核对准则); 不适用 and 不符合 need a reason."""
    row = queries.one(session, ReviewCheck, by.base_id, check_id)
    review = _open(session, by, row.review_id)
    if row.doc_code:
        raise Invalid("state", "材料类准则随材料状态自动判定，请在材料处核验。")
    if row.code in ON_RECORD:
        raise Invalid("state", "这一条由系统按项目记录判定，不用核对；请在项目上补全记录。")
    needs = (CheckState.NOT_APPLICABLE, CheckState.UNMET)
    if state in needs and not (reason or "").strip():
        raise Invalid("reason", f"“{state.label}”必须说明理由。")
    if state is CheckState.NOT_APPLICABLE and row.requirement is Requirement.REQUIRED:
        raise Invalid("state", "必需准则不能设为不适用。")
    row.state, row.reason, row.checked_by = state, reason, by.id
    _touch(session, review, at)
    return row


@verb("review.assign")
def assign(
    session: Session, review_id: int, assessor_ids: list[int], *, by: Actor, at: datetime
) -> Review:
    """Name the two assessors (评审人): two different people, neither of them the submitter."""
    review = _open(session, by, review_id)
    if len(set(assessor_ids)) != 2:
        raise Invalid("assessor_ids", "必须指定两位不同的评审人。")
    if review.submitted_by in assessor_ids:
        raise NotAllowed("提交评审的人不能作为评审人。")
    given = queries_gates.cards(session, review.id)
    if any(card.submitted_at for card in given):
        raise Conflict("已有评审人提交评分，不能再更换。")
    for card in given:
        session.delete(card)
    session.flush()
    for seat, account_id in enumerate(assessor_ids, start=1):
        _check_assessor(session, by, account_id)
        session.add(
            Scorecard(base_id=by.base_id, review_id=review.id, assessor_id=account_id, seat=seat)
        )
    _touch(session, review, at)
    return review


@verb("review.score")
def score(
    session: Session,
    review_id: int,
    *,
    by: Actor,
    at: datetime,
    technical: int | None,
    equipment: int | None,
    commercial: int | None,
    comment: str = "",
) -> Scorecard:
    """Hand in one's own card (提交评分): 0–100 each, None = 未评; once, then it is fixed."""
    review = _open(session, by, review_id)
    mine = [c for c in queries_gates.cards(session, review.id) if c.assessor_id == by.id]
    if not mine:
        raise NotAllowed("您不是这一轮的评审人。")
    card = mine[0]
    if card.submitted_at is not None:
        raise Conflict("您已提交评分，提交后不能修改。")
    scores = (technical, equipment, commercial)
    if all(value is None for value in scores):
        raise Invalid("technical", "三个维度至少要评一个。")
    if wrong := [
        f"{dimension.label} {value} 分"
        for dimension, value in zip(Dimension, scores, strict=True)
        if value is not None and not 0 <= value <= 100
    ]:
        raise Invalid("technical", f"评分应在 0–100 之间：{'、'.join(wrong)}。")
    card.technical, card.equipment, card.commercial = scores
    card.comment, card.submitted_at = comment.strip() or None, at
    _touch(session, review, at)
    return card


@verb("review.consolidate")
def consolidate(
    session: Session,
    review_id: int,
    dimension: Dimension,
    *,
    by: Actor,
    at: datetime,
    score: int,
    note: str,
    dissent: str = "",
) -> Consolidation:
    """Agree on a score where the two cards differ (合议); a dissenting view is kept."""
    review = _open(session, by, review_id)
    if dimension not in disagreements(submitted_cards(session, review.id)):
        raise PilotError(f"{dimension.label}没有分歧，不需要合议。")
    if not 0 <= score <= 100:
        raise Invalid("score", "合议分应在 0–100 之间。")
    if not note.strip():
        raise Invalid("note", "合议必须说明理由。")
    row = Consolidation(
        base_id=by.base_id,
        review_id=review.id,
        dimension=dimension,
        score=score,
        note=note.strip(),
        dissent=dissent.strip() or None,
        by_id=by.id,
        recorded_at=at,
    )
    session.add(row)
    _touch(session, review, at)
    return row


def submitted_cards(session: Session, review_id: int) -> list[Card]:
    """The cards that are in, as scores by dimension."""
    return [
        {
            Dimension.TECHNICAL: card.technical,
            Dimension.EQUIPMENT: card.equipment,
            Dimension.COMMERCIAL: card.commercial,
        }
        for card in queries_gates.cards(session, review_id)
        if card.submitted_at is not None
    ]


def visible_cards(session: Session, review: Review, by: Actor) -> list[Scorecard]:
    """The cards a person may see: their own; everybody's once both are in (双盲)."""
    cards = list(queries_gates.cards(session, review.id))
    if len(cards) == 2 and all(card.submitted_at for card in cards):
        return cards
    return [card for card in cards if card.assessor_id == by.id]


def _open(session: Session, by: Actor, review_id: int) -> Review:
    review = queries.one(session, Review, by.base_id, review_id)
    if review.closed_at is not None:
        raise Conflict("这一轮评审已经结束，内容只读；如有错误请作更正决定。")
    return review


def _touch(session: Session, review: Review, at: datetime) -> None:
    project = session.get(Project, review.project_id)
    project.touched_at = at
    session.flush()


def _copy_checklist(session: Session, project: Project, review: Review, at: datetime) -> None:
    items = queries_gates.checklist(
        session, project.base_id, review.gate, hazardous=project.hazardous
    )
    session.add_all(
        ReviewCheck(
            base_id=project.base_id,
            review_id=review.id,
            code=item.code,
            text=item.text,
            doc_code=item.doc_code,
            requirement=item.requirement,
            dimension=item.dimension,
            basis=item.basis,
            position=item.position,
            recorded_at=at,
        )
        for item in items
    )
    session.flush()


def _check_assessor(session: Session, by: Actor, account_id: int) -> None:
    account = queries.one(session, Account, by.base_id, account_id)
    found = queries_people.as_actor(session, account)
    if account.disabled_at or not found.is_any(Role.REVIEWER, Role.MANAGER):
        raise Invalid("assessor_ids", f"{account.name} 不能作为评审人：账号停用或没有审核角色。")
