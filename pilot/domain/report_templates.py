"""Report templates (报表模板): what a report's form says, as data that a file can carry.

A template picks fields of one source (数据来源) and arranges them: headings of up to three levels,
order, type, unit, code list, totals, signatures, checks. It never computes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pilot.domain.moment import FOREVER_DAY
from pilot.domain.report_periods import PeriodKind
from pilot.domain.vocabulary import Scope, Term

FORMAT = "pilot-report-template/1"
MOST_LEVELS = 3


class ColumnType(Term):
    """How a column is written (列类型): codes as text, money with two decimals."""

    TEXT = "text", "文字"
    CODE = "code", "代码"
    DAY = "day", "日期"
    INSTANT = "instant", "时刻"
    MONEY = "money", "金额（两位小数）"
    NUMBER = "number", "数"
    YES_NO = "yes_no", "是/否"


class CheckKind(Term):
    """What a template can demand of its own rows (表内校验)."""

    UNIQUE = "unique", "不得重复"
    NOT_LESS = "not_less", "不小于"


@dataclass(frozen=True, slots=True)
class Required:
    """When a column must not be empty: always, or where another field has one of these words."""

    field: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """One column: the source's field, its heading from the top level down, how it is written."""

    field: str
    heading: tuple[str, ...]
    type: ColumnType
    unit: str = ""
    codes: str = ""
    required: Required | None = None

    @property
    def title(self) -> str:
        """The heading in one line, as in a CSV and in messages; the unit in brackets."""
        return " / ".join(self.heading) + (f"（{self.unit}）" if self.unit else "")


@dataclass(frozen=True, slots=True)
class Totals:
    """A row of sums below (合计行): its label and the fields it sums up."""

    label: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """A demand on the rows: these fields together are unique; the first is not below the second."""

    kind: CheckKind
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A version of a report's form; `scope` narrows the source where it has scopes."""

    code: str
    title: str
    source: str
    columns: tuple[TemplateColumn, ...]
    periods: tuple[PeriodKind, ...] = tuple(PeriodKind)
    scope: Scope | None = None
    form_number: str = ""
    issuer: str = ""
    document_number: str = ""
    valid_from: date = date(2000, 1, 1)
    valid_to: date = FOREVER_DAY
    totals: tuple[Totals, ...] = ()
    signatures: tuple[str, ...] = ("填报人", "审核人", "负责人")
    checks: tuple[Check, ...] = ()
    note: str = ""

    @property
    def levels(self) -> int:
        """How many rows the headings take."""
        return max((len(column.heading) for column in self.columns), default=1)

    @property
    def file_name(self) -> str:
        """What its file is called."""
        return f"{self.code}_{self.title}_模板.json"


@dataclass(frozen=True, slots=True)
class FieldShape:
    """What a source says of one of its fields: its name for people, its type, its code list."""

    label: str
    type: ColumnType
    codes: str = ""


@dataclass(frozen=True, slots=True)
class SourceShape:
    """What a template may pick from: the source's name for people, its fields, its scopes."""

    label: str
    fields: Mapping[str, FieldShape] = field(default_factory=dict)
    scopes: tuple[Scope | None, ...] = (None,)


def as_data(template: Template) -> dict[str, Any]:
    """The template as plain data for JSON; `pilot.domain.report_template_files.read` takes it."""
    return {
        "format": FORMAT,
        "code": template.code,
        "title": template.title,
        "form_number": template.form_number,
        "issuer": template.issuer,
        "document_number": template.document_number,
        "valid_from": template.valid_from.isoformat(),
        "valid_to": template.valid_to.isoformat(),
        "periods": [kind.value for kind in template.periods],
        "source": template.source,
        "scope": template.scope.value if template.scope else None,
        "columns": [_column_data(column) for column in template.columns],
        "totals": [{"label": one.label, "fields": list(one.fields)} for one in template.totals],
        "signatures": list(template.signatures),
        "checks": [{"kind": one.kind.value, "fields": list(one.fields)} for one in template.checks],
        "note": template.note,
    }


def _column_data(column: TemplateColumn) -> dict[str, Any]:
    data: dict[str, Any] = {
        "field": column.field,
        "heading": list(column.heading),
        "type": column.type.value,
    }
    if column.unit:
        data["unit"] = column.unit
    if column.codes:
        data["codes"] = column.codes
    if column.required is not None:
        when = column.required
        data["required"] = {"field": when.field, "words": list(when.words)} if when.field else True
    return data
