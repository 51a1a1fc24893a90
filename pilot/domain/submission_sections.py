"""How far each section of a submission is filled in (填报进度), and what can be said early.

The rules of a whole draft compare fields only once each stands for itself. A number with a wrong
check digit is told at once, whatever else is still blank.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from pilot.domain.draft_fields import is_blank
from pilot.domain.identifiers import (
    IdentifierKind,
    contract_warning,
    identifier_problem,
    registration_warning,
    uscc_problem,
)
from pilot.domain.problems import Problem
from pilot.domain.submission_content import Content, Section, open_problems, section_of
from pilot.domain.vocabulary import FileKind, Term

# rules that only say that something is blank
ASKED_LATER = ("required", "wanted", "classified", "event-day", "amount-zero", "needed")
_OPTIONAL = frozenset({Section.NUMBERS, Section.CHILDREN, Section.FILES})
_ANSWERS = {
    Section.DECLARATION: ("result.non_secret",),
    Section.BASICS: ("result.title", "result.kind", "result.field", "result.summary"),
    Section.HOLDERS: ("result.holders",),
    Section.NUMBERS: ("result.numbers", "result.registration_no"),
    Section.CHILDREN: ("children",),
    Section.READINESS: ("result.readiness_level",),
    Section.TRANSFER: ("has_transfer",),
    Section.FILES: (),
}
_NEEDED = {  # blank, these keep a section from being done
    Section.DECLARATION: ("result.non_secret",),
    Section.BASICS: ("result.title", "result.kind"),
    Section.HOLDERS: ("result.holders",),
    Section.READINESS: ("result.readiness_level",),
    Section.TRANSFER: ("has_transfer",),
}


class Filled(Term):
    """How a section of the form stands (填写情况)."""

    BLANK = "blank", "未填"
    PARTIAL = "partial", "待补"
    DONE = "done", "已完成"
    OPTIONAL = "optional", "可不填"


def standing(
    content: Content, files: Collection[FileKind], found: Sequence[Problem]
) -> dict[Section, Filled]:
    """Every section in order: nothing said, something lacking, all said, or not needed."""
    troubled = {section_of(each.field) for each in open_problems(content, found)}
    return {section: _stands(section, content, files, troubled) for section in Section}


def progress(stands: Mapping[Section, Filled]) -> tuple[int, int]:
    """How many of the sections that are needed are done, and how many are needed."""
    needed = [one for one in stands.values() if one is not Filled.OPTIONAL]
    return sum(one is Filled.DONE for one in needed), len(needed)


def following(section: Section) -> Section | None:
    """The section after one; None after the last."""
    order = list(Section)
    place = order.index(section) + 1
    return order[place] if place < len(order) else None


def with_early(content: Content, found: Sequence[Problem]) -> list[Problem]:
    """The problems found and those of single numbers; each number's names the number."""
    early = list(_early(content))
    said = {(each.field, each.rule) for each in early}
    return [*(each for each in found if (each.field, each.rule) not in said), *early]


def only_blank(problem: Problem) -> bool:
    """Whether a problem only says that something has not been filled in yet."""
    return problem.rule.endswith(ASKED_LATER)


def _stands(
    section: Section,
    content: Content,
    files: Collection[FileKind],
    troubled: Collection[Section],
) -> Filled:
    said = any(_answered(content, name) for name in _ANSWERS[section])
    if section is Section.FILES:
        said = bool(files)
    if section in troubled:
        return Filled.PARTIAL if said or section in _OPTIONAL else Filled.BLANK
    if not said:
        return Filled.OPTIONAL if section in _OPTIONAL else Filled.BLANK
    needed = _NEEDED.get(section, ())
    return Filled.DONE if all(_answered(content, name) for name in needed) else Filled.PARTIAL


def _answered(content: Content, name: str) -> bool:
    part, _, field = name.partition(".")
    value = content.get(part, {}).get(field) if field else content.get(part)
    if name == "result.non_secret":
        return value is True
    if isinstance(value, dict):
        return any(value.values())
    return not (is_blank(value) or value == [])


def _early(content: Content) -> Iterator[Problem]:
    result, contract = content.get("result", {}), content.get("contract", {})
    for kind, numbers in result.get("numbers", {}).items():
        for number in numbers:
            if found := identifier_problem(IdentifierKind(kind), number, field="result.numbers"):
                yield replace(found, message=f"{number}：{found.message}")
    if not content.get("has_transfer"):
        contract = {}
    remedy = "请与登记证书核对。"
    for field, text, check in (
        ("result.registration_no", result.get("registration_no"), registration_warning),
        ("contract.registration_no", contract.get("registration_no"), contract_warning),
    ):
        if not is_blank(text) and (sentence := check(str(text))):
            yield Problem(field, "registration-shape", sentence, remedy, hard=False)
    for place, one in enumerate(content.get("organisations", ()), 1):
        if not is_blank(one.get("uscc")) and (sentence := uscc_problem(str(one["uscc"]))):
            message = f"待登记单位 {place}：{sentence}"
            yield Problem("organisations", "uscc", message, "")
