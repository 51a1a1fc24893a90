"""Definitions and goals as a form says them (指标口径, 年度目标), with the rules of their fields.

What a version of a definition may change is decided by its indicator: the other parameters have
no meaning there and are carried over.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pilot.domain import draft_fields
from pilot.domain.draft_fields import Day, Plain, Text, Word, field_problems, problem
from pilot.domain.errors import Refused
from pilot.domain.problems import Problem
from pilot.domain.vocabulary import (
    GOALS,
    AdmissionEvent,
    Indicator,
    LandingLevel,
    Locality,
    Scope,
)

PARAMETERS: dict[Indicator, tuple[str, ...]] = {
    Indicator.NEW_PILOT: ("admission_event",),
    Indicator.INDUSTRIALISED: ("threshold",),
    Indicator.TRANSFERRED: ("locality", "include_four_tech"),
    Indicator.ELSEWHERE: ("threshold",),
}
EARLIEST, LATEST = 2000, 2100


@dataclass(frozen=True, slots=True)
class DefinitionDraft:
    """A new version of how an indicator is counted (指标口径), for event days from `valid_from`."""

    indicator: Annotated[Indicator, Word("指标", Indicator)]
    valid_from: Annotated[date, Day("生效日期", future=True)]
    text: Annotated[str, Text("口径说明", 2000, lines=True)]
    headline: Annotated[Scope, Word("首页统计范围", Scope)] = Scope.CITY
    admission_event: Annotated[AdmissionEvent, Word("准入口径", AdmissionEvent)] = (
        AdmissionEvent.ADMISSION
    )
    threshold: Annotated[LandingLevel, Word("产业化门槛", LandingLevel)] = LandingLevel.L4
    locality: Annotated[Locality, Word("本地口径", Locality)] = Locality.RECEIVER
    include_four_tech: Annotated[bool, Plain("技术开发、咨询、服务合同计入转化")] = False


@dataclass(frozen=True, slots=True)
class TargetDraft:
    """A year's goal (年度目标): at least `goal` units, and where the number was promised."""

    year: Annotated[int, Plain("年度")]
    indicator: Annotated[Indicator, Word("指标", Indicator)]
    scope: Annotated[Scope, Word("统计范围", Scope)]
    goal: Annotated[int, Plain("目标数")]
    source: Annotated[str, Text("目标出处", 300)]


def checked_definition(
    draft: DefinitionDraft, filed: Collection[int], today: date
) -> DefinitionDraft:
    """The draft as it is stored; Refused with every problem.

    A reported year keeps the definition it was reported under, so no version may begin in it or
    before it.
    """
    found = field_problems(draft, {}, today)
    found = found or _reaches_back(draft, filed) + _says_otherwise(draft)
    return _checked(draft, found)


def checked_target(draft: TargetDraft, today: date) -> TargetDraft:
    """The draft as it is stored; Refused with every problem."""
    return _checked(draft, field_problems(draft, {}, today) or _goal(draft))


def _checked(draft, found: list[Problem]):
    if found:
        raise Refused(found)
    return draft_fields.tidy(draft)


def _reaches_back(draft: DefinitionDraft, filed: Collection[int]) -> list[Problem]:
    last = max(filed, default=0)
    if draft.valid_from.year > last:
        return []
    message = f"（{draft.valid_from}）落在已上报的年度：{last} 年度已按当时的口径上报。"
    remedy = f"请选择 {last + 1}-01-01 或以后的日期；已上报的数字只能补报或核减。"
    return [problem(draft, "valid_from", "year-is-filed", message, remedy)]


def _says_otherwise(draft: DefinitionDraft) -> list[Problem]:
    """The words name the level that counts: with another threshold they would mislead."""
    named = set(re.findall(r"L[1-5]", draft.text))
    if "threshold" not in PARAMETERS.get(draft.indicator, ()) or not named:
        return []
    if draft.threshold in named:
        return []
    message = f"写的是 {'、'.join(sorted(named))}，产业化门槛选的却是 {draft.threshold.label}。"
    return [problem(draft, "text", "text-threshold", message, "请改成一致。")]


def _goal(draft: TargetDraft) -> list[Problem]:
    found = []
    if draft.indicator not in GOALS:
        message = "只单独统计，不设目标。"
        found.append(problem(draft, "indicator", "goals-only", message, "请选择三项目标之一。"))
    if not EARLIEST <= draft.year <= LATEST:
        message = f"应在 {EARLIEST} 至 {LATEST} 之间。"
        found.append(problem(draft, "year", "year-range", message, "请核对年度。"))
    if not 1 <= draft.goal <= 1_000_000:
        message = "应为正整数。"
        found.append(problem(draft, "goal", "goal-range", message, "请填写 1 以上的整数。"))
    return found
