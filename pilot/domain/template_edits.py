"""Changes of a template that is being written (编辑模板): columns added, moved, taken out, changed.

Any state on the way may be one that cannot be used: `report_template_files.problems` tells.
"""

from dataclasses import replace
from typing import Any

from pilot.domain.report_templates import (
    ColumnType,
    FieldShape,
    Required,
    SourceShape,
    Template,
    TemplateColumn,
)

_AS_TEXT = frozenset({ColumnType.TEXT, ColumnType.CODE})


def add(template: Template, field: str, shape: FieldShape) -> Template:
    """A column for a field at the end, called and written as the source says."""
    column = TemplateColumn(field, (shape.label,), shape.type)
    return replace(template, columns=(*template.columns, column))


def remove(template: Template, place: int) -> Template:
    """Without the column at a place, counted from 0."""
    columns = template.columns
    return replace(template, columns=columns[:place] + columns[place + 1 :])


def move(template: Template, place: int, by: int) -> Template:
    """With the column at a place further on (`by` 1) or back (-1); at the end nothing moves."""
    columns, to = list(template.columns), place + by
    if 0 <= to < len(columns):
        columns.insert(to, columns.pop(place))
    return replace(template, columns=tuple(columns))


def change(template: Template, place: int, **values: Any) -> Template:
    """With other values in the column at a place."""
    columns = list(template.columns)
    columns[place] = replace(columns[place], **values)
    return replace(template, columns=tuple(columns))


def take_from(template: Template, place: int, field: str, source: SourceShape) -> Template:
    """With another field in a column: a heading and a type that were the old field's follow."""
    column, new = template.columns[place], source.fields[field]
    old = source.fields.get(column.field)
    values: dict[str, Any] = {"field": field}
    if old is None or column.heading == (old.label,):
        values["heading"] = (new.label,)
    if column.type not in _AS_TEXT or (old is not None and column.type is old.type):
        values["type"] = new.type
    return change(template, place, **values)


def heading(*levels: str) -> tuple[str, ...]:
    """A heading from what was typed for each level; levels left blank are none."""
    return tuple(level.strip() for level in levels if level.strip()) or ("",)


def words(text: str) -> tuple[str, ...]:
    """Several words out of one line, 、 between them; a comma does as well."""
    parts = text.replace("，", "、").replace(",", "、").split("、")
    return tuple(part.strip() for part in parts if part.strip())


def required(how: str, field: str, text: str) -> Required | None:
    """When a column must not be empty: `never`, `always`, or `when` a field has certain words."""
    if how == "never":
        return None
    return Required(field, words(text)) if how == "when" else Required()
