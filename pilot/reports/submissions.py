"""A researcher's submissions (我的提交): the list, and where one stands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from pilot.domain.errors import NotFound
from pilot.domain.moment import SHANGHAI, local_day, minute
from pilot.domain.people import Actor
from pilot.domain.submissions import ENDED, MISSING, OPEN, WRITABLE, Side, turn, waiting_days
from pilot.domain.vocabulary import SubmissionState, Term
from pilot.reports import submission_thread
from pilot.services.merged_changes import moved_to
from pilot.services.reads import read
from pilot.store import queries_submission_lists, streams
from pilot.store.models import Account, Result, Submission

PAGE = 20


class Group(Term):
    """Which submissions a list shows (填报分组)."""

    ALL = "all", "全部"
    MINE = "mine", "轮到我"
    OPEN = "open", "审核中"
    ENDED = "ended", "已结束"

    @property
    def states(self) -> frozenset[SubmissionState]:
        """The states of the group; none means all."""
        return {Group.MINE: WRITABLE, Group.OPEN: OPEN, Group.ENDED: ENDED}.get(self, frozenset())


NEXT = {
    SubmissionState.DRAFT: "补齐内容，检查后提交。",
    SubmissionState.WAITING: "等待审核人认领，结果会在这里通知您。",
    SubmissionState.SECOND: "已有一人核实，等待另一位审核人复核。",
    SubmissionState.RETURNED: "请按意见修改后重新提交，回执号不变。",
    SubmissionState.ACCEPTED: "已登记入库；内容有变化时可以申请变更，合同后续事项请新建填报。",
    SubmissionState.REFUSED: "已结束，理由见填报页；需要时可以复制后重新填报。",
    SubmissionState.DUPLICATE: "已并入登记簿中的同一项成果，不重复计数。",
    SubmissionState.WITHDRAWN: "已撤回，不计数；需要时可以复制后重新填报。",
}
_CLAIMED = "审核人已认领，正在审核。"
_MERGED = "这项成果已并入 {}，成果本身以它为准；变更申请只能改合同与转化。"


@dataclass(frozen=True, slots=True)
class Line:
    """One submission of the list, in words; `days` it has been somebody's turn."""

    id: int
    receipt: str
    title: str
    state: SubmissionState
    turn: str
    days: int
    next: str
    own: bool
    author: str
    is_change: bool
    saved: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list and how long the whole list is."""

    lines: list[Line]
    total: int


@dataclass(frozen=True, slots=True)
class Head:
    """Where one submission stands, for its author or a colleague."""

    id: int
    rev: int
    receipt: str
    title: str
    state: SubmissionState
    round: int
    own: bool
    author: str
    turn: str
    days: int
    next: str
    result: str
    reason: str
    saved: str
    changes_id: int | None
    change_id: int | None

    @property
    def writable(self) -> bool:
        """Whether its reader may write in it now."""
        return self.own and self.state in WRITABLE


@read("submission.own")
def mine(
    session: Session, actor: Actor, now: datetime, group: Group, text: str, page: int = 1
) -> Page:
    """A page of what a researcher sees: their own, and what their organisation has sent."""
    statement = queries_submission_lists.mine(
        actor.base_id,
        actor.id,
        _home(session, actor),
        states=group.states,
        own=group is Group.MINE,
        text=text,
    )
    rows = streams.page(session, statement, PAGE, (page - 1) * PAGE)
    lines = [_line(session, row, actor, now) for row in rows]
    return Page(lines, streams.count(session, statement))


@read("submission.own")
def counts(session: Session, actor: Actor) -> dict[Group, int]:
    """How many submissions each group has."""
    found = queries_submission_lists.counts(session, actor.base_id, actor.id, _home(session, actor))
    return {
        group: sum(
            number
            for state, author, number in found
            if (not group.states or state in group.states)
            and (group is not Group.MINE or author == actor.id)
        )
        for group in Group
    }


@read("submission.own")
def last(session: Session, actor: Actor) -> int | None:
    """The submission that a copy is made of: the one sent last, else the one begun last."""
    return queries_submission_lists.latest_own(session, actor.base_id, actor.id)


@read("submission.own")
def row_of(session: Session, actor: Actor, submission_id: int | None) -> Submission:
    """The submission, if this researcher sees it; another's draft is as good as missing."""
    row = None
    if submission_id is not None and submission_id < 2**31:
        row = queries_submission_lists.seen(session, actor.base_id, actor.id, submission_id)
    if row is None:
        raise NotFound(MISSING)
    return row


@read("submission.own")
def head(session: Session, actor: Actor, submission_id: int | None, now: datetime) -> Head:
    """Where the submission stands."""
    row = row_of(session, actor, submission_id)
    own = row.author_id == actor.id
    return Head(
        id=row.id,
        rev=row.rev,
        receipt=row.receipt or "",
        title=row.title if own else submission_thread.sent_title(session, row.id, row.round),
        state=row.state,
        round=row.round,
        own=own,
        author=session.get_one(Account, row.author_id).name,
        turn=_turn(row.state, own),
        days=waiting_days(row.turn_since, now),
        next=_after_all(session, row),
        result=_result(session, row),
        reason=row.reason or "",
        saved=_clock(row.saved_at, now),
        changes_id=row.changes_id if own else None,
        change_id=queries_submission_lists.change_of(session, row.id) if own else None,
    )


def _line(session: Session, row: Any, actor: Actor, now: datetime) -> Line:
    own = row["author_id"] == actor.id
    return Line(
        id=row["id"],
        receipt=row["receipt"] or "",
        title=row["title"]
        if own or row["state"] not in WRITABLE
        else submission_thread.sent_title(session, row["id"], row["round"]),
        state=row["state"],
        turn=_turn(row["state"], own),
        days=waiting_days(row["turn_since"], now),
        next=_next(row["state"], row["reviewer_id"]),
        own=own,
        author=row["author"],
        is_change=row["changes_id"] is not None,
        saved=_clock(row["saved_at"], now),
    )


def _turn(state: SubmissionState, own: bool) -> str:
    side = turn(state)
    if side is None:
        return ""
    return "您" if side is Side.AUTHOR and own else side.label


def _next(state: SubmissionState, reviewer_id: int | None) -> str:
    return _CLAIMED if reviewer_id is not None else NEXT[state]


def _after_all(session: Session, row: Submission) -> str:
    """What comes next; of an accepted one also that its result has gone into another since."""
    into = moved_to(session, row) if row.state is SubmissionState.ACCEPTED else None
    if into is None:
        return _next(row.state, row.reviewer_id)
    return _MERGED.format(session.get_one(Result, into).code)


def _result(session: Session, row: Submission) -> str:
    """Code and title of the result that an ended submission made or belongs to."""
    if row.state not in ENDED or row.result_id is None:
        return ""
    result = session.get_one(Result, row.result_id)
    return f"{result.code} {result.title}"


def _clock(at: datetime, now: datetime) -> str:
    """The time of day if it is today's, else the day and the minute."""
    if local_day(at) == local_day(now):
        return f"{at.astimezone(SHANGHAI):%H:%M:%S}"
    return minute(at)


def _home(session: Session, actor: Actor) -> int | None:
    return session.get_one(Account, actor.id).organisation_id
