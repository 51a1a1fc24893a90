"""Receivers' rules (接收方规则): data an administrator edits, versioned by year."""

import csv
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from sqlmodel import Session

from pilot.domain import report_template_files
from pilot.domain.asked import Asked
from pilot.domain.crosschecks import parse_check
from pilot.domain.draft_fields import Plain, Text, Word, described, field_problems, tidy
from pilot.domain.errors import Conflict, Invalid, Refused
from pilot.domain.moment import local_day
from pilot.domain.people import Actor
from pilot.domain.preflight import EVERY_TEMPLATE
from pilot.domain.rule_words import columns_of
from pilot.services.command import verb
from pilot.store import (
    journal,
    queries,
    queries_codes,
    queries_filings,
    queries_packs,
    queries_verify,
)
from pilot.store.models import Base, RuleRow

CODES = Path(__file__).resolve().parents[2] / "data" / "codes"


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """One rule: what it asks of a column's cells, or an equation between tables.

    Under an equation `argument` is the column that names the rows which differ.
    """

    code: Annotated[str, Text("编号", 16)]
    template: Annotated[str, Text("报表", 32)]
    field: Annotated[str | None, Text("列", 64)] = None
    asked: Annotated[Asked | None, Word("规则种类", Asked)] = None
    argument: Annotated[str | None, Text("参数", 300)] = None
    only_when: Annotated[str | None, Text("适用条件", 200)] = None
    equation: Annotated[str | None, Text("勾稽关系", 500)] = None
    hard: Annotated[bool, Plain("硬性")] = True
    message: Annotated[str | None, Text("提示", 200)] = None
    remedy: Annotated[str | None, Text("改正办法", 200)] = None
    source: Annotated[str | None, Text("依据", 200)] = None
    year_from: Annotated[int, Plain("自年度")] = 2000
    year_to: Annotated[int, Plain("至年度")] = 9999
    position: Annotated[int, Plain("次序")] = 0
    active: Annotated[bool, Plain("启用")] = True


_BLANK = ("field", "argument", "only_when", "message", "remedy", "source")
_FIXED = ("code", "template", "year_from")


@verb("receiver_rule.save")
def save_rule(
    session: Session,
    draft: RuleDraft,
    *,
    by: Actor,
    at: datetime,
    rule_id: int | None = None,
    reason: str,
) -> RuleRow:
    """Add a rule or a version for later years, or change one, with the receiver's document.

    Versions of one rule never overlap: a new one ends the one before it the year before.
    """
    if not reason.strip():
        raise Invalid("reason", "改动接收方规则必须写明依据，例如文号。")
    draft = checked(draft, queries_codes.lists(session, by.base_id), local_day(at))
    values = _values(draft)
    if rule_id is not None:
        row = queries.one(session, RuleRow, by.base_id, rule_id)
        if any(getattr(row, name) != values[name] for name in _FIXED):
            raise Conflict("编号、报表和起始年度不能改；请另立一个版本，并停用旧的。")
        for other in queries_filings.rule_versions(session, by.base_id, draft.code):
            _check_apart(other, draft)
        row.sqlmodel_update(values)
        session.flush()
        return row
    _check_columns(session, by.base_id, draft)
    for row in queries_filings.rule_versions(session, by.base_id, draft.code):
        row.year_to = _ended(row, draft)
    row = RuleRow(base_id=by.base_id, recorded_at=at, **values)
    session.add(row)
    session.flush()
    return row


def proposed(
    session: Session, base_id: int, draft: RuleDraft, rule_id: int | None, at: datetime
) -> list[RuleRow]:
    """The rules of a base as they would be with a draft, as copies; refused as `save_rule` is."""
    draft = checked(draft, queries_codes.lists(session, base_id), local_day(at))
    found = [RuleRow(**row.model_dump()) for row in queries_filings.rules(session, base_id)]
    if rule_id is not None:
        found = [row for row in found if row.id != rule_id]
        for row in found:
            _check_apart(row, draft)
    else:
        _check_columns(session, base_id, draft)
        for row in found:
            if row.code == draft.code:
                row.year_to = _ended(row, draft)
    return [*found, *([RuleRow(base_id=base_id, **_values(draft))] if draft.active else [])]


def _check_columns(session: Session, base_id: int, draft: RuleDraft) -> None:
    """Refuse a new rule that speaks of columns its report does not have: it would never apply."""
    form = queries_packs.template(session, base_id, draft.template)
    if draft.equation is not None or draft.template == EVERY_TEMPLATE:
        return
    if form is None:
        raise Invalid("template", f"没有代码为“{draft.template}”的报表模板。")
    known = {column.field for column in report_template_files.read(form.body).columns}
    named = columns_of(draft.field, draft.asked, draft.argument, draft.only_when)
    if strange := [one for one in named if one not in known]:
        raise Invalid(
            "field", f"{draft.template} 没有列“{'、'.join(strange)}”；请写这张报表的列名。"
        )


def _values(draft: RuleDraft) -> dict[str, object]:
    values = {name: getattr(draft, name) for name in described(RuleDraft)}
    return values | {name: values[name] or "" for name in _BLANK}


def _ended(row: RuleRow, draft: RuleDraft) -> int:
    """The last year of a version once a new one has come; Conflict if both cannot be."""
    if row.template != draft.template:
        raise Conflict(f"编号 {row.code} 已用于 {row.template} 的规则；请另取一个编号。")
    if row.year_from == draft.year_from:
        raise Conflict(f"规则 {draft.code} 已有自 {draft.year_from} 年度起的版本。")
    if row.year_from < draft.year_from:
        return min(row.year_to, draft.year_from - 1)
    _check_apart(row, draft)
    return row.year_to


def _check_apart(other: RuleRow, draft: RuleDraft) -> None:
    """Refuse a version that would run into a later one that is in use."""
    later = other.code == draft.code and other.active and draft.year_from < other.year_from
    if later and draft.active and draft.year_to >= other.year_from:
        raise Conflict(
            f"规则 {draft.code} 自 {other.year_from} 年度起另有版本；"
            f"请把“至年度”写成 {other.year_from - 1} 或更早。"
        )


def checked(draft: RuleDraft, lists: object, today: object) -> RuleDraft:
    """The draft as it is stored; refused with what cannot work."""
    if found := field_problems(draft, lists, today):
        raise Refused(found)
    draft = tidy(draft)
    if (draft.asked is None) == (draft.equation is None):
        raise Invalid("asked", "请选规则种类，或写一条勾稽关系；两者只取其一。")
    if draft.equation is not None:
        parse_check(draft.equation)
        if not draft.message:
            raise Invalid("message", "勾稽关系请写明含义，例如“累计等于上期累计加本月”。")
    elif not draft.field:
        raise Invalid("field", "请填写规则管的是哪一列。")
    if not 2000 <= draft.year_from <= draft.year_to <= 9999:
        raise Invalid("year_from", "请核对适用年度：起始年度不能晚于终止年度。")
    _check_argument(draft)
    return draft


def _check_argument(draft: RuleDraft) -> None:
    if draft.asked is Asked.LENGTH and not (draft.argument or "").isdecimal():
        raise Invalid("argument", "请填最多几个字，例如 100。")
    if draft.asked in (Asked.ONE_OF, Asked.NOT_BEFORE) and not draft.argument:
        raise Invalid("argument", "请填允许的取值（用、隔开），或比较的另一列。")
    if draft.only_when and "=" not in draft.only_when:
        raise Invalid("only_when", "适用条件应写成“列=值”，几个值之间用、隔开。")


def deliver(session: Session, base: Base, at: datetime, folder: Path = CODES) -> int:
    """Give a base that has no rules yet the delivered ones; how many.

    The rows get no journal entry: what they say stands in the file.
    """
    if queries_filings.rules(session, base.id, retired=True):
        return 0
    with (folder / "receiver_rules.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [_delivered(base, row, at) for row in csv.DictReader(file)]
    session.add_all(rows)
    session.flush()
    return len(rows)


def lacking(session: Session) -> bool:
    """Whether some base has no rules at all: an upgrade of a current one writes nothing."""
    return any(
        not queries_filings.rules(session, base.id, retired=True)
        for base in queries_verify.bases(session)
    )


def deliver_all(session: Session, at: datetime) -> int:
    """The same for every base, one server at a time; part of an upgrade."""
    added = 0
    for base in queries_verify.bases(session):
        journal.lock(session, base.id)
        added += deliver(session, base, at)
    return added


def _delivered(base: Base, row: dict[str, str], at: datetime) -> RuleRow:
    return RuleRow(
        base_id=base.id,
        recorded_at=at,
        asked=Asked(row["asked"]) if row["asked"] else None,
        equation=row["equation"] or None,
        hard=row["hard"] == "true",
        year_from=int(row["year_from"]),
        year_to=int(row["year_to"]),
        position=int(row["position"]),
        **{name: row[name] for name in ("code", "template", *_BLANK)},
    )
