"""Template files (报表模板文件): JSON in, a template or every problem out."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from pilot.domain.errors import Refused
from pilot.domain.problems import Problem
from pilot.domain.report_periods import PeriodKind
from pilot.domain.report_templates import (
    FORMAT,
    MOST_LEVELS,
    Check,
    CheckKind,
    ColumnType,
    FieldShape,
    Required,
    SourceShape,
    Template,
    TemplateColumn,
    Totals,
    as_data,
)
from pilot.domain.vocabulary import Scope, Term

MOST_BYTES = 1_000_000
_MOST_COLUMNS = 200
_CODE = re.compile(r"[A-Z][A-Z0-9-]{0,15}", re.ASCII)
_LENGTHS = {"title": 100, "form_number": 50, "issuer": 100, "document_number": 100, "note": 2000}
_LABELS = {
    "title": "表名", "form_number": "表号", "issuer": "制表机关", "document_number": "文号",
    "note": "说明", "valid_from": "有效期起", "valid_to": "有效期止",
}  # fmt: skip
_DAYS = "valid_from", "valid_to"
_PLAIN = frozenset({ColumnType.TEXT, ColumnType.CODE})
_SUMMED = frozenset({ColumnType.MONEY, ColumnType.NUMBER})
Sources = Mapping[str, SourceShape]
Codes = frozenset[str]


def write(template: Template) -> str:
    """The template as a file: the same template gives the same text."""
    return json.dumps(as_data(template), ensure_ascii=False, indent=2) + "\n"


def read(text: str | bytes) -> Template:
    """The template that a file says, whatever sources there are; Refused with every problem."""
    data = _parsed(text)
    problems = list(_shape_problems(data))
    if problems:
        raise Refused(problems)
    periods = [PeriodKind(one) for one in data.get("periods", [])] or PeriodKind
    return built(data, tuple(periods))


def checked(text: str | bytes, sources: Sources, codes: Codes) -> Template:
    """The same, and it fits the sources and code lists there are; Refused with every problem."""
    template = read(text)
    if problems := problems_of(template, sources, codes):
        raise Refused(problems)
    return template


def problems(template: Template, sources: Sources, codes: Codes) -> list[Problem]:
    """Everything that is wrong with a template that is being written, whatever state it is in.

    A problem of one column has its number, counted from 1, as `column`.
    """
    return list(_shape_problems(as_data(template))) or problems_of(template, sources, codes)


def problems_of(template: Template, sources: Sources, codes: Codes) -> list[Problem]:
    """Everything that keeps a template from being used with these sources and code lists."""
    source = sources.get(template.source)
    if source is None:
        names = "、".join(f"{name}（{one.label}）" for name, one in sources.items())
        return [_problem("source", "known", f"没有数据来源“{template.source}”", f"可用：{names}")]
    found = [*_column_problems(template, source, codes), *_other_problems(template, source)]
    if template.scope not in source.scopes:
        found.append(_problem("scope", "known", f"{source.label}不能按这个统计范围取数", "请改正"))
    return found


def _parsed(text: str | bytes) -> dict[str, Any]:
    too_long = len(text) > MOST_BYTES
    try:
        plain = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        data = json.loads(plain) if not too_long else None
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        remedy = f"应为 UTF-8 编码的 JSON，且 format 为 {FORMAT}；可先导出一个现有模板照着改"
        raise Refused([_problem("format", "readable", "这不是报表模板文件", remedy)])
    return data


def _shape_problems(data: dict[str, Any]) -> Iterator[Problem]:
    """What keeps data from being a template at all."""
    if not isinstance(data.get("code"), str) or not _CODE.fullmatch(data["code"]):
        yield _problem(
            "code", "shape", "模板代码不合规", "用大写字母开头的 16 位以内字母数字，如 R1"
        )
    for name, longest in _LENGTHS.items():
        text = data.get(name, "")
        if not isinstance(text, str) or len(text) > longest:
            yield _problem(
                name, "length", f"{_LABELS[name]}（{name}）应为 {longest} 字以内的文字", "请缩短"
            )
    if not str(data.get("title") or "").strip():
        yield _problem("title", "required", "没有写表名（title）", "请写明表名")
    if not isinstance(data.get("source"), str):
        yield _problem("source", "required", "没有写数据来源（source）", "请写明数据来源")
    yield from _day_problems(data)
    yield from _word_problems("periods", data.get("periods", []), PeriodKind)
    if data.get("periods") == []:
        yield _problem("periods", "required", "没有写报送周期（periods）", "请至少写一种")
    if data.get("scope") is not None:
        yield from _word_problems("scope", [data["scope"]], Scope)
    columns = data.get("columns")
    if not isinstance(columns, list) or not 1 <= len(columns) <= _MOST_COLUMNS:
        yield _problem("columns", "number", "列（columns）应有 1 至 200 个", "请补上或删减")
        return
    for number, column in enumerate(columns, 1):
        yield from _numbered(number, _column_shape(number, column))
    for name in ("totals", "checks"):
        yield from _list_shape(name, data.get(name, []))
    if not _texts(data.get("signatures", [])):
        yield _problem("signatures", "shape", "签名栏应为文字的列表", '如 ["填报人", "负责人"]')


def _day_problems(data: dict[str, Any]) -> Iterator[Problem]:
    days = []
    for name in _DAYS:
        try:
            days.append(date.fromisoformat(data.get(name, "2000-01-01")))
        except (TypeError, ValueError):
            yield _problem(
                name, "day", f"{_LABELS[name]}（{name}）不是日期", "写成 2024-01-01 的样子"
            )
    if "valid_to" in data and len(days) == len(_DAYS) and days[0] > days[1]:
        yield _problem("valid_to", "order", "有效期的止日早于起日", "请核对有效期")


def _word_problems(name: str, values: Any, kind: type[Term]) -> Iterator[Problem]:
    known = {word.value for word in kind}
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        yield _problem(name, "shape", f"{name} 应为列表", f"可用：{'、'.join(sorted(known))}")
        return
    for value in values:
        if value not in known:
            message = f"{name} 没有“{value[:20]}”"
            yield _problem(name, "known", message, f"可用：{'、'.join(sorted(known))}")


def _column_shape(number: int, column: Any) -> Iterator[Problem]:
    where = f"第 {number} 列"
    if not isinstance(column, dict) or not isinstance(column.get("field"), str):
        yield _problem("field", "required", f"{where}没有写字段（field）", "请写明取哪个字段")
        return
    heading = column.get("heading")
    if (
        not _texts(heading)
        or not 1 <= len(heading) <= MOST_LEVELS
        or not all(map(str.strip, heading))
    ):
        yield _problem("heading", "shape", "表头应为 1 至 3 级文字", "从上到下逐级写明")
    types = {one.value: one.label for one in ColumnType}
    if column.get("type") not in types:
        names = "、".join(f"{value}（{label}）" for value, label in types.items())
        yield _problem("type", "known", f"{where}的类型不认识", f"可用：{names}")
    if not all(isinstance(column.get(name, ""), str) for name in ("unit", "codes")):
        yield _problem("unit", "shape", f"{where}的单位和代码表应为文字", "请改正")
    when = column.get("required", True)
    if when is not True and not (
        isinstance(when, dict) and isinstance(when.get("field"), str) and _texts(when.get("words"))
    ):
        remedy = '写 true，或 {"field": "字段", "words": ["值"]}'
        yield _problem("required", "shape", f"{where}的必填条件看不懂", remedy)


def _list_shape(name: str, rows: Any) -> Iterator[Problem]:
    kinds = {kind.value for kind in CheckKind}
    for row in rows if isinstance(rows, list) else [None]:
        plain = isinstance(row, dict) and _texts(row.get("fields")) and row["fields"]
        named = plain and (
            isinstance(row.get("label"), str) if name == "totals" else row.get("kind") in kinds
        )
        if not named:
            yield _problem(name, "shape", f"{name} 中有一项看不懂", "请参照现有模板书写")


def _column_problems(template: Template, source: SourceShape, codes: Codes) -> Iterator[Problem]:
    titles = Counter(column.title for column in template.columns)
    for number, column in enumerate(template.columns, 1):
        if titles[column.title] > 1:
            repeated = _problem(
                "heading", "unique", f"表头“{column.title}”重复", "各列表头应不相同"
            )
            yield from _numbered(number, [repeated])
            titles[column.title] = 0
        yield from _numbered(number, _misfits(column, source, codes))


def _misfits(column: TemplateColumn, source: SourceShape, codes: Codes) -> Iterator[Problem]:
    """What a column wants that the source or the code lists do not have."""
    shape = source.fields.get(column.field)
    if shape is None:
        names = "、".join(f"{name}（{one.label}）" for name, one in source.fields.items())
        message = f"“{column.title}”：{source.label}没有字段“{column.field}”"
        yield _problem("field", "known", message, f"可用：{names}")
        return
    yield from _type_problems(column, shape)
    if column.codes and column.codes not in codes:
        message = f"“{column.title}”：没有代码表“{column.codes}”"
        yield _problem("codes", "known", message, f"可用：{'、'.join(sorted(codes))}")
    when = column.required
    if when and when.field and when.field not in source.fields:
        message = f"“{column.title}”的必填条件：没有字段“{when.field}”"
        yield _problem("required", "known", message, "请改为该来源的字段")
    elif when and when.field and not any(map(str.strip, when.words)):
        message = f"“{column.title}”的必填条件没有写取值"
        yield _problem("required", "words", message, "请写明取哪些值时必填")


def _numbered(number: int, found: Iterable[Problem]) -> Iterator[Problem]:
    return (replace(one, column=str(number)) for one in found)


def _type_problems(column: TemplateColumn, shape: FieldShape) -> Iterator[Problem]:
    """Anything may be written as text; a money field as a number; nothing else is converted."""
    fits = column.type in _PLAIN or column.type is shape.type
    if not fits and not {column.type, shape.type} <= _SUMMED:
        message = (
            f"“{column.title}”：{shape.label}是{shape.type.label}，不能按{column.type.label}写"
        )
        fitting = dict.fromkeys([shape.type, ColumnType.TEXT])
        names = " 或 ".join(f"{one.label}（{one.value}）" for one in fitting)
        yield _problem("type", "fits", message, f"改为 {names}")


def _other_problems(template: Template, source: SourceShape) -> Iterator[Problem]:
    shown = {column.field: column for column in template.columns}
    for name, rows in (("totals", template.totals), ("checks", template.checks)):
        for row in rows:
            for one in row.fields:
                if one not in shown:
                    what = "合计行" if name == "totals" else "校验"
                    yield _problem(name, "known", f"{what}用到的“{one}”不在列中", "先加上这一列")
                elif name == "totals" and shown[one].type not in _SUMMED:
                    message = f"“{shown[one].title}”不是数，不能合计"
                    yield _problem(name, "number", message, "从合计行中去掉")
    for check in template.checks:
        if check.kind is CheckKind.NOT_LESS and len(check.fields) != len(("one", "other")):
            yield _problem("checks", "number", "“不小于”校验应有两个字段", "请改正")


def built(data: dict[str, Any], periods: tuple[PeriodKind, ...]) -> Template:
    """The template of data in the shape of a file; KeyError, TypeError or ValueError if not."""
    plain = {name: data[name].strip() for name in _LENGTHS if name in data}
    plain |= {name: date.fromisoformat(data[name]) for name in _DAYS if name in data}
    checks = data.get("checks", [])
    return Template(
        **plain,
        code=data["code"],
        source=data["source"],
        scope=Scope(data["scope"]) if data.get("scope") else None,
        periods=periods,
        columns=tuple(_column(one) for one in data["columns"]),
        totals=tuple(Totals(one["label"], tuple(one["fields"])) for one in data.get("totals", [])),
        signatures=tuple(data.get("signatures", [])),
        checks=tuple(Check(CheckKind(one["kind"]), tuple(one["fields"])) for one in checks),
    )


def _column(data: dict[str, Any]) -> TemplateColumn:
    when = data.get("required")
    if when is True:
        required = Required()
    else:
        required = Required(when["field"], tuple(when["words"])) if when else None
    return TemplateColumn(
        field=data["field"],
        heading=tuple(part.strip() for part in data["heading"]),
        type=ColumnType(data["type"]),
        unit=data.get("unit", ""),
        codes=data.get("codes", ""),
        required=required,
    )


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _problem(where: str, rule: str, message: str, remedy: str) -> Problem:
    return Problem(where, f"template.{rule}", f"{message}；", f"{remedy}。")
