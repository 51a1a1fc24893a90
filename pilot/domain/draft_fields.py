"""The fields of a draft: heading, length, code list, said once as part of their type.

    name: Annotated[str, Text("单位名称", 200)]

A field without a default is required. The headings serve forms and import files alike.
"""

import functools
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar, get_type_hints

from pilot.domain.parsing import ParseError, clean_text, parse_date, parse_decimal
from pilot.domain.problems import Problem
from pilot.domain.vocabulary import Term

Lists = Mapping[str, Mapping[str, str]]  # list name → code → label
Trouble = tuple[str, str, str]  # rule, message after the heading, remedy
Draft = TypeVar("Draft")


@dataclass(frozen=True, slots=True)
class Plain:
    """A field its draft checks itself: a row's id, a yes or no, a tuple."""

    label: str

    def trouble(self, value: Any, lists: Lists, today: date) -> Trouble | None:
        """What is wrong with a value that was given."""
        return None

    def tidy(self, value: Any) -> Any:
        """The value as it is stored."""
        return value


@dataclass(frozen=True, slots=True)
class Text(Plain):
    """A text of at most `longest` characters, on one line unless `lines`."""

    longest: int
    lines: bool = False

    def trouble(self, value: Any, lists: Lists, today: date) -> Trouble | None:
        """Too long, unprintable, or on more lines than one."""
        try:
            cleaned = clean_text(value, self.longest) or ""
        except ParseError as error:
            return "text", f"：{error.message}", error.remedy
        if not self.lines and ("\n" in cleaned or "\t" in cleaned):
            return "one-line", "只能写成一行。", "请删除换行和制表符。"
        return None

    def tidy(self, value: Any) -> str | None:
        """Without blanks at its ends; None for nothing."""
        return clean_text(value, self.longest)


@dataclass(frozen=True, slots=True)
class Code(Plain):
    """A code out of a code list."""

    list_name: str

    def trouble(self, value: Any, lists: Lists, today: date) -> Trouble | None:
        """Not in the list."""
        if value in lists.get(self.list_name, {}):
            return None
        return "not-in-list", f"“{value}”不在代码表中。", "请从列表中选择。"

    def tidy(self, value: Any) -> str | None:
        """None for a blank."""
        return value or None


@dataclass(frozen=True, slots=True)
class Word(Plain):
    """A word of the vocabulary."""

    kind: type[Term]

    def trouble(self, value: Any, lists: Lists, today: date) -> Trouble | None:
        """Not one of the words."""
        if value in {word.value for word in self.kind}:
            return None
        return "not-a-word", f"“{value}”不是可选的值。", "请从列表中选择。"

    def tidy(self, value: Any) -> Term | None:
        """The word itself, also when its value was given; None for a blank."""
        return None if is_blank(value) else self.kind(value)


@dataclass(frozen=True, slots=True)
class Money(Plain):
    """An amount in 万元, exact to two decimals, not negative."""

    def trouble(self, value: Any, lists: Lists, today: date) -> Trouble | None:
        """Not a number with two decimals, or negative."""
        try:
            amount = parse_decimal(value)
        except ParseError as error:
            return "money", f"：{error.message}", error.remedy
        return ("negative", "不能为负数。", "请核对金额（万元）。") if amount < 0 else None

    def tidy(self, value: Any) -> Decimal | None:
        """With exactly two decimals."""
        return None if is_blank(value) else parse_decimal(value)


@dataclass(frozen=True, slots=True)
class Day(Plain):
    """A day, not after today unless `future`."""

    future: bool = False

    def trouble(self, value: Any, lists: Lists, today: date) -> Trouble | None:
        """Not a day, or one that has not come yet."""
        try:
            found = parse_date(value)
        except ParseError as error:
            return "day", f"：{error.message}", error.remedy
        if found > today and not self.future:
            return "future", f"（{found}）还没有到，不能登记为已发生。", "请核对日期。"
        return None

    def tidy(self, value: Any) -> date | None:
        """The day itself."""
        return None if is_blank(value) else parse_date(value)


@functools.cache
def described(kind: type) -> dict[str, Plain]:
    """The fields of a draft class with their description, in order."""
    hints = get_type_hints(kind, include_extras=True)
    return {each.name: hints[each.name].__metadata__[0] for each in fields(kind)}


@functools.cache
def required(kind: type) -> frozenset[str]:
    """The fields that must be filled in."""
    return frozenset(each.name for each in fields(kind) if each.default is MISSING)


def label(kind: type, name: str) -> str:
    """The Chinese heading of a field."""
    return described(kind)[name].label


def field_problems(draft: object, lists: Lists, today: date) -> list[Problem]:
    """What each field breaks by itself: missing, too long, not in its list, negative, too late."""
    found = []
    for name, about in described(type(draft)).items():
        value = getattr(draft, name)
        if not is_blank(value):
            trouble = about.trouble(value, lists, today)
        elif name in required(type(draft)):
            trouble = "required", "未填写。", "请填写后再提交。"
        else:
            trouble = None
        if trouble:
            found.append(problem(draft, name, *trouble))
    return found


def problem(
    draft: object, name: str, rule: str, message: str, remedy: str, *, hard: bool = True
) -> Problem:
    """A Problem whose sentence begins with the field's heading."""
    return Problem(name, rule, f"{label(type(draft), name)}{message}", remedy, hard)


def tidy(draft: Draft) -> Draft:
    """The draft as it is stored; for drafts without hard problems only."""
    changed = {}
    for name, about in described(type(draft)).items():
        value = getattr(draft, name)
        if (stored := about.tidy(value)) is not value:
            changed[name] = stored
    return replace(draft, **changed) if changed else draft


def is_blank(value: object) -> bool:
    """Whether nothing was given; False and 0 are something."""
    return value is None or value == () or (isinstance(value, str) and not value.strip())
