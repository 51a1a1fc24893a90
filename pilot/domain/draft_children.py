"""The children of a package (包内成果): patents, papers or software that together are one 项.

Source: domain note §3.5: one result with several patents counts once. A number names one result,
so it stands with one child or with the package itself, never twice.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from pilot.domain.draft_fields import Code, Lists, Text, Word, field_problems, is_blank
from pilot.domain.draft_results import LONGEST_REGISTRATION, Number, ResultDraft
from pilot.domain.identifiers import (
    IdentifierKind,
    identifier_key,
    identifier_problem,
    title_key,
)
from pilot.domain.problems import Problem
from pilot.domain.vocabulary import Term

MOST_CHILDREN = 50
FIELD = "children"
Key = tuple[str, str]  # kind of number and its comparison key


class ChildNumber(Term):
    """The numbers that can name a child (包内成果的编号类别)."""

    PATENT = "patent", "专利申请号"
    SOFTWARE = "software", "软件著作权登记号"
    STANDARD = "standard", "标准编号"
    REGISTRATION = "registration", "成果登记号"


@dataclass(frozen=True, slots=True)
class ChildDraft:
    """One child of a package: what it is called, what it is, and the number that names it."""

    title: Annotated[str, Text("名称", 200)]
    kind: Annotated[str, Code("类型", "result_kinds")]
    number_kind: Annotated[ChildNumber | None, Word("编号类别", ChildNumber)] = None
    number: Annotated[str | None, Text("编号", 64)] = None


def child_key(child: ChildDraft) -> Key | None:
    """What a child is recognised by; None without a number, or where it names nothing (暂无)."""
    if is_blank(child.number) or child.number_kind not in {one.value for one in ChildNumber}:
        return None
    key = identifier_key(IdentifierKind(str(child.number_kind)), str(child.number))
    return (str(child.number_kind), key) if key else None


def as_result(child: ChildDraft, package: ResultDraft, package_id: int) -> ResultDraft:
    """The child as it is registered: held, classed and declared like its package."""
    kind, number = child.number_kind, (child.number or "").strip()
    registered = kind == ChildNumber.REGISTRATION
    numbers = (Number(IdentifierKind(str(kind)), number),) if number and not registered else ()
    return ResultDraft(
        title=child.title,
        kind=child.kind,
        holders=package.holders,
        numbers=numbers,
        owner_type=package.owner_type,
        field=package.field,
        registration_no=number if registered else None,
        non_secret=package.non_secret,
        package_id=package_id,
    )


def children_problems(
    children: Sequence[ChildDraft], package: ResultDraft, lists: Lists, today: date
) -> list[Problem]:
    """Every rule the children break, each by its place; the field of all is `children`."""
    found = []
    if len(children) > MOST_CHILDREN:
        message = f"包内成果有 {len(children)} 项，最多 {MOST_CHILDREN} 项。"
        found.append(Problem(FIELD, "children-many", message, "请合并同类项，或分成几份填报。"))
    for place, child in enumerate(children, 1):
        found += [_placed(place, each) for each in _one(child, lists, today)]
    if children and package.package_id is not None:
        message = "归入别的成果包的成果不能再有包内成果。"
        found.append(Problem(FIELD, "one-level", message, "请逐件填报，或清空所归入的成果包。"))
    return found + list(_twice(children, package))


def _one(child: ChildDraft, lists: Lists, today: date) -> list[Problem]:
    found = field_problems(child, lists, today)
    if is_blank(child.number):
        return found
    if is_blank(child.number_kind):
        remedy = "请选择编号类别；没有编号的请把编号留空。"
        return [*found, Problem(FIELD, "number-kind", "编号类别未选择。", remedy)]
    if any(each.field in ("number", "number_kind") for each in found):
        return found
    kind = IdentifierKind(str(child.number_kind))
    key = identifier_key(kind, str(child.number))
    if kind is IdentifierKind.REGISTRATION and len(key) > LONGEST_REGISTRATION:
        message = f"成果登记号不超过 {LONGEST_REGISTRATION} 位。"
        return [*found, Problem(FIELD, "registration", message, "请与登记证书核对。")]
    wrong = identifier_problem(kind, str(child.number), field=FIELD)
    return [*found, wrong] if wrong else found


def _placed(place: int, each: Problem) -> Problem:
    return replace(each, field=FIELD, message=f"第 {place} 项：{each.message}")


def _twice(children: Sequence[ChildDraft], package: ResultDraft) -> Iterator[Problem]:
    """The same number, or without one the same title, is the same child."""
    known = _numbers_of(package)
    keys = Counter(key for child in children if (key := child_key(child)))
    for place, child in enumerate(children, 1):
        key = child_key(child)
        if key and key in known:
            message = f"第 {place} 项：编号已填在“知识产权与登记”中。"
            yield Problem(FIELD, "number-of-package", message, "同一编号只填一处。")
        elif key and keys[key] > 1:
            message = f"第 {place} 项：编号与另一项相同。"
            yield Problem(FIELD, "number-twice", message, "同一件只列一次。")
    titles = Counter(title_key(str(one.title)) for one in children if child_key(one) is None)
    for place, child in enumerate(children, 1):
        title = title_key(str(child.title))
        if child_key(child) is None and title and titles[title] > 1:
            message = f"第 {place} 项：名称与另一项相同，都没有编号。"
            yield Problem(FIELD, "title-twice", message, "同一件只列一次；不同的请填写编号。")


def _numbers_of(package: ResultDraft) -> set[Key]:
    numbers = [(str(one.kind), one.number) for one in package.numbers]
    if not is_blank(package.registration_no):
        numbers.append((IdentifierKind.REGISTRATION.value, str(package.registration_no)))
    keys = {(kind, identifier_key(kind, number)) for kind, number in numbers}
    return {key for key in keys if key[1]}
