"""Projects as a form or an import row says them (项目), with their rules. Money in 万元.

Source: domain note §2.5 (a readiness level always with scheme and edition), §3.3 (a new project
of the same holder names its parent and why), §5.1.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from pilot.domain.draft_fields import Code, Lists, Money, Plain, Text, Word, is_blank, problem
from pilot.domain.problems import Problem
from pilot.domain.vocabulary import Purpose

GRADES = range(1, 6)


@dataclass(frozen=True, slots=True)
class ProjectDraft:
    """A project (项目); its stage and state change by verbs of their own."""

    name: Annotated[str, Text("项目名称", 200)]
    holder_id: Annotated[int | None, Plain("成果持有方")] = None
    pilot_org_id: Annotated[int | None, Plain("中试单位")] = None
    manager_id: Annotated[int | None, Plain("项目经理")] = None
    field: Annotated[str | None, Code("技术领域", "fields")] = None
    industry: Annotated[str | None, Code("国民经济行业代码", "industries")] = None
    industry_edition: Annotated[str | None, Text("行业分类版本", 32)] = None
    area: Annotated[str | None, Code("所在区划代码", "areas")] = None
    zone: Annotated[str | None, Code("功能区", "zones")] = None
    purpose: Annotated[Purpose, Word("项目性质", Purpose)] = Purpose.PILOT
    in_base: Annotated[bool, Plain("是否基地项目")] = True
    owner_consent: Annotated[bool, Plain("持有方同意中试")] = False
    framework_agreement: Annotated[bool, Plain("框架协议项目")] = False
    parent_id: Annotated[int | None, Plain("上级项目编号")] = None
    parent_reason: Annotated[str | None, Text("关联上级项目理由", 500, lines=True)] = None
    continues_parent: Annotated[bool, Plain("延续上级项目")] = False
    key_hazards: Annotated[bool, Plain("两重点一重大")] = False
    hazard_process: Annotated[str | None, Code("危险化工工艺", "hazardous_processes")] = None
    reaction_grade: Annotated[int | None, Plain("反应危险度")] = None
    first_in_china: Annotated[bool, Plain("国内首次使用")] = False
    targets: Annotated[str | None, Text("目标值", 1000, lines=True)] = None
    budget: Annotated[Decimal | None, Money("预算（万元）")] = None
    readiness_scheme: Annotated[str | None, Code("成熟度标准", "readiness_schemes")] = None
    readiness_version: Annotated[str | None, Text("成熟度标准版本", 32)] = None
    readiness_level: Annotated[int | None, Plain("技术成熟度")] = None
    installed: Annotated[bool, Plain("已建中试装置")] = False
    source: Annotated[str | None, Text("资料来源", 300)] = None
    sites: Annotated[tuple[str, ...], Plain("场地")] = ()


def project_problems(draft: ProjectDraft, lists: Lists, today: date) -> list[Problem]:
    """Parent, sites, hazard grade and readiness agree with the lists; what is wanted only warns."""
    return [
        *_parent(draft),
        *_sites(draft, lists),
        *_grade(draft),
        *_readiness(draft, lists),
        *_wanted(draft),
    ]


def _parent(draft: ProjectDraft) -> list[Problem]:
    if draft.parent_id is not None and is_blank(draft.parent_reason):
        message = "未填写：关联上级项目时必须说明理由。"
        return [problem(draft, "parent_reason", "parent-reason", message, "请写明与其不同之处。")]
    if draft.parent_id is None and draft.continues_parent:
        message = "为“是”，却没有上级项目。"
        return [problem(draft, "continues_parent", "parent-missing", message, "请填写上级项目。")]
    return []


def _sites(draft: ProjectDraft, lists: Lists) -> list[Problem]:
    known = lists.get("sites", {})
    strange = [site for site in draft.sites if site not in known]
    if strange:
        message = f"“{strange[0]}”不在代码表中。"
        return [problem(draft, "sites", "not-in-list", message, "请从列表中选择。")]
    if len(set(draft.sites)) < len(draft.sites):
        return [problem(draft, "sites", "site-twice", "有重复。", "同一场地只列一次。")]
    return []


def _grade(draft: ProjectDraft) -> list[Problem]:
    if draft.reaction_grade is None or draft.reaction_grade in GRADES:
        return []
    return [problem(draft, "reaction_grade", "grade", "应为 1–5 级。", "请核对评估报告。")]


def _readiness(draft: ProjectDraft, lists: Lists) -> list[Problem]:
    """Scheme, edition and level come together and stand in the list of levels."""
    parts = (draft.readiness_scheme, draft.readiness_version, draft.readiness_level)
    if all(is_blank(part) for part in parts):
        return []
    if f"{parts[0]}-{parts[1]}:{parts[2]}" in lists.get("readiness_levels", {}):
        return []
    message = "须与标准、版本一并填写，并在该标准的等级之内。"
    return [problem(draft, "readiness_level", "readiness", message, "例如：GB/T 37264 2018 6级。")]


def _wanted(draft: ProjectDraft) -> list[Problem]:
    """What the ledger asks for but a project just known may lack."""
    return [
        problem(draft, name, f"{name}-wanted", "未填写。", "请尽快补充。", hard=False)
        for name in ("holder_id", "manager_id", "area")
        if is_blank(getattr(draft, name))
    ]
