"""The life of a submission (填报): one table of legal moves, read by check, buttons and diagram.

A submission is a researcher's; from the first sending on it has a receipt number (回执号) that it
keeps through every round of return and correction. What is refused, withdrawn or found to be
known already never counts and is in no export.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pilot.domain.errors import Conflict, GuardFailed, Invalid, NotAllowed
from pilot.domain.people import Actor
from pilot.domain.vocabulary import SubmissionState as State
from pilot.domain.vocabulary import Term

OPEN = frozenset({State.WAITING, State.SECOND})  # with the reviewers
WRITABLE = frozenset({State.DRAFT, State.RETURNED})  # with the author
ENDED = frozenset(State) - OPEN - WRITABLE
MISSING = "没有找到这条填报；链接可能有误，请从列表里打开。"


class Side(Term):
    """Who makes a move, and whose turn it is (轮到谁)."""

    AUTHOR = "author", "填报人"
    REVIEWER = "reviewer", "审核人"


class Tab(Term):
    """A part of the reviewers' queue (队列分栏)."""

    MINE = "mine", "我的"
    UNCLAIMED = "unclaimed", "待认领"
    RETURNED = "returned", "已退回"
    DONE = "done", "已办结"


@dataclass(frozen=True, slots=True)
class Move:
    """A legal step; `to` is None where the state stays, `claimed` asks for a claim of one's own."""

    action: str
    title: str
    side: Side
    states: frozenset[State]
    to: State | None
    claimed: bool = False
    needs_reason: bool = False


MOVES: dict[str, Move] = {
    move.action: move
    for move in (
        Move("submit", "提交", Side.AUTHOR, WRITABLE, State.WAITING),
        Move("withdraw", "撤回", Side.AUTHOR, OPEN | WRITABLE, State.WITHDRAWN),
        Move("claim", "认领", Side.REVIEWER, OPEN, None),
        Move("release", "放回", Side.REVIEWER, OPEN, None, claimed=True),
        Move("verify", "核实", Side.REVIEWER, frozenset({State.WAITING}), State.SECOND, True),
        Move("accept", "通过", Side.REVIEWER, OPEN, State.ACCEPTED, True),
        Move("send_back", "退回补正", Side.REVIEWER, OPEN, State.RETURNED, True),
        Move("refuse", "不予受理", Side.REVIEWER, OPEN, State.REFUSED, True, True),
        Move("join", "并入已有成果", Side.REVIEWER, OPEN, State.DUPLICATE, True, True),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules of a decision look at.

    `organisations` are the author's own and the holders'; `voters` have verified this very
    content and these very files; `reviewer_id` has claimed it.
    """

    state: State
    author_id: int
    reviewer_id: int | None
    organisations: frozenset[int]
    voters: frozenset[int] = frozenset()


def check_move(action: str, facts: Facts, by: Actor, reason: str | None = None) -> Move:
    """The move, if `by` may make it from here now; else a PilotError that says why not."""
    move = MOVES[action]
    if facts.state not in move.states:
        raise Conflict(f"填报处于“{facts.state.label}”，不能“{move.title}”。")
    if move.side is Side.AUTHOR and facts.author_id != by.id:
        raise NotAllowed(f"只有填报人本人能“{move.title}”。")
    if move.claimed and facts.reviewer_id != by.id:
        holder = "已由另一位审核人认领" if facts.reviewer_id else "还没有认领"
        raise Conflict(f"这份填报{holder}；请先认领，再“{move.title}”。您写的内容仍在页面上。")
    if action == "claim" and facts.reviewer_id not in (None, by.id):
        raise Conflict("这份填报刚被另一位审核人认领，请处理下一份。")
    if move.needs_reason and not (reason or "").strip():
        raise Invalid("reason", f"“{move.title}”必须填写理由。")
    return move


def check_disinterested(facts: Facts, by: Actor, avoided: int | None) -> None:
    """Nobody judges their own submission, nor one of the unit that they leave to others (回避)."""
    if facts.author_id == by.id:
        raise NotAllowed("不能审核自己的填报，请由另一位审核人处理。")
    if avoided is not None and avoided in facts.organisations:
        raise NotAllowed("这份填报来自您所在的单位；按回避规则，请由其他单位的审核人处理。")
    if facts.state is State.SECOND and by.id in facts.voters:
        raise NotAllowed("您已核实过这份填报；复核须由另一位审核人进行。")


def turn(state: State) -> Side | None:
    """Whose turn it is; nobody's after an end."""
    if state in WRITABLE:
        return Side.AUTHOR
    return Side.REVIEWER if state in OPEN else None


@dataclass(frozen=True, slots=True)
class Votes:
    """How many independent verifications are needed (核实人数), and why more than one."""

    needed: int
    why: tuple[str, ...] = ()


def votes_needed(
    *, makes_claim: bool, amount: Decimal, limit: Decimal, rescinds: bool = False
) -> Votes:
    """Two for what makes or takes back a claim and above the base's amount (万元), else one."""
    why = ["通过后计入转化科技成果"] if makes_claim else []
    why += ["通过后解除合同，按它计入的成果不再计入"] if rescinds else []
    if amount > limit:
        why.append(f"合同成交额 {amount:,.2f} 万元，超过 {limit:,.2f} 万元")
    return Votes(2 if why else 1, tuple(why))


def enough(facts: Facts, by: Actor, needed: int) -> bool:
    """Whether the acceptance of `by` would be the last one needed."""
    return len(facts.voters | {by.id}) >= needed


def waiting_days(since: datetime, now: datetime) -> int:
    """Whole days that it has been somebody's turn."""
    return max((now - since).days, 0)


def check_commented(comments: Collection[object], reason: str) -> None:
    """A return says what to correct: at least one comment of this round, or a reason."""
    if not comments and not reason.strip():
        raise GuardFailed(["退回补正须说明要改什么：请写总的意见，或在某一项下写意见"])
