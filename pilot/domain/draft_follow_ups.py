"""What follows on a contract that is there already (合同后续事项), with its rules.

Source: domain note §3.5 and rule M3-R5: a contract that is amended, renewed, paid in instalments
or registered later makes no new event; one that is rescinded is deducted (M3-R11).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from pilot.domain.draft_fields import Day, Lists, Money, Plain, Text, Word, is_blank, problem
from pilot.domain.draft_needs import Need
from pilot.domain.identifiers import IdentifierKind, contract_warning, identifier_key
from pilot.domain.problems import Problem
from pilot.domain.vocabulary import Term

LONGEST_REGISTRATION = 16


class FollowUpKind(Term):
    """What follows on a contract (与已有合同的关系)."""

    AMENDMENT = "amendment", "补充协议（变更）"
    RENEWAL = "renewal", "续签"
    INSTALMENT = "instalment", "分期付款"
    REGISTRATION = "registration", "补办认定登记"
    RESCISSION = "rescission", "解除"

    @property
    def effect(self) -> str:
        """What acceptance does and what then counts."""
        return _EFFECTS[self]


_EFFECTS = {
    FollowUpKind.AMENDMENT: "补充协议不是新的转化，不再计数；原合同的状态改为“变更”。",
    FollowUpKind.RENEWAL: "续签不是新的转化，不再计数；原合同继续有效。",
    FollowUpKind.INSTALMENT: "分期付款不是新的转化，不再计数；只记下这一笔付款。",
    FollowUpKind.REGISTRATION: "补办认定登记不是新的转化，不再计数；登记编号补入原合同。",
    FollowUpKind.RESCISSION: (
        "自解除之日起，按原合同计入的成果不再计入：还没有上报的不出现在上报数里，"
        "已经上报的在解除当期列为核减。"
    ),
}
_ON_PAPER = frozenset({FollowUpKind.AMENDMENT, FollowUpKind.RENEWAL, FollowUpKind.RESCISSION})


@dataclass(frozen=True, slots=True)
class FollowUpDraft:
    """What happened to a contract, and on which day; amounts in 万元.

    The amount is what the whole contract now comes to (amendment, renewal), or what was paid.
    """

    kind: Annotated[FollowUpKind, Word("与已有合同的关系", FollowUpKind)]
    contract_id: Annotated[int, Plain("原合同")]
    happened_on: Annotated[date, Day("发生日期")]
    no: Annotated[str | None, Text("协议编号", 64)] = None
    amount: Annotated[Decimal | None, Money("金额")] = None
    registration_no: Annotated[str | None, Text("补办的登记编号", 64)] = None
    note: Annotated[str | None, Text("内容说明", 500, lines=True)] = None


def follow_up_problems(draft: FollowUpDraft, lists: Lists, today: date) -> list[Problem]:
    """A number that is entered later looks like one."""
    return _registration(draft) if draft.kind == FollowUpKind.REGISTRATION else []


def _for(kind: FollowUpKind, field: str, rule: str, remedy: str) -> Need:
    return Need(field, rule, remedy=remedy, when=lambda draft, _today: draft.kind == kind)


FOLLOW_UP_NEEDS = (  # what the acceptance of each kind will write
    _for(FollowUpKind.AMENDMENT, "note", "note-required", "请写明变更了什么。"),
    _for(FollowUpKind.RESCISSION, "note", "note-required", "请写明解除理由。"),
    _for(FollowUpKind.INSTALMENT, "amount", "paid-required", "请填写本期付款金额。"),
    _for(
        FollowUpKind.REGISTRATION,
        "registration_no",
        "registration-required",
        "请填写认定登记证明上的编号。",
    ),
)


def on_paper(draft: FollowUpDraft) -> bool:
    """Whether an agreement proves it, which is then asked for among the files."""
    return draft.kind in _ON_PAPER


def _registration(draft: FollowUpDraft) -> list[Problem]:
    name = "registration_no"
    if is_blank(draft.registration_no):
        return []
    key = identifier_key(IdentifierKind.CONTRACT, draft.registration_no)
    if not key or len(key) > LONGEST_REGISTRATION:
        message = f"应含数字且不超过 {LONGEST_REGISTRATION} 位。"
        return [problem(draft, name, "registration", message, "请与认定登记证明核对。")]
    sentence = contract_warning(draft.registration_no)
    remedy = "请与认定登记证明核对。"
    return [Problem(name, "registration-shape", sentence, remedy, hard=False)] if sentence else []
