"""Units and persons as a form or an import row says them (单位, 人员), with their rules.

Source: domain note §2.8 (credit code), §5.1.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from pilot.domain import draft_fields
from pilot.domain.draft_fields import Code, Lists, Plain, Text, is_blank, problem
from pilot.domain.draft_needs import Need
from pilot.domain.identifiers import normalise_uscc, uscc_problem
from pilot.domain.problems import Problem

WITHOUT_USCC = frozenset({"individual", "foreign"})
_PHONE = re.compile(r"[0-9+()（） \-转]{5,32}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class OrganisationDraft:
    """A unit (单位)."""

    name: Annotated[str, Text("单位名称", 200)]
    kind: Annotated[str, Code("单位类型", "organisation_kinds")]
    uscc: Annotated[str | None, Text("统一社会信用代码", 64)] = None
    short_name: Annotated[str | None, Text("简称", 50)] = None
    reg_area: Annotated[str | None, Code("注册地", "areas")] = None
    actual_area: Annotated[str | None, Code("实际所在地", "areas")] = None
    zone: Annotated[str | None, Code("功能区", "zones")] = None
    ladder: Annotated[str | None, Code("企业梯度", "ladder")] = None
    ladder_certificate: Annotated[str | None, Text("梯度证书编号", 64)] = None
    former_names: Annotated[str | None, Text("曾用名", 500)] = None


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """A person (人员); only what the work needs."""

    name: Annotated[str, Text("姓名", 50)]
    kind: Annotated[str, Code("人员类型", "person_kinds")]
    organisation_id: Annotated[int | None, Plain("所在单位")] = None
    phone: Annotated[str | None, Text("电话", 32)] = None
    email: Annotated[str | None, Text("电子邮箱", 100)] = None
    account_id: Annotated[int | None, Plain("账号")] = None


def organisation_problems(draft: OrganisationDraft, lists: Lists, today: date) -> list[Problem]:
    """The credit code of a domestic unit; a person or a foreign unit has none."""
    if is_blank(draft.uscc):
        return []
    if draft.kind in WITHOUT_USCC:
        message = "不适用于个人和境外单位。"
        return [problem(draft, "uscc", "uscc-none", message, "请留空，或改选单位类型。")]
    sentence = uscc_problem(draft.uscc)
    return [Problem("uscc", "uscc", sentence, "请与证照逐位核对。")] if sentence else []


ORGANISATION_NEEDS = (
    Need(
        "uscc",
        "uscc-needed",
        "未填写：境内单位必须有统一社会信用代码。",
        "请按证照填写 18 位代码。",
        when=lambda draft, _today: draft.kind not in WITHOUT_USCC,
    ),
    Need(
        "reg_area",
        "area-wanted",
        "未填写：不能判断是否在本市。",
        "请选择注册地区划。",
        hard=False,
    ),
)


def person_problems(draft: PersonDraft, lists: Lists, today: date) -> list[Problem]:
    """Phone and mailbox look like what they are."""
    found = []
    if not is_blank(draft.phone) and not _PHONE.fullmatch(draft.phone.strip()):
        found.append(
            problem(draft, "phone", "phone", "写法不对。", "请填写号码，如 0427-1234567。")
        )
    if not is_blank(draft.email) and not _EMAIL.fullmatch(draft.email.strip()):
        found.append(problem(draft, "email", "email", "写法不对。", "请填写完整的邮箱地址。"))
    return found


def tidy_organisation(draft: OrganisationDraft) -> OrganisationDraft:
    """As stored: the credit code in half-width capitals."""
    plain = draft_fields.tidy(draft)
    return replace(plain, uscc=normalise_uscc(plain.uscc or "") or None)
