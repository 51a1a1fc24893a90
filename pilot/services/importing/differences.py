"""Old beside new (新旧对照): what a row would change, field by field, as people read it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from pilot.domain import drafts
from pilot.domain.draft_fields import Code, Lists, described
from pilot.domain.drafts import Holder, Number
from pilot.domain.vocabulary import Term
from pilot.services.importing.book import Book
from pilot.services.importing.plan import Outcome, Plan

Difference = tuple[str, str, str]  # heading, old, new
_UNITS = ("holder_id", "pilot_org_id", "organisation_id", "receiver_id")


def differences(book: Book, plan: Plan) -> list[Difference]:
    """What a changed row changes; nothing for any other row."""
    if plan.outcome is not Outcome.CHANGED:
        return []
    before = drafts.as_stored(book.before(plan.existing_id))
    after = drafts.as_stored(plan.draft)
    return [*_of_drafts(book, before, after), *_of_plan(book, plan)]


def _of_drafts(book: Book, before: Any, after: Any) -> Iterator[Difference]:
    for name, about in described(type(after)).items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            codes = about.list_name if isinstance(about, Code) else _LISTS.get(name)
            yield about.label, _word(book, name, old, codes), _word(book, name, new, codes)


def _of_plan(book: Book, plan: Plan) -> Iterator[Difference]:
    if "planned_on" in plan.more:
        old = book.more_before(plan).get("planned_on")
        gate = plan.more["gate"]
        yield f"{gate.label}计划日期", str(old or ""), plan.more["planned_on"].isoformat()


def _word(book: Book, name: str, value: Any, codes: str | None) -> str:
    """A value in words; a row that is named by its id, by its name."""
    if value is None or value == ():
        return ""
    if isinstance(value, tuple):
        return "、".join(_word(book, name, one, codes) for one in value)
    if isinstance(value, Holder):
        share = "" if value.share is None else f"（{value.share:f}%）"
        return f"{book.directory.unit_name(value.organisation_id)}{share}"
    if isinstance(value, Number):
        return f"{value.kind.label} {value.number}"
    if name in _UNITS:
        return book.directory.unit_name(value)
    if name in ("manager_id", "contact_id"):
        return book.directory.person_name(value)
    if name in ("parent_id", "package_id"):
        return book.code_of(value)
    return _plain(value, codes, book.lists)


def _plain(value: Any, codes: str | None, lists: Lists) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Term):
        return value.label
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    label = lists.get(codes, {}).get(value) if codes else None
    return f"{label}（{value}）" if label else str(value)


_LISTS = {"sites": "sites"}
