"""The lists of a submission in words (填报内容): units, numbers and children, one line each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pilot.domain.draft_children import ChildNumber
from pilot.domain.identifiers import IdentifierKind
from pilot.domain.submission_parts import Content


@dataclass(frozen=True, slots=True)
class Words:
    """What turns stored values into words: code lists, and units by id with their codes."""

    lists: Mapping[str, Mapping[str, str]]
    units: Mapping[int, str]
    people: Mapping[int, str] = field(default_factory=dict)
    contracts: Mapping[int, str] = field(default_factory=dict)
    packages: Mapping[int, str] = field(default_factory=dict)


def holders(value: Any, content: Content, known: Words) -> str:
    lines = []
    for place, held in enumerate(value or [], 1):
        share = f" {held['share']}%" if held.get("share") else ""
        lines.append(f"{place}. {unit(held.get('organisation_id'), content, known)}{share}")
    return "\n".join(lines)


def numbers(value: Any, _content: Content, _known: Words) -> str:
    lines = []
    for kind, numbers in (value or {}).items():
        if numbers:
            lines.append(f"{IdentifierKind(kind).label}：{'、'.join(numbers)}")
    return "\n".join(lines)


def asked_for(value: Any, _content: Content, known: Words) -> str:
    kinds = known.lists.get("organisation_kinds", {})
    lines = []
    for place, one in enumerate(value or [], 1):
        facts = [one.get("name"), kinds.get(one.get("kind")), one.get("uscc")]
        lines.append(f"{place}. {'，'.join(str(fact) for fact in facts if fact)}")
    return "\n".join(lines)


def children(value: Any, _content: Content, known: Words) -> str:
    kinds = known.lists.get("result_kinds", {})
    lines = []
    for place, one in enumerate(value or [], 1):
        number = one.get("number")
        label = ChildNumber(one["number_kind"]).label if one.get("number_kind") else "编号"
        facts = [one.get("title"), kinds.get(one.get("kind")), number and f"{label} {number}"]
        lines.append(f"{place}. {'，'.join(str(fact) for fact in facts if fact)}")
    return "\n".join(lines)


def receivers(value: Any, content: Content, known: Words) -> str:
    return "\n".join(unit(one, content, known) for one in value or [])


def unit(one: Any, content: Content, known: Words) -> str:
    """A unit of the registry, or one of those that the submission asks for."""
    if isinstance(one, int) and one < 0:
        wanted: Sequence[Mapping] = content.get("organisations", ())
        name = wanted[-one - 1].get("name") if -one <= len(wanted) else None
        return f"{name or '未命名单位'}（待登记）"
    return known.units.get(one, "登记簿中没有的单位") if one else ""
