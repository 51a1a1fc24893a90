"""What a report's own form demands of its rows (表内校验), as rules of the one engine."""

from collections.abc import Iterator

from pilot.domain.asked import Asked
from pilot.domain.preflight import ReceiverRule
from pilot.domain.report_templates import CheckKind, ColumnType, Template, TemplateColumn

LONGEST = 2000  # characters of a cell; no receiver's form takes more
_YES_NO = "是、否"
_TYPES: dict[ColumnType, tuple[Asked, str]] = {
    ColumnType.TEXT: (Asked.LENGTH, str(LONGEST)),
    ColumnType.CODE: (Asked.LENGTH, str(LONGEST)),
    ColumnType.INSTANT: (Asked.LENGTH, "40"),
    ColumnType.DAY: (Asked.DAY, ""),
    ColumnType.MONEY: (Asked.MONEY, ""),
    ColumnType.NUMBER: (Asked.NUMBER, ""),
    ColumnType.YES_NO: (Asked.ONE_OF, _YES_NO),
}
_CHECKS = {CheckKind.UNIQUE: Asked.UNIQUE, CheckKind.NOT_LESS: Asked.NOT_LESS}


def rules_of(template: Template) -> tuple[ReceiverRule, ...]:
    """The rules that a template's columns and checks make; all of them hard."""
    return tuple(
        ReceiverRule(template.code, template.code, column, asked, argument, when)
        for column, asked, argument, when in _demands(template)
    )


def _demands(template: Template) -> Iterator[tuple[str, Asked, str, str]]:
    for column in template.columns:
        if column.required is not None:
            yield column.field, Asked.REQUIRED, "", _when(column)
        yield column.field, *_TYPES[column.type], ""
    for check in template.checks:
        first, *others = check.fields
        yield first, _CHECKS[check.kind], "、".join(others), ""


def _when(column: TemplateColumn) -> str:
    needed = column.required
    return f"{needed.field}={'、'.join(needed.words)}" if needed and needed.field else ""
