"""Code lists and gate checklists (代码表, 阶段门清单): what an administrator edits without code."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from sqlmodel import Session

from pilot.domain.draft_fields import (
    Code,
    Lists,
    Plain,
    Text,
    Word,
    described,
    field_problems,
    is_blank,
    problem,
    tidy,
)
from pilot.domain.errors import Conflict, Invalid, Refused
from pilot.domain.guards import ON_RECORD
from pilot.domain.moment import local_day
from pilot.domain.people import Actor
from pilot.domain.problems import Problem
from pilot.domain.vocabulary import Dimension, Gate, HazardClass, Requirement
from pilot.services.command import verb
from pilot.store import queries, queries_codes
from pilot.store.models import ChecklistItem, CodeItem


@dataclass(frozen=True, slots=True)
class CodeDraft:
    """One entry of a code list; `active` False takes it out of the choices."""

    list_name: Annotated[str, Text("代码表", 32)]
    code: Annotated[str, Text("代码", 32)]
    label: Annotated[str, Text("名称", 100)]
    edition: Annotated[str, Text("版本", 32)] = ""
    position: Annotated[int, Plain("次序")] = 0
    active: Annotated[bool, Plain("启用")] = True


@dataclass(frozen=True, slots=True)
class ChecklistDraft:
    """One line of a gate's checklist: a paper if it names a document, else a criterion."""

    gate: Annotated[Gate, Word("阶段门", Gate)]
    code: Annotated[str, Text("编号", 16)]
    text: Annotated[str, Text("内容", 200)]
    requirement: Annotated[Requirement, Word("要求", Requirement)]
    hazard_class: Annotated[HazardClass, Word("适用类别", HazardClass)] = HazardClass.ANY
    doc_code: Annotated[str | None, Code("材料", "documents")] = None
    dimension: Annotated[Dimension | None, Word("维度", Dimension)] = None
    basis: Annotated[str | None, Text("依据", 200)] = None
    position: Annotated[int, Plain("次序")] = 0
    active: Annotated[bool, Plain("启用")] = True


@verb("code.save")
def save_code(
    session: Session,
    draft: CodeDraft,
    *,
    by: Actor,
    at: datetime,
    item_id: int | None = None,
) -> CodeItem:
    """Add a code to a list, or change its label, place or use; the code itself stays."""
    lists = queries_codes.lists(session, by.base_id, retired=True)
    draft = _checked(draft, lists, local_day(at))
    if draft.list_name not in lists:
        raise Invalid("list_name", f"没有名为“{draft.list_name}”的代码表。")
    values = {name: getattr(draft, name) for name in described(CodeDraft)}
    values["edition"] = draft.edition or ""
    if item_id is None:
        taken = queries_codes.item(
            session, by.base_id, draft.list_name, draft.code, values["edition"]
        )
        if taken:
            raise Conflict(f"代码 {draft.code} 已存在（{taken.label}）；停用的代码请重新启用。")
        return _add(session, CodeItem(base_id=by.base_id, recorded_at=at, **values))
    item = queries.one(session, CodeItem, by.base_id, item_id)
    return _change(session, item, values, fixed=("list_name", "code", "edition"))


@verb("checklist.save")
def save_checklist_item(
    session: Session,
    draft: ChecklistDraft,
    *,
    by: Actor,
    at: datetime,
    item_id: int | None = None,
) -> ChecklistItem:
    """Add a line to a gate's checklist, or change one; open rounds keep the copy they have."""
    draft = _checked(draft, queries_codes.lists(session, by.base_id), local_day(at))
    values = {name: getattr(draft, name) for name in described(ChecklistDraft)}
    if item_id is None:
        taken = queries_codes.checklist_item(
            session, by.base_id, draft.gate, draft.hazard_class, draft.code
        )
        if taken:
            raise Conflict(f"{draft.gate.value} 清单中已有编号 {draft.code}（{taken.text}）。")
        return _add(session, ChecklistItem(base_id=by.base_id, recorded_at=at, **values))
    item = queries.one(session, ChecklistItem, by.base_id, item_id)
    fixed = ("gate", "hazard_class", "code")
    # The record answers the question as it reads: with other words it would answer another one.
    fixed += ("text",) if item.code in ON_RECORD else ()
    return _change(session, item, values, fixed=fixed)


def _checked(draft, lists: Lists, today: date):
    found: list[Problem] = field_problems(draft, lists, today)
    if is_blank(getattr(draft, "position", 0)) or draft.position < 0:
        found.append(problem(draft, "position", "position", "应为 0 或正整数。", "请重新填写。"))
    if found:
        raise Refused(found)
    return tidy(draft)


def _add(session: Session, row):
    session.add(row)
    session.flush()
    return row


def _change(session: Session, row, values: dict, *, fixed: tuple[str, ...]):
    for name in fixed:
        if getattr(row, name) != values[name]:
            raise Invalid(name, "已有记录使用，不能修改；请停用后另建一条。")
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()
    return row
