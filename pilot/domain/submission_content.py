"""What a submission says (填报内容): plain values as they are saved, read as drafts, with problems.

The content is JSON: `result`, `contract`, `transfer` and `follow_up` by the field names of their
drafts, `children` of a package, further `receivers` of the contract, `organisations` that the
registry lacks, `contact` (domain.submission_people), `has_transfer`, and `explanations` of soft
problems. A half-filled content is legal: only sending it asks for more. An organisation that is
only asked for is named -1, -2, … by its place in `organisations`.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from pilot.domain import drafts
from pilot.domain.draft_children import children_problems
from pilot.domain.draft_fields import described, is_blank
from pilot.domain.draft_follow_ups import on_paper
from pilot.domain.drafts import Holder, Lists, ResultDraft
from pilot.domain.errors import Invalid
from pilot.domain.problems import Problem
from pilot.domain.submission_parts import DRAFTS, ITS_OWN, Content, Parts, parts
from pilot.domain.vocabulary import FileKind, Term

LONGEST = 100_000  # characters of a content; every field at its longest is far below
_NOT_ASKED = {  # fields of the drafts that a researcher does not fill in
    "result": {"code", "contact_id", "package_id", "source"},
    "contract": {"project_id", "state"},
    "transfer": {"result_id", "contract_id", "own_price"},
    "follow_up": set(),
}


class Section(Term):
    """A part of the form (填报部分), in the order it is filled in."""

    DECLARATION = "declaration", "保密声明"
    BASICS = "basics", "成果基本信息"
    HOLDERS = "holders", "持有方"
    NUMBERS = "numbers", "知识产权与登记"
    CHILDREN = "children", "包内成果"
    READINESS = "readiness", "成熟度"
    TRANSFER = "transfer", "转化与合同"
    FILES = "files", "附件"


LONGEST_EXPLANATION = 300  # characters
_HEADINGS = {
    "has_transfer": "是否已转化",
    "organisations": "待登记单位",
    "children": "包内成果",
    "receivers": "其他受让方",
    "contact": "成果负责人",
    "files": "附件",
    "lookalikes": "疑似重复",
    "change": "变更申请",
    "same_as": "与已有成果为同一项",
    "same_submission": "与他人填报为同一项",
}
_SECTIONS: dict[str, Section] = {
    "result.non_secret": Section.DECLARATION,
    "result.holders": Section.HOLDERS,
    "organisations": Section.HOLDERS,
    "contact": Section.HOLDERS,
    "result.numbers": Section.NUMBERS,
    "result.registration_no": Section.NUMBERS,
    "result.registered_on": Section.NUMBERS,
    "result.readiness_scheme": Section.READINESS,
    "result.readiness_version": Section.READINESS,
    "result.readiness_level": Section.READINESS,
    "result.maturity": Section.READINESS,
    "children": Section.CHILDREN,
    "result.package_id": Section.TRANSFER,
    "contract": Section.TRANSFER,
    "receivers": Section.TRANSFER,
    "follow_up": Section.TRANSFER,
    "transfer": Section.TRANSFER,
    "has_transfer": Section.TRANSFER,
    "files": Section.FILES,
}


def section_of(field: str) -> Section:
    """Where in the form a field stands, by its full name such as `result.title`."""
    return _SECTIONS.get(field) or _SECTIONS.get(field.partition(".")[0]) or Section.BASICS


def asked(part: str, kind: type) -> list[str]:
    """The fields of a draft that the form asks for, in order."""
    return [name for name in described(kind) if name not in _NOT_ASKED[part]]


def problems(
    content: Content, files: Collection[FileKind], lists: Lists, today: date
) -> list[Problem]:
    """Every rule the content breaks, by full field name; soft ones pass with an explanation."""
    found = []
    read = parts(content)
    for part in ("result", "contract", "transfer", "follow_up"):
        if (draft := getattr(read, part)) is not None:
            found += _named(part, _broken(draft, lists, today), _NOT_ASKED[part])
    for number, draft in enumerate(read.organisations, 1):
        for each in _broken(draft, lists, today):
            message = f"待登记单位 {number}：{each.message}"
            found.append(replace(each, field="organisations", message=message))
    found += children_problems(read.children, read.result, lists, today)
    return found + _unanswered(content) + _receivers(read) + _papers(read, files)


def needed(content: Content, today: date) -> frozenset[str]:
    """What keeps the content from being sent while it is blank, by full field name: the marks.

    Children and units asked for stand by their place: `children.1.title`. Where a soft problem
    asks for a field, a reason will do instead.
    """
    read = parts(content)
    found = {"has_transfer"}
    for part in DRAFTS:
        if (draft := getattr(read, part)) is not None:
            found |= {f"{part}.{one}" for one in drafts.needed(draft, today) - _NOT_ASKED[part]}
    for part in ("organisations", "children"):
        for place, draft in enumerate(getattr(read, part), 1):
            found |= {f"{part}.{place}.{one}" for one in drafts.needed(draft, today)}
    if _proven(read):
        found.add("files")
    if read.follow_up is not None:
        found.add("same_as")  # one of the contract's results: the registry asks for it
    return frozenset(found)


def open_problems(content: Content, found: Sequence[Problem]) -> list[Problem]:
    """The problems that keep a content from being sent: hard ones, and soft ones unexplained.

    An explanation of more than `LONGEST_EXPLANATION` characters explains nothing yet.
    """
    explained = content.get("explanations", {})
    return [each for each in found if each.hard or not _explains(explained.get(reason_key(each)))]


def _explains(text: Any) -> bool:
    return not is_blank(text) and len(str(text)) <= LONGEST_EXPLANATION


def reason_key(problem: Problem) -> str:
    """Under which name the explanation of a soft problem is kept."""
    return f"{problem.field}/{problem.rule}"


def fingerprint(content: Content, files: Collection[tuple[str, str]]) -> str:
    """SHA-256 of what was judged: the content and its files by kind and hash.

    A verification speaks of this; a changed field or file makes it void.
    """
    text = json.dumps([as_json(content), sorted(files)], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def as_json(content: Content) -> str:
    """The content as it is stored: equal contents are equal texts."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def title_of(content: Content) -> str:
    """The title as lists show it: one line without what cannot be printed, at most 200 long."""
    text = str(content.get("result", {}).get("title") or "")
    return "".join(sign for sign in text if sign.isprintable())[:200].strip()


def merged(content: Content, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The content with some fields, named like `result.title`, set; the others untouched.

    Raises Invalid for more than any form could hold.
    """
    new = {key: dict(value) if isinstance(value, dict) else value for key, value in content.items()}
    for name, value in changes.items():
        part, _, field = name.partition(".")
        if field:
            new.setdefault(part, {})[field] = value
        else:
            new[part] = value
    if len(as_json(new)) > LONGEST:
        raise Invalid("content", "填报内容过长，没有保存；请删减文字，材料请作为附件上传。")
    return new


def differences(before: Content, after: Content) -> list[tuple[str, Any, Any]]:
    """Field by field what one round says differently from the round before."""
    old, new = _flat(before), _flat(after)
    return [
        (name, old.get(name), new.get(name))
        for name in dict.fromkeys([*old, *new])
        if not _same(old.get(name), new.get(name))
    ]


def heading(field: str) -> str:
    """The Chinese heading of a field by its full name."""
    part, _, name = field.partition(".")
    if part in DRAFTS and name in described(DRAFTS[part]):
        return described(DRAFTS[part])[name].label
    return _HEADINGS.get(part, part)


def _unanswered(content: Content) -> list[Problem]:
    """Whether the result has changed hands is asked of everybody: silence is no “no”."""
    if content.get("has_transfer") is not None:
        return []
    message = "还没有回答这项成果是否已经转化。"
    remedy = "请选择“已转化”或“还没有转化”。"
    return [Problem("has_transfer", "required", message, remedy)]


def _receivers(read: Parts) -> list[Problem]:
    """Everybody receives a result once under one contract."""
    if read.contract is None or read.transfer is None:
        return []
    named = [read.transfer.receiver_id or read.contract.buyer_id, *read.receivers]
    if len(set(named)) == len(named):
        return []
    message = "其他受让方有重复，或与合同受让方相同。"
    return [Problem("receivers", "receiver-twice", message, "同一受让方只列一次。")]


def _broken(draft: Any, lists: Lists, today: date) -> list[Problem]:
    """The rules a draft breaks, also those that are asked while other fields are blank.

    A result stands for itself as well: its shares and numbers are looked at as if it had a title.
    """
    found = drafts.problems(draft, lists, today)
    kinds = lists.get("result_kinds", {})
    if isinstance(draft, ResultDraft) and kinds and {each.rule for each in found} == {"required"}:
        filled = {"title": "-", "kind": next(iter(kinds)), "holders": (Holder(ITS_OWN),)}
        stand_in = replace(draft, **{each.field: filled[each.field] for each in found})
        behind = drafts.problems(stand_in, lists, today)
    else:
        behind = drafts.lacking(draft, today)
    told = {each.field for each in found}
    return found + [each for each in behind if each.field not in told]


def _named(part: str, found: list[Problem], hidden: Collection[str]) -> list[Problem]:
    return [
        replace(each, field=f"{part}.{each.field}") for each in found if each.field not in hidden
    ]


def _papers(read: Parts, files: Collection[FileKind]) -> list[Problem]:
    """A transfer under a contract is proven by the contract, what follows by its agreement."""
    if FileKind.CONTRACT in files or not _proven(read):
        return []
    what = "转化合同" if read.contract else "补充、续签或解除的协议"
    message = f"还没有上传{what}（扫描件或电子版）。"
    remedy = "请在“附件”中上传；暂时不能提供的，请说明原因。"
    return [Problem("files", "contract-wanted", message, remedy, hard=False)]


def _proven(read: Parts) -> bool:
    """Whether a contract or an agreement proves what is said, and is asked for among the files."""
    return bool(read.contract) or (read.follow_up is not None and on_paper(read.follow_up))


def _flat(content: Content) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for part, value in content.items():
        if part == "explanations":
            continue
        if isinstance(value, dict):
            flat |= {f"{part}.{name}": each for name, each in value.items()}
        else:
            flat[part] = value
    return flat


def _same(one: Any, other: Any) -> bool:
    return one == other or (one in (None, "", [], {}, False) and other in (None, "", [], {}, False))
