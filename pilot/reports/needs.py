"""需要您处理: what waits for this person, the worst first, each with its verb and where to go."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from pilot.domain.digest import PAPER_DAYS
from pilot.domain.filings import NEXT, REMIND_DAYS
from pilot.domain.guards import SCORED
from pilot.domain.lights import Level, LightFacts, lateness, light, rank
from pilot.domain.moment import Moment, local_day
from pilot.domain.people import Actor, may
from pilot.domain.report_calendar import days_left, left_in_words
from pilot.domain.vocabulary import FilingState, Stage
from pilot.reports import rounds
from pilot.services import report_sheets
from pilot.services.reads import read
from pilot.store import (
    journal_reading,
    queries_filing_turns,
    queries_lights,
    queries_needs,
    queries_people,
    queries_portfolio,
)

MOST = 7
_ASKED = MOST + 1  # of each kind: one more tells that there are more
DUE_DAYS, CONDITION_DAYS = 14, 7
Place = tuple[tuple[str, str], ...]  # where on a project's page, as the address says it
_GATES, _PLANTS = (("tab", "阶段门"),), (("tab", "产业化"),)


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to do: the verb, about what, why, and the page that does it.

    `days` is how late or how long it has waited; of equal levels the longest comes first.
    `about` leads to the very tab and paper: nobody has to look for what the verb speaks of.
    """

    level: Level
    verb: str
    code: str
    name: str
    reason: str
    days: int
    page: str
    about: tuple[tuple[str, int | str], ...]


@read("portfolio.read")
def needs(session: Session, actor: Actor, view: Moment) -> list[Need]:
    """What waits for this person now, the worst first; nothing on a past view.

    The first seven are the worst of all; beyond them not everything is found.
    """
    if not view.live:
        return []
    allowed = [find for action, find in _FINDERS if may(actor, action)]
    found = [need for find in allowed for need in find(session, actor, view)]
    found.sort(key=lambda need: (-rank(need.level), -need.days, need.code, need.verb))
    return found


def _score(session: Session, actor: Actor, view: Moment) -> Iterator[Need]:
    rows = queries_needs.rounds_to_score(session, [actor.base_id], actor.id, _ASKED)
    for row in rows:
        days = (view.as_of - row.opened_on).days
        reason = f"{row.opened_on} 提交评审，已等 {days} 天，您的评分表还没有提交"
        yield _waiting(row, f"评分 {row.gate.value}", days, reason, "gate", "review_id")


def _decide(session: Session, actor: Actor, view: Moment) -> Iterator[Need]:
    rows = queries_needs.rounds_to_decide(session, [actor.base_id], actor.id, _ASKED)
    differ = rounds.apart(session, [row.review_id for row in rows])
    for row in rows:
        days = (view.as_of - row.opened_on).days
        scored = row.gate in SCORED
        if scored and row.seats < 2:
            verb, state = "指定评审人", "还没有指定两位评审人"
        elif row.review_id in differ:
            verb, state = "合议", "两份评分表有分歧，合议后才能通过"
        else:
            verb, state = "作结论", "两份评分表已齐" if scored else "等待结论"
        reason = f"{row.opened_on} 提交评审，已等 {days} 天，{state}"
        yield _waiting(row, f"{verb} {row.gate.value}", days, reason, "gate", "review_id")


def _gates(session: Session, actor: Actor, view: Moment) -> Iterator[Need]:
    bases = [actor.base_id]
    rows = queries_portfolio.due_soon(session, bases, view, days=DUE_DAYS, most=_ASKED)
    ids = [row.project_id for row in rows]
    facts = queries_lights.light_facts(session, view, ids)
    for row in rows:
        known = facts[row.project_id]
        days = (view.as_of - known.planned_on).days
        warnings = [one for one in light(known, view.as_of).warnings if one.rule == "W1"]
        level, reason = Level.GREEN, f"{known.next_gate.value} 计划 {known.planned_on}，材料已齐"
        if warnings:
            level, reason = warnings[0].level, warnings[0].text
        lacking = _paper(known.missing[0]) if known.missing else ()
        yield _need(row, level, _gate_verb(known), reason, days, place=lacking)


def _moves(session: Session, actor: Actor, view: Moment) -> Iterator[Need]:
    """Between two gates: the agreement after G1, the landing after G3."""
    rows = queries_portfolio.between_gates(session, [actor.base_id], view, most=_ASKED)
    for row in rows:
        days = (view.as_of - row.stage_since).days
        if row.stage is Stage.CONCEPT:
            verb, reason = "办理中试准入", "G1 已通过，协议 D06 合格后即可准入"
        else:
            verb, reason = "转入产业化", "G3 已通过，登记落地企业和进度，或作未落地处理"
        yield _need(row, Level.YELLOW, verb, reason, days)


def _conditions(session: Session, actor: Actor, view: Moment) -> Iterator[Need]:
    until = view.as_of + timedelta(days=CONDITION_DAYS)
    for row in queries_needs.conditions_due(session, [actor.base_id], until, _ASKED):
        days = (view.as_of - row.due_on).days
        when = f"已逾期 {days} 天" if days > 0 else f"还有 {-days} 天"
        reason = f"“{row.text}”应于 {row.due_on} 前关闭，{when}"
        yield _need(row, _at_least_yellow(days), "关闭条件", reason, days, place=_GATES)


def _levels(session: Session, actor: Actor, view: Moment) -> Iterator[Need]:
    rows = queries_needs.levels_to_verify(session, [actor.base_id], actor.id, _ASKED)
    for row in rows:
        days = _since(row.recorded_at, view)
        reason = f"{row.level.label}已登记 {days} 天，核实后才计入"
        yield _waiting(row, f"核实 {row.level.value}", days, reason, place=_PLANTS)


def _transfers(session: Session, actor: Actor, view: Moment) -> Iterator[Need]:
    rows = queries_needs.transfers_to_verify(session, [actor.base_id], actor.id, _ASKED)
    for row in rows:
        days = _since(row.recorded_at, view)
        reason = f"转化事件已登记 {days} 天，核实后才计入"
        yield _waiting(row, "核实转化", days, reason, "results", "result_id")


def _papers(session: Session, actor: Actor, view: Moment) -> Iterator[Need]:
    rows = queries_needs.papers_to_judge(session, [actor.base_id], actor.id, _ASKED)
    for row in rows:
        days = _since(row.known_from, view)
        what = row.doc_code if row.papers == 1 else f"{row.papers} 份材料"
        reason = f"最早一份已交 {days} 天，核验合格后才作数"
        yield _waiting(row, f"核验 {what}", days, reason, place=_paper(row.doc_code))


def _renewals(session: Session, actor: Actor, view: Moment) -> Iterator[Need]:
    until = view.as_of + timedelta(days=PAPER_DAYS)
    for row in queries_needs.papers_ending(session, [actor.base_id], until, _ASKED):
        ended = row.expired or row.valid_until < view.as_of
        days = (view.as_of - row.valid_until).days if row.valid_until else 0
        level = Level.RED if ended else Level.YELLOW
        when = f"有效期至 {row.valid_until}" if row.valid_until else "已判定过期"
        verb, reason = f"换发 {row.doc_code}", f"{row.doc_code} {when}"
        yield _need(row, level, verb, reason, days, place=_paper(row.doc_code))


def _voids(session: Session, actor: Actor, view: Moment) -> Iterator[Need]:
    rows = queries_needs.voids_to_confirm(session, [actor.base_id], actor.id, _ASKED)
    for row in rows:
        days = _since(row.touched_at, view)
        yield _waiting(row, "确认作废", days, f"他人 {days} 天前申请作废，须由您确认或说明")


def _reviews(session: Session, actor: Actor, view: Moment) -> Iterator[Need]:
    """Reports (上报) to check or to sign, and unlocks to answer: never one's own."""
    states = [state for state in _REVIEW if may(actor, f"filing.{NEXT[state]}")]
    rows = queries_filing_turns.to_review(
        session, [actor.base_id], actor.id, states, view.as_of, _ASKED
    )
    if not rows:
        return
    titles = report_sheets.titles(session, actor.base_id)
    since = journal_reading.begun_on(session, actor.base_id)
    for row in rows:
        verb, what = _REVIEW[row.state]
        days = _since(row.since, view)
        reason = f"{what}，已等 {days} 天"
        if row.state is not FilingState.FROZEN:
            reason += f"，{_due(row, view, since)}"
            days = max(days, _late(row, view, since))
        yield _report(row, titles, verb, reason, days)


def _reports(session: Session, actor: Actor, view: Moment) -> Iterator[Need]:
    """Reports to hand in: nearly due, late or sent back; a manager's own where others report."""
    asked = actor.id in queries_people.reporters(session, actor.base_id)
    until = view.as_of + timedelta(days=REMIND_DAYS)
    since = journal_reading.begun_on(session, actor.base_id)
    rows = queries_filing_turns.to_hand_in(
        session, [actor.base_id], since, until, view.as_of, _ASKED,
        maker=None if asked else actor.id,
    )  # fmt: skip
    titles = report_sheets.titles(session, actor.base_id) if rows else {}
    for row in rows:
        verb, what = _HAND_IN[row.state]
        what = "已解锁，更正后重新提交" if row.unlocked else what
        reason = f"{what}，{_due(row, view, since)}"
        yield _report(row, titles, verb, reason, _late(row, view, since))


def _late(row: Any, view: Moment, since: date) -> int:
    return -(days_left(row.last_day, view.as_of, since) or 0)


def _due(row: Any, view: Moment, since: date) -> str:
    return f"{row.last_day} 截止，{left_in_words(row.last_day, view.as_of, since)}"


def _report(row: Any, titles: dict[str, str], verb: str, reason: str, days: int) -> Need:
    code, title = f"{row.template} {row.period}", titles.get(row.template, "")
    level = _at_least_yellow(days)
    return Need(level, verb, code, title, reason, days, "reports", (("id", row.filing_id),))


def _gate_verb(facts: LightFacts) -> str:
    if not facts.missing:
        return f"提交评审 {facts.next_gate.value}"
    first, more = facts.missing[0], len(facts.missing) - 1
    return f"催交 {first}" + (f" 等 {more + 1} 份" if more else "")


def _waiting(
    row: Any, verb: str, days: int, reason: str, page: str = "project", key: str = "project_id",
    place: Place = (),
) -> Need:  # fmt: skip
    return _need(row, _at_least_yellow(days), verb, reason, days, page, key, place)


def _need(
    row: Any,
    level: Level,
    verb: str,
    reason: str,
    days: int,
    page: str = "project",
    key: str = "project_id",
    place: Place = (),
) -> Need:
    about = ((_PARAMETER[key], getattr(row, key)), *place)
    return Need(level, verb, row.code, row.name, reason, days, page, about)


def _paper(code: str) -> Place:
    """Where one paper is handed in and judged."""
    return (("tab", "材料"), ("paper", code))


def _at_least_yellow(days: int) -> Level:
    level = lateness(days)
    return Level.YELLOW if level is Level.GREEN else level


def _since(at: Any, view: Moment) -> int:
    return (view.as_of - local_day(at)).days


_REVIEW = {  # the verb, and what has happened
    FilingState.SUBMITTED: ("审核报表", "已提交审核"),
    FilingState.APPROVED: ("签发报表", "审核已通过"),
    FilingState.FROZEN: ("答复解锁", "有人申请解锁"),
}
_HAND_IN = {
    FilingState.EMPTY: ("开始填报", "还没有开始填报"),
    FilingState.IN_PROGRESS: ("提交报表", "还没有提交审核"),
    FilingState.RETURNED: ("修改报表", "已退回，修改后重新提交"),
}
_PARAMETER = {"project_id": "id", "review_id": "review", "result_id": "id"}
_FINDERS = (
    ("review.score", _score),
    ("decision.take", _decide),
    ("project.plan", _gates),
    ("project.move", _moves),
    ("condition.close", _conditions),
    ("landing.verify", _levels),
    ("transfer.verify", _transfers),
    ("evidence.judge", _papers),
    ("project.edit", _renewals),
    ("project.void", _voids),
    ("filing.approve", _reviews),
    ("filing.submit", _reports),
)
