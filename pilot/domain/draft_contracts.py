"""Contracts and transfers as a form or an import row says them (合同, 转化事件), with their rules.

Source: domain note §2.1 (modes), §2.2 (contracts), §3.5 (the event day). Money in 万元.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

from pilot.domain import draft_fields
from pilot.domain.draft_fields import (
    Code,
    Day,
    Lists,
    Money,
    Plain,
    Text,
    Word,
    is_blank,
    problem,
)
from pilot.domain.draft_needs import Need
from pilot.domain.identifiers import IdentifierKind, contract_warning, identifier_key
from pilot.domain.problems import Problem
from pilot.domain.vocabulary import ContractState, ContractType, TransferMode

BY_CONTRACT = frozenset(
    {TransferMode.TRANSFER, TransferMode.LICENCE, TransferMode.COOPERATION, TransferMode.EQUITY}
)
REGISTER_WITHIN = timedelta(days=30)
LONGEST_REGISTRATION = 16


@dataclass(frozen=True, slots=True)
class ContractDraft:
    """A contract (合同); rescinding it is a verb of its own."""

    no: Annotated[str, Text("合同编号", 64)]
    type: Annotated[ContractType, Word("合同类型", ContractType)]
    signed_on: Annotated[date, Day("签订日期")]
    title: Annotated[str | None, Text("合同名称", 200)] = None
    seller_id: Annotated[int | None, Plain("出让方")] = None
    buyer_id: Annotated[int | None, Plain("受让方")] = None
    project_id: Annotated[int | None, Plain("关联项目")] = None
    conditional: Annotated[bool, Plain("附生效条件")] = False
    effective_on: Annotated[date | None, Day("生效日期", future=True)] = None
    amount: Annotated[Decimal | None, Money("合同成交额")] = None
    technology_amount: Annotated[Decimal | None, Money("技术交易额")] = None
    registration_no: Annotated[str | None, Text("技术合同登记编号", 64)] = None
    registered_on: Annotated[date | None, Day("登记日期")] = None
    ip_clause: Annotated[str | None, Text("知识产权条款", 1000, lines=True)] = None
    benefit_clause: Annotated[str | None, Text("收益分配条款", 1000, lines=True)] = None
    related_parties: Annotated[bool, Plain("关联交易")] = False
    state: Annotated[ContractState, Word("合同状态", ContractState)] = ContractState.IN_FORCE


@dataclass(frozen=True, slots=True)
class TransferDraft:
    """A transfer event (转化事件) of one result.

    Under modes 2–5 the day is the contract's own and may be left out. The receiver is the
    contract's buyer unless another is named; without an area of its own the transfer follows
    where the receiver is registered.
    """

    result_id: Annotated[int, Plain("成果")]
    mode: Annotated[TransferMode, Word("转化方式", TransferMode)]
    contract_id: Annotated[int | None, Plain("合同")] = None
    event_on: Annotated[date | None, Day("转化日期")] = None
    receiver_id: Annotated[int | None, Plain("受让方")] = None
    receive_area: Annotated[str | None, Code("受让方所在地", "areas")] = None
    implement_area: Annotated[str | None, Code("实施地", "areas")] = None
    related_parties: Annotated[bool, Plain("关联交易")] = False
    own_price: Annotated[Decimal | None, Money("单独价格")] = None


def contract_problems(draft: ContractDraft, lists: Lists, today: date) -> list[Problem]:
    """Parties, days and amounts agree with each other, numbers look like what they are."""
    return [
        *_state(draft),
        *_parties(draft),
        *_days(draft),
        *_amounts(draft),
        *_registration(draft),
    ]


def transfer_problems(draft: TransferDraft, lists: Lists, today: date) -> list[Problem]:
    """Modes 2–5 rest on a contract."""
    if draft.mode not in BY_CONTRACT or draft.contract_id is not None:
        return []
    message = "未填写：转让、许可、合作和作价投资必须有合同。"
    return [problem(draft, "contract_id", "mode-has-contract", message, "请先登记合同。")]


def _by_day(draft: TransferDraft, _today: date) -> bool:
    """Modes 1 and 6 rest on a day of their own."""
    return draft.mode is not None and draft.mode not in BY_CONTRACT


def _late(draft: ContractDraft, today: date) -> bool:
    signed, registered = draft.signed_on, draft.registered_on
    return bool(signed and not registered and today - signed > REGISTER_WITHIN)


TRANSFER_NEEDS = (
    Need("event_on", "event-day", remedy="请填首次应用、投产或约定的日期。", when=_by_day),
    Need("implement_area", "area-wanted", remedy="请选择实施地。", hard=False),
)
CONTRACT_NEEDS = (
    Need("seller_id", "party-wanted", remedy="请补充合同双方。", hard=False),
    Need("buyer_id", "party-wanted", remedy="请补充合同双方。", hard=False),
    Need(
        "effective_on",
        "condition-open",
        "未填写：条件成就之前转化只列待核。",
        "条件成就后请填写生效日期。",
        hard=False,
        when=lambda draft, _today: bool(draft.conditional),
    ),
    Need("amount", "amount-zero", "为 0 或未填写。", "请核对成交额。", hard=False),
    Need(
        "registration_no",
        "registered-needs-number",
        "未填写，却有登记日期。",
        "请填写登记编号。",
        when=lambda draft, _today: draft.registered_on is not None,
    ),
    Need(
        "registration_no",
        "register-soon",
        f"未填写：签订已满 {REGISTER_WITHIN.days} 天。",
        "请提醒出让方办理认定登记。",
        hard=False,
        when=_late,
    ),
    Need(
        "ip_clause",
        "ip-wanted",
        "未填写：没有约定时，后续改进的归属按民法典的默认规则。",
        "请摘录合同条款。",
        hard=False,
    ),
)


def tidy_contract(draft: ContractDraft) -> ContractDraft:
    """As stored: the registration number in half-width digits."""
    plain = draft_fields.tidy(draft)
    number = identifier_key(IdentifierKind.CONTRACT, plain.registration_no or "")
    return replace(plain, registration_no=number or None)


def _state(draft: ContractDraft) -> list[Problem]:
    if draft.state != ContractState.RESCINDED:
        return []
    message = "不能直接改为解除。"
    return [problem(draft, "state", "rescind-is-a-verb", message, "请使用“解除合同”并写明理由。")]


def _parties(draft: ContractDraft) -> list[Problem]:
    if draft.seller_id is None or draft.seller_id != draft.buyer_id:
        return []
    message = "与出让方相同。"
    return [problem(draft, "buyer_id", "two-parties", message, "请核对合同双方。")]


def _days(draft: ContractDraft) -> list[Problem]:
    found = []
    if draft.effective_on and draft.effective_on < draft.signed_on:
        message = "早于签订日期。"
        found.append(problem(draft, "effective_on", "effective-after", message, "请核对两个日期。"))
    if draft.registered_on and draft.registered_on < draft.signed_on:
        message = "早于签订日期。"
        found.append(problem(draft, "registered_on", "register-after", message, "请核对日期。"))
    return found


def _amounts(draft: ContractDraft) -> list[Problem]:
    if not draft.amount or (draft.technology_amount or 0) <= draft.amount:
        return []
    message = "大于合同成交额。"
    return [problem(draft, "technology_amount", "part-of-amount", message, "请核对两个金额。")]


def _registration(draft: ContractDraft) -> list[Problem]:
    name = "registration_no"
    if is_blank(draft.registration_no):
        return []
    key = identifier_key(IdentifierKind.CONTRACT, draft.registration_no)
    if not key or len(key) > LONGEST_REGISTRATION:
        message = f"应含数字且不超过 {LONGEST_REGISTRATION} 位。"
        return [problem(draft, name, "registration", message, "尚未登记请留空。")]
    sentence = contract_warning(draft.registration_no)
    remedy = "请与认定登记证明核对。"
    return [Problem(name, "registration-shape", sentence, remedy, hard=False)] if sentence else []
