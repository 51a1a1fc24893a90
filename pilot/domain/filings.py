"""The life of a report of one period (上报): one table of legal moves, and who makes each.

Whoever submits is the maker (填报人) and never checks or signs the same report. A frozen report
stays as it is: unlocking it (解锁) is asked for with a reason, approved by somebody else and ends
on a day; after that day the report is frozen again, whatever was begun meanwhile.
"""

from dataclasses import dataclass
from datetime import date, datetime

from pilot.domain.errors import Conflict, Invalid, NotAllowed
from pilot.domain.moment import end_of_day
from pilot.domain.people import Actor
from pilot.domain.vocabulary import FilingState as State
from pilot.domain.vocabulary import Term

WRITABLE = frozenset({State.IN_PROGRESS, State.RETURNED})
OPEN = WRITABLE | {State.SUBMITTED, State.APPROVED}
_INDEPENDENT = frozenset({"approve", "send_back", "decline", "freeze"})  # never the maker's own
_ANSWERS = frozenset({"unlock", "refuse_unlock"})  # to what somebody else has asked for
LONGEST_UNLOCK = 31  # days; an exception that lasts is no exception
REMIND_DAYS = 7  # before a report is due


class PackStatus(Term):
    """Whether a frozen pack is the last of its report (报表包状态)."""

    CURRENT = "current", "现行"
    REPLACED = "replaced", "已有新包"


class Side(Term):
    """Who makes a move, and whose turn it is (轮到谁)."""

    MAKER = "maker", "填报人"
    CHECKER = "checker", "审核人"
    HEAD = "head", "负责人"


@dataclass(frozen=True, slots=True)
class Move:
    """A legal step; `to` is None where the state stays, `unlocked` asks for an open unlock."""

    action: str
    title: str
    side: Side
    states: frozenset[State]
    to: State | None
    needs_reason: bool = False
    unlocked: bool = False


def _one(state: State) -> frozenset[State]:
    return frozenset({state})


MOVES: dict[str, Move] = {
    move.action: move
    for move in (
        Move("start", "开始填报", Side.MAKER, _one(State.EMPTY), State.IN_PROGRESS),
        Move("submit", "提交审核", Side.MAKER, WRITABLE, State.SUBMITTED),
        Move("recall", "收回", Side.MAKER, _one(State.SUBMITTED), State.IN_PROGRESS),
        Move("approve", "审核通过", Side.CHECKER, _one(State.SUBMITTED), State.APPROVED),
        Move("send_back", "审核退回", Side.CHECKER, _one(State.SUBMITTED), State.RETURNED, True),
        Move("decline", "不予签发", Side.HEAD, _one(State.APPROVED), State.RETURNED, True),
        Move("freeze", "签发并冻结", Side.HEAD, _one(State.APPROVED), State.FROZEN),
        Move("ask_unlock", "申请解锁", Side.MAKER, _one(State.FROZEN), None, True),
        Move("unlock", "批准解锁", Side.HEAD, _one(State.FROZEN), State.RETURNED, True),
        Move("refuse_unlock", "不予解锁", Side.HEAD, _one(State.FROZEN), None, True),
        Move("relock", "恢复锁定", Side.HEAD, OPEN, State.FROZEN, True, unlocked=True),
    )
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules of a move look at.

    `state` is what was stored; `asked_by` has asked for an unlock that nobody has answered;
    `unlocked_until` is the last day of an unlock that is not yet used up.
    """

    state: State
    today: date
    maker_id: int | None = None
    asked_by: int | None = None
    unlocked_until: date | None = None

    @property
    def standing(self) -> State:
        """The state that holds today: a report whose unlock has ended is frozen again."""
        over = self.unlocked_until is not None and self.unlocked_until < self.today
        return State.FROZEN if over else self.state


def check_move(action: str, facts: Facts, by: Actor, reason: str | None = None) -> Move:
    """The move, if `by` may make it now; else a PilotError that says why not.

    Roles are checked by the verbs; here it is about this person and this report.
    """
    move = MOVES[action]
    if facts.standing not in move.states:
        raise Conflict(f"这期报表处于“{facts.standing.label}”，不能“{move.title}”。")
    if move.unlocked and facts.unlocked_until is None:
        raise Conflict("这期报表没有解锁，不需要恢复锁定。")
    _check_person(move, facts, by)
    if move.needs_reason and not (reason or "").strip():
        raise Invalid("reason", f"“{move.title}”必须写明理由。")
    return move


def _check_person(move: Move, facts: Facts, by: Actor) -> None:
    if move.action in _INDEPENDENT and by.id == facts.maker_id:
        raise NotAllowed(f"您是这期报表的填报人，“{move.title}”须由另一人办理。")
    if move.action == "recall" and by.id != facts.maker_id:
        raise NotAllowed("只有提交的填报人本人能收回。")
    if move.action == "ask_unlock" and facts.asked_by is not None:
        raise Conflict("已有一份解锁申请等待批准，不必重复申请。")
    if move.action in _ANSWERS and facts.asked_by is None:
        raise Conflict("没有等待批准的解锁申请；请先由上报人员写明理由申请。")
    if move.action in _ANSWERS and facts.asked_by == by.id:
        raise NotAllowed("申请解锁的人不能自己批准，请由另一位负责人办理。")


def check_unlock_end(until: date | None, today: date) -> date:
    """The last day of an unlock, if it is one: from today, at most a month."""
    if until is None or not 0 <= (until - today).days <= LONGEST_UNLOCK:
        raise Invalid(
            "until", f"请填解锁截止日期：从今天起，最长 {LONGEST_UNLOCK} 天；到期自动恢复锁定。"
        )
    return until


def turn(state: State) -> Side | None:
    """Whose turn it is; nobody's once the report is frozen."""
    return _TURNS.get(state)


_TURNS = {
    State.EMPTY: Side.MAKER,
    State.IN_PROGRESS: Side.MAKER,
    State.RETURNED: Side.MAKER,
    State.SUBMITTED: Side.CHECKER,
    State.APPROVED: Side.HEAD,
}

NEXT = {  # what takes a report on from where it stands; a frozen one only if asked for
    State.EMPTY: "start",
    State.IN_PROGRESS: "submit",
    State.RETURNED: "submit",
    State.SUBMITTED: "approve",
    State.APPROVED: "freeze",
    State.FROZEN: "unlock",
}


def cut_off(at: datetime, lock_on: date, *, unlocked: bool) -> datetime:
    """The instant up to which what is known goes into a report that is submitted at `at`.

    Nothing recorded after the lock date (锁定日) does: it becomes 补报 or 核减 of the next
    period. An unlocked report is corrected on purpose and takes what is known now.
    """
    return at if unlocked else min(at, end_of_day(lock_on))
