"""What waits for whom (等谁办理), and on which day of the week a base is told (每周待办)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from pilot.domain.vocabulary import Term

PAPER_DAYS = 60  # a paper is told of this long before it ends
WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
MONDAY = 0


class Kind(Term):
    """One kind of work that waits for somebody (待办事项)."""

    REVIEW = "review", "待审核的填报"
    AMEND = "amend", "退回待补正的填报"
    REGISTRATION = "registration", "待系统管理员审批的账号申请"
    SCORE = "score", "待评分的评审"
    TRANSFER = "transfer", "待核实的转化"
    LANDING = "landing", "待核实的落地进度"
    CHECK = "check", "待审核的报表"
    SIGN = "sign", "待签发的报表"
    UNLOCK = "unlock", "待答复的解锁申请"
    REPORT = "report", "逾期的报表"
    GATE = "gate", "逾期的阶段门"
    CONDITION = "condition", "逾期的条件"
    PAPER = "paper", f"已过期或 {PAPER_DAYS} 天内到期的材料"


@dataclass(frozen=True, slots=True)
class Wait:
    """Work of one kind that waits for one person: how much, and since (until) which day.

    `who` None: nobody in particular; several names: any of them. A paper has the day on which the
    first of them ends.
    """

    kind: Kind
    who: str | None
    number: int
    since: date | None


def sentence(waits: Iterable[Wait]) -> str:
    """How much waits of each kind, without a name: fit for a mail."""
    found = list(waits)
    totals = {kind: sum(one.number for one in found if one.kind is kind) for kind in Kind}
    said = "、".join(f"{kind.label} {number} 项" for kind, number in totals.items() if number)
    return f"本周等待办理：{said}。"


def due_on(weekday: int | None, last: date | None, today: date) -> date | None:
    """The day of the digest that is due today; None if there is none.

    What was missed while everything was off is made up for on a later day of the same week; a new
    installation, and one that changes its day, begins with the next such day.
    """
    if weekday is None:
        return None
    day = today - timedelta(days=(today.weekday() - weekday) % 7)
    if last is None:
        return day if day == today else None
    return day if day >= last + timedelta(days=7) or (day == today and day > last) else None
