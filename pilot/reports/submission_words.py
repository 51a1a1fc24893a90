"""A submission's content in words (填报内容): answers by section, and what a round changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from pilot.domain.draft_fields import Code, Money, Word, described
from pilot.domain.drafts import ContractDraft
from pilot.domain.submission_content import (
    Content,
    Section,
    asked,
    differences,
    heading,
    section_of,
)
from pilot.domain.submission_parts import DRAFTS, follows, parts
from pilot.domain.submission_people import FIELD, person_id
from pilot.reports import submission_lists
from pilot.reports.submission_lists import Words, unit
from pilot.store import (
    queries_codes,
    queries_follow_ups,
    queries_lookalikes,
    queries_submission_people,
    queries_submissions,
)

NOTHING = "未填写"
OF_CONTRACT = "随合同"  # what a transfer under a contract takes from it
_FOLLOWING = frozenset({"transfer.event_on", "transfer.receiver_id", "transfer.receive_area"})
_SAID_BY_CONTRACT = "transfer.related_parties"
_TITLES = {"contract.registered_on": "技术合同登记日期"}
_LEVEL = ("readiness_scheme", "readiness_version", "readiness_level")
_UNITS = frozenset({"seller_id", "buyer_id", "receiver_id"})


@dataclass(frozen=True, slots=True)
class Answer:
    """One field in words; `field` is its full name such as `result.title`."""

    field: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """What one field said in the round before and what it says now."""

    field: str
    heading: str
    before: str
    after: str


def words(session: Session, base_id: int, *contents: Content) -> Words:
    """What is needed to put these contents into words."""
    lists = queries_codes.lists(session, base_id, retired=True)
    ids = {one for content in contents for one in _unit_ids(content)}
    rows = queries_submissions.holders_of(session, ids) if ids else {}
    known = {
        one: f"{row.name}（{row.uscc}）" if row.uscc else row.name
        for one, row in rows.items()
        if row.base_id == base_id
    }
    named = [one for content in contents if (one := person_id(content)) is not None]
    people = queries_submission_people.names(session, base_id, named) if named else {}
    earlier = [content["follow_up"].get("contract_id") for content in contents if follows(content)]
    contracts = {
        row.id: f"{row.no}（{row.signed_on} 签订）"
        for row in queries_follow_ups.named(session, base_id, earlier)
    }
    wanted = [content.get("result", {}).get("package_id") for content in contents]
    packages = {
        row.id: f"{row.code} {row.title}"
        for row in queries_lookalikes.results(session, [one for one in wanted if one is not None])
        if row.base_id == base_id
    }
    return Words(lists, known, people, contracts, packages)


def answers(content: Content, known: Words) -> dict[Section, list[Answer]]:
    """Every field the form asks for, by section in order; what is blank says so."""
    found: dict[Section, list[Answer]] = {section: [] for section in Section}
    under_contract = parts(content).contract is not None
    for name in _fields(content):
        if under_contract and name == _SAID_BY_CONTRACT:
            continue
        blank = OF_CONTRACT if under_contract and name in _FOLLOWING else NOTHING
        text = _text(name, content, known) or blank
        found[section_of(name)].append(Answer(name, title(name), text))
    found.pop(Section.FILES)
    return found


def changes(before: Content, after: Content, known: Words) -> list[Change]:
    """Field by field what one round says differently from the round before, in words."""
    names = [_shown(name) for name, _, _ in differences(before, after)]
    return [
        Change(
            name,
            title(name),
            _text(name, before, known) or NOTHING,
            _text(name, after, known) or NOTHING,
        )
        for name in dict.fromkeys(names)
    ]


def explained(content: Content) -> list[Answer]:
    """The written explanations of what only warns, by the field they are about."""
    found = []
    for key, reason in content.get("explanations", {}).items():
        field = key.partition("/")[0]
        if str(reason or "").strip():
            found.append(Answer(field, title(field), str(reason)))
    return found


def title(field: str) -> str:
    """The heading of a field, no two alike; scheme, edition and level are one answer."""
    if field == "result.readiness_level":
        return "技术成熟度"
    part, _, name = field.partition(".")
    if part == "transfer" and name in described(ContractDraft):
        return f"转化{heading(field)}"
    return "转化受让方" if field == "transfer.receiver_id" else _TITLES.get(field, heading(field))


def coded(label: str, code: str) -> str:
    """A label with its code; codes that are only ours, without a digit, say nothing to people."""
    return f"{label}（{code}）" if any(sign.isdigit() for sign in code) else label


def _fields(content: Content) -> Iterator[str]:
    yield "result.non_secret"
    yield from _asked("result")
    yield "children"
    yield "has_transfer"
    if follows(content):
        told = content["follow_up"]
        yield from (one for one in _asked("follow_up") if told.get(one.partition(".")[2]))
    elif content.get("has_transfer"):
        yield from _asked("contract")
        if content.get("result", {}).get("package_id") is not None:
            yield "result.package_id"
        if content.get("receivers"):
            yield "receivers"
        yield from _asked("transfer")
    if content.get("organisations"):
        yield "organisations"
    if any(content.get("contact", {}).values()):
        yield FIELD


def _asked(part: str) -> Iterator[str]:
    told = ("readiness_scheme", "readiness_version", "non_secret")
    yield from (f"{part}.{name}" for name in asked(part, DRAFTS[part]) if name not in told)


def _shown(name: str) -> str:
    """The field under which a change is told."""
    part, _, field = name.partition(".")
    if part == "contact":
        return FIELD
    return "result.readiness_level" if part == "result" and field in _LEVEL else name


def _text(name: str, content: Content, known: Words) -> str:
    part, _, field = name.partition(".")
    if not field:
        value = content.get(part)
        return _SPECIAL.get(name, _plain)(value, content, known)
    values = content.get(part, {})
    if name in _SPECIAL:
        return _SPECIAL[name](values.get(field), content, known)
    value = values.get(field)
    if value in (None, ""):
        return ""
    if field in _UNITS:
        return unit(value, content, known)
    return _described(DRAFTS[part], field, value, known) if part in DRAFTS else str(value)


def _described(kind: type, field: str, value: Any, known: Words) -> str:
    about = described(kind).get(field)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(about, Code):
        label = known.lists.get(about.list_name, {}).get(value)
        return coded(label, value) if label else str(value)
    if isinstance(about, Word):
        return {word.value: word.label for word in about.kind}.get(value, str(value))
    return f"{value} 万元" if isinstance(about, Money) else str(value)


def _plain(value: Any, _content: Content, _known: Words) -> str:
    return "" if value is None else str(value)


def _yes_no(value: Any, _content: Content, _known: Words) -> str:
    return "" if value is None else "是" if value else "否"


def _secrecy(value: Any, _content: Content, _known: Words) -> str:
    return "已声明：内容不涉及国家秘密" if value else ""


def _level(_value: Any, content: Content, known: Words) -> str:
    scheme, edition, level = (content.get("result", {}).get(name) for name in _LEVEL)
    if level in (None, ""):
        return ""
    code = f"{scheme}-{edition}:{level}"
    label = known.lists.get("readiness_levels", {}).get(code, f"{level}级")
    return f"{scheme}-{edition} {label}"


def _earlier(value: Any, _content: Content, known: Words) -> str:
    return known.contracts.get(value, "登记簿中没有的合同") if value else ""


def _package(value: Any, _content: Content, known: Words) -> str:
    return known.packages.get(value, "登记簿中没有的成果") if value else ""


def _contact(value: Any, content: Content, known: Words) -> str:
    if value is not None:
        return known.people.get(value, "登记簿中没有的人员")
    name = content.get("contact", {}).get("name")
    return f"{name}（待登记）" if name else ""


def _same(value: Any, _content: Content, _known: Words) -> str:
    return "是" if value else ""


def _unit_ids(content: Content) -> Iterator[int]:
    """The units of the registry that a content names."""
    named = [held.get("organisation_id") for held in content.get("result", {}).get("holders", ())]
    named += [
        content.get(part, {}).get(name) for part in ("contract", "transfer") for name in _UNITS
    ]
    named += content.get("receivers", ())
    yield from (one for one in named if isinstance(one, int) and one > 0)


_SPECIAL = {
    "children": submission_lists.children,
    "contact.id": _contact,
    "follow_up.contract_id": _earlier,
    "has_transfer": _yes_no,
    "organisations": submission_lists.asked_for,
    "receivers": submission_lists.receivers,
    "same_as": _same,
    "same_submission": _same,
    "result.non_secret": _secrecy,
    "result.readiness_level": _level,
    "result.package_id": _package,
    "result.holders": submission_lists.holders,
    "result.numbers": submission_lists.numbers,
}
