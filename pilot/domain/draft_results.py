"""Results as a form or an import row says them (成果), with their rules.

Source: domain note §2.3 (classified results are not registered), §2.5 (a readiness level always
with scheme and edition), §5.1.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated

from pilot.domain import draft_fields
from pilot.domain.draft_fields import Code, Day, Lists, Plain, Text, is_blank, problem
from pilot.domain.draft_needs import Need
from pilot.domain.identifiers import (
    IdentifierKind,
    identifier_key,
    identifier_problem,
    registration_warning,
)
from pilot.domain.parsing import ParseError, parse_decimal
from pilot.domain.problems import Problem

NUMBER_KINDS = (IdentifierKind.PATENT, IdentifierKind.SOFTWARE, IdentifierKind.STANDARD)
LONGEST_REGISTRATION = 16
_ALL_SHARES = Decimal("99.9")  # percent: three thirds to one decimal
_CODE = re.compile(r"CG-[0-9]{4}-(?:[0-9]{4}|[1-9][0-9]{4,6})")


@dataclass(frozen=True, slots=True)
class Holder:
    """A holder of a result (持有方), with its share in percent."""

    organisation_id: int
    share: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A patent, software or standard number of a result, as typed."""

    kind: IdentifierKind
    number: str


@dataclass(frozen=True, slots=True)
class ResultDraft:
    """A result (成果); its holders stand in order. Without a code it gets the next one."""

    title: Annotated[str, Text("成果名称", 200)]
    kind: Annotated[str, Code("成果类型", "result_kinds")]
    holders: Annotated[tuple[Holder, ...], Plain("持有方")]
    code: Annotated[str | None, Text("成果编号", 32)] = None
    numbers: Annotated[tuple[Number, ...], Plain("知识产权编号")] = ()
    contact_id: Annotated[int | None, Plain("成果负责人")] = None
    owner_type: Annotated[str | None, Code("权属类型", "owner_types")] = None
    field: Annotated[str | None, Code("领域", "fields")] = None
    industry: Annotated[str | None, Code("行业", "industries")] = None
    attribute: Annotated[str | None, Code("成果属性", "attributes")] = None
    maturity: Annotated[str | None, Code("所处阶段", "maturity_stages")] = None
    readiness_scheme: Annotated[str | None, Code("成熟度标准", "readiness_schemes")] = None
    readiness_version: Annotated[str | None, Text("成熟度标准版本", 32)] = None
    readiness_level: Annotated[int | None, Plain("成熟度等级")] = None
    programme: Annotated[str | None, Text("来源计划", 100)] = None
    registration_no: Annotated[str | None, Text("成果登记号", 64)] = None
    registered_on: Annotated[date | None, Day("成果登记日期")] = None
    summary: Annotated[str | None, Text("成果简介", 500, lines=True)] = None
    demand: Annotated[str | None, Text("转化需求", 500, lines=True)] = None
    non_secret: Annotated[bool, Plain("非密声明")] = False
    package_id: Annotated[int | None, Plain("所属成果包")] = None
    source: Annotated[str | None, Text("资料来源", 300)] = None


def result_problems(draft: ResultDraft, lists: Lists, today: date) -> list[Problem]:
    """Code, holders and shares, numbers, registration and readiness."""
    return [
        *_code(draft),
        *_holders(draft),
        *_numbers(draft),
        *_registration(draft),
        *_readiness(draft, lists),
    ]


RESULT_NEEDS = (
    Need(
        "non_secret",
        "classified",
        "未作出：本系统不接收涉密内容，涉密成果请按保密规定另行办理。",
        "确认内容不涉密后再登记。",
    ),
    *(  # what the form asks for but an old record may lack
        Need(name, f"{name}-wanted", remedy="请尽快补充。", hard=False)
        for name in ("field", "summary", "readiness_level")
    ),
)


def tidy_result(draft: ResultDraft) -> ResultDraft:
    """As stored: the registration number in half-width capitals, numbers without outer blanks."""
    plain = draft_fields.tidy(draft)
    if not (plain.registration_no or plain.numbers):
        return plain
    registration = identifier_key(IdentifierKind.REGISTRATION, plain.registration_no or "")
    numbers = tuple(Number(IdentifierKind(n.kind), n.number.strip()) for n in draft.numbers)
    return replace(plain, registration_no=registration or None, numbers=numbers)


def _code(draft: ResultDraft) -> list[Problem]:
    if is_blank(draft.code) or _CODE.fullmatch(draft.code.strip()):
        return []
    return [problem(draft, "code", "code", "应形如 CG-2026-0001。", "请留空，由系统编号。")]


def _holders(draft: ResultDraft) -> list[Problem]:
    ids = Counter(holder.organisation_id for holder in draft.holders)
    if max(ids.values()) > 1:
        return [problem(draft, "holders", "holder-twice", "有重复。", "同一单位只列一次。")]
    shares = [holder.share for holder in draft.holders if holder.share is not None]
    try:
        exact = [parse_decimal(share) for share in shares]
    except ParseError as error:
        return [problem(draft, "holders", "share", f"份额：{error.message}", error.remedy)]
    if any(not 0 < share <= 100 for share in exact):
        return [problem(draft, "holders", "share", "份额应大于 0、不超过 100。", "请核对份额。")]
    if sum(exact) > 100:
        message = f"份额合计 {sum(exact)}%，超过 100%。"
        return [problem(draft, "holders", "share-sum", message, "请核对各方份额。")]
    if len(exact) == len(draft.holders) and sum(exact) < _ALL_SHARES:
        message = f"各方份额都已填写，合计只有 {sum(exact)}%。"
        remedy = "请补上其他持有方，或把不知道的份额留空。"
        return [problem(draft, "holders", "share-rest", message, remedy, hard=False)]
    return []


def _numbers(draft: ResultDraft) -> list[Problem]:
    found = [each for number in draft.numbers if (each := _number(draft, number))]
    keys = Counter(_key(number) for number in draft.numbers if not found)
    if any(key and times > 1 for (_, key), times in keys.items()):
        found.append(problem(draft, "numbers", "number-twice", "有重复。", "同一编号只填一次。"))
    return found


def _key(number: Number) -> tuple[str, str]:
    return number.kind, identifier_key(number.kind, number.number)


def _number(draft: ResultDraft, number: Number) -> Problem | None:
    if number.kind not in {kind.value for kind in NUMBER_KINDS}:
        message = "只填专利、软件著作权和标准的编号。"
        return problem(draft, "numbers", "number-kind", message, "成果登记号请填在它自己的栏目。")
    if len(number.number) > 64 or not number.number.isprintable():
        return problem(draft, "numbers", "number-text", "过长或含有控制字符。", "请重新填写编号。")
    return identifier_problem(number.kind, number.number, field="numbers")


def _registration(draft: ResultDraft) -> list[Problem]:
    if is_blank(draft.registration_no):
        return []
    key = identifier_key(IdentifierKind.REGISTRATION, draft.registration_no)
    if not key or len(key) > LONGEST_REGISTRATION:
        message = f"应含数字且不超过 {LONGEST_REGISTRATION} 位。"
        return [problem(draft, "registration_no", "registration", message, "尚未登记请留空。")]
    sentence = registration_warning(draft.registration_no)
    remedy = "请与登记证书核对。"
    return (
        [Problem("registration_no", "registration-shape", sentence, remedy, hard=False)]
        if sentence
        else []
    )


def _readiness(draft: ResultDraft, lists: Lists) -> list[Problem]:
    """Scheme, edition and level come together and stand in the list of levels."""
    parts = (draft.readiness_scheme, draft.readiness_version, draft.readiness_level)
    if all(is_blank(part) for part in parts):
        return []
    level = f"{parts[0]}-{str(parts[1]).strip()}:{parts[2]}"
    if level in lists.get("readiness_levels", {}):
        return []
    message = "须与标准、版本一并选择，并在该标准的等级之内。"
    remedy = "例如 GB/T 37264、2018、6 级。"
    return [problem(draft, "readiness_level", "readiness", message, remedy)]
