"""What a receiver would refuse (上报前检查): its rules as data, judged by the form's own functions.

A rule names a template, a column and what it asks of each cell; it holds for the report years in
[year_from, year_to]. Hard ones block the submission, soft ones pass with a written explanation.
A cell that form and import would accept is accepted here: the functions are the same.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pilot.domain import identifiers
from pilot.domain.asked import Asked
from pilot.domain.draft_fields import Day, Money, Text, Trouble, is_blank
from pilot.domain.identifiers import IdentifierKind
from pilot.domain.parsing import ParseError, parse_date, parse_decimal
from pilot.domain.problems import Problem

EVERY_TEMPLATE = "*"
_BETWEEN = "、"

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReceiverRule:
    """One rule of a receiver (接收方规则).

    `argument`: the allowed values (、 between them), the greatest length, or the other columns.
    `when` (`column=value、value`) restricts it to the rows where another column says so. Without a
    `message` or `remedy` of its own a rule says what the form would say.
    """

    code: str
    template: str
    column: str
    asked: Asked
    argument: str = ""
    when: str = ""
    hard: bool = True
    message: str = ""
    remedy: str = ""
    source: str = ""
    year_from: int = 2000
    year_to: int = 9999

    def holds_for(self, template: str, year: int) -> bool:
        """Whether this rule is one for a template's report of that year."""
        here = self.template in (EVERY_TEMPLATE, template)
        return here and self.year_from <= year <= self.year_to


@dataclass(frozen=True, slots=True)
class Finding:
    """A row that a receiver would refuse or question: the rule, the problem, and what row it is.

    `place` counts the rows from 0; `key` names the finding for its explanation and stays the same
    while the row and its value do.
    """

    rule: ReceiverRule
    problem: Problem
    place: int
    value: Any
    key: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a report as they would be sent: headings by column key, above them `levels`
    rows of headings; `identity` is the column that tells rows apart; `end` the period's last day;
    `rules` are those that the template itself makes.
    """

    template: str
    headings: Mapping[str, str]
    rows: Sequence[Row]
    end: date
    identity: str = ""
    levels: int = 1
    rules: tuple[ReceiverRule, ...] = ()

    def named(self, place: int) -> str:
        """The row for people and for explanations: what stands in its identity column."""
        value = self.rows[place].get(self.identity)
        return str(value) if value not in (None, "") else f"#{place + 1}"

    @property
    def numbered(self) -> bool:
        """Whether its rows are records with a number (编号) that people know."""
        return self.identity != "unit"

    def told(self, place: int) -> str:
        """The same on a page: without a number of its own, by the row's first two words."""
        if self.numbered:
            return self.named(place)
        row = self.rows[place]
        words = [row.get(key) for key in self.headings]
        return " ".join([word for word in words if isinstance(word, str) and word][:2])


def findings(sheet: Sheet, rules: Iterable[ReceiverRule], year: int) -> list[Finding]:
    """Every rule that some row breaks, by row and then in the rules' order."""
    found = []
    for number, rule in enumerate([*sheet.rules, *rules]):
        if rule.holds_for(sheet.template, year) and rule.column in sheet.headings:
            found += [(each.place, number, each) for each in _broken(sheet, rule)]
    return [each for _, _, each in sorted(found, key=lambda one: one[:2])]


def acceptable(sheet: Sheet, found: Iterable[Finding]) -> int:
    """How many rows have no hard problem (已可上报)."""
    return len(sheet.rows) - len({each.place for each in found if each.problem.hard})


def _broken(sheet: Sheet, rule: ReceiverRule) -> Iterable[Finding]:
    if rule.asked is Asked.UNIQUE:
        troubled = _repeated(sheet, rule)
    else:
        judge = _JUDGES[rule.asked]
        troubled = (
            (place, judge(row.get(rule.column), rule, row, sheet))
            for place, row in enumerate(sheet.rows)
            if _applies(rule, row)
        )
    return [_finding(sheet, rule, place, trouble) for place, trouble in troubled if trouble]


def _applies(rule: ReceiverRule, row: Row) -> bool:
    """Whether a rule is about this row; only “required” is about a blank cell."""
    if is_blank(row.get(rule.column)) and rule.asked is not Asked.REQUIRED:
        return False
    if not rule.when:
        return True
    column, _, values = rule.when.partition("=")
    return str(row.get(column) or "") in values.split(_BETWEEN)


def _finding(sheet: Sheet, rule: ReceiverRule, place: int, trouble: Trouble) -> Finding:
    name, message, remedy = trouble
    heading = sheet.headings[rule.column]
    value = sheet.rows[place].get(rule.column)
    problem = Problem(
        rule.column,
        f"{rule.code}/{name}",
        rule.message or f"{heading}{message}",
        rule.remedy or remedy,
        rule.hard,
        row=place + 1 + sheet.levels,
        column=heading,
    )
    key = f"{rule.code}/{rule.column}/{sheet.named(place)}/{'' if value is None else value}"
    return Finding(rule, problem, place, value, key[:300])


def _repeated(sheet: Sheet, rule: ReceiverRule) -> Iterable[tuple[int, Trouble]]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(sheet.rows):
        if _applies(rule, row):
            names = [rule.column, *filter(None, rule.argument.split(_BETWEEN))]
            places["、".join(str(row.get(name) or "") for name in names)].append(place)
    for value, same in places.items():
        for place in same[1:]:
            first = same[0] + 1 + sheet.levels
            message = f"“{value}”与第 {first} 行重复。"
            yield place, ("unique", message, "同一单元只报一行，请核对是否重复登记。")


# --- one cell ------------------------------------------------------------------------------------

Judge = Callable[[Any, ReceiverRule, Row, Sheet], Trouble | None]


def _required(value: Any, _rule: ReceiverRule, _row: Row, _sheet: Sheet) -> Trouble | None:
    return ("required", "未填写。", "请在台账中补登后重新检查。") if is_blank(value) else None


def _day(value: Any, _rule: ReceiverRule, _row: Row, sheet: Sheet) -> Trouble | None:
    return Day("", future=True).trouble(value, {}, sheet.end)


def _by_period_end(value: Any, rule: ReceiverRule, row: Row, sheet: Sheet) -> Trouble | None:
    if trouble := _day(value, rule, row, sheet):
        return trouble
    day = parse_date(value)
    if day <= sheet.end:
        return None
    return "by-period-end", f"（{day}）晚于报告期末 {sheet.end}。", "请核对日期，或移到下一期。"


def _not_before(value: Any, rule: ReceiverRule, row: Row, sheet: Sheet) -> Trouble | None:
    other = row.get(rule.argument)
    try:
        if is_blank(other) or parse_date(value) >= parse_date(other):
            return None
    except ParseError as error:
        return "day", f"：{error.message}", error.remedy
    heading = sheet.headings.get(rule.argument, rule.argument)
    return "not-before", f"（{value}）早于{heading}（{other}）。", "请核对两个日期。"


def _money(value: Any, _rule: ReceiverRule, _row: Row, sheet: Sheet) -> Trouble | None:
    return Money("").trouble(value, {}, sheet.end)


def _positive(value: Any, rule: ReceiverRule, row: Row, sheet: Sheet) -> Trouble | None:
    if trouble := _money(value, rule, row, sheet):
        return trouble
    return None if parse_decimal(value) > 0 else ("positive", "为 0。", "请核对金额（万元）。")


def _whole(value: Any, _rule: ReceiverRule, _row: Row, _sheet: Sheet) -> Trouble | None:
    try:
        number = parse_decimal(value)
    except ParseError as error:
        return "number", f"：{error.message}", error.remedy
    if number >= 0 and number == int(number):
        return None
    return "whole", f"“{value}”不是非负整数。", "请核对数字。"


def _number(value: Any, _rule: ReceiverRule, _row: Row, _sheet: Sheet) -> Trouble | None:
    try:
        parse_decimal(value, places=4)
    except ParseError as error:
        return "number", f"：{error.message}", error.remedy
    return None


def _not_less(value: Any, rule: ReceiverRule, row: Row, sheet: Sheet) -> Trouble | None:
    other = row.get(rule.argument)
    try:
        if is_blank(other) or parse_decimal(value, places=4) >= parse_decimal(other, places=4):
            return None
    except ParseError as error:
        return "number", f"：{error.message}", error.remedy
    heading = sheet.headings.get(rule.argument, rule.argument)
    return "not-less", f"（{value}）小于{heading}（{other}）。", "请核对这两个数的来源。"


def _one_of(value: Any, rule: ReceiverRule, _row: Row, _sheet: Sheet) -> Trouble | None:
    allowed = rule.argument.split(_BETWEEN)
    if all(part in allowed for part in str(value).split(_BETWEEN)):
        return None
    return "one-of", f"“{value}”不是接收方的取值。", f"接收方只收：{'、'.join(allowed)}。"


def _length(value: Any, rule: ReceiverRule, _row: Row, sheet: Sheet) -> Trouble | None:
    return Text("", int(rule.argument), lines=True).trouble(str(value), {}, sheet.end)


def _area(value: Any, _rule: ReceiverRule, _row: Row, _sheet: Sheet) -> Trouble | None:
    if re.fullmatch("[1-9][0-9]{5}(?:[0-9]{3}){0,2}", str(value)):
        return None
    return "area", f"“{value}”不是区划代码。", "请填 6 位行政区划代码，如 211102。"


def _each(check: Callable[[str], str | None], name: str, remedy: str) -> Judge:
    """A number check on a cell that may hold several numbers."""

    def judge(value: Any, _rule: ReceiverRule, _row: Row, _sheet: Sheet) -> Trouble | None:
        for part in str(value).split(_BETWEEN):
            if sentence := check(part):
                return name, f"：{sentence}", remedy
        return None

    return judge


def _identifier(kind: IdentifierKind) -> Callable[[str], str | None]:
    def check(text: str) -> str | None:
        found = identifiers.identifier_problem(kind, text)
        return found.message if found else None

    return check


_ORIGINAL = "请对照原件核对后在台账中更正。"
_JUDGES: dict[Asked, Judge] = {
    Asked.REQUIRED: _required,
    Asked.DAY: _day,
    Asked.BY_PERIOD_END: _by_period_end,
    Asked.NOT_BEFORE: _not_before,
    Asked.MONEY: _money,
    Asked.POSITIVE: _positive,
    Asked.WHOLE: _whole,
    Asked.NUMBER: _number,
    Asked.NOT_LESS: _not_less,
    Asked.ONE_OF: _one_of,
    Asked.LENGTH: _length,
    Asked.AREA: _area,
    Asked.USCC: _each(identifiers.uscc_problem, "uscc", _ORIGINAL),
    Asked.PATENT: _each(_identifier(IdentifierKind.PATENT), "patent", _ORIGINAL),
    Asked.CONTRACT_NO: _each(_identifier(IdentifierKind.CONTRACT), "contract-no", _ORIGINAL),
    Asked.RESULT_NO: _each(_identifier(IdentifierKind.REGISTRATION), "result-no", _ORIGINAL),
}
