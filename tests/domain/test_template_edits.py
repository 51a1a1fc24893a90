"""Changes of a template that is being written."""

import pytest

from pilot.domain import template_edits as edits
from pilot.domain.report_template_files import problems
from pilot.domain.report_templates import (
    ColumnType,
    FieldShape,
    Required,
    SourceShape,
    Template,
    TemplateColumn,
)

SOURCE = SourceShape(
    "示例来源",
    {
        "code": FieldShape("编号", ColumnType.CODE),
        "name": FieldShape("名称", ColumnType.TEXT),
        "amount": FieldShape("金额", ColumnType.MONEY),
        "day": FieldShape("日期", ColumnType.DAY),
    },
)


def template(*fields: str) -> Template:
    made = Template("X1", "示例表", "source", ())
    for field in fields:
        made = edits.add(made, field, SOURCE.fields[field])
    return made


def fields(made: Template) -> list[str]:
    return [column.field for column in made.columns]


def test_a_column_begins_as_the_source_says():
    assert template("amount").columns == (TemplateColumn("amount", ("金额",), ColumnType.MONEY),)


@pytest.mark.parametrize(
    ("place", "by", "order"),
    [
        pytest.param(0, 1, "name code amount", id="down"),
        pytest.param(2, -1, "code amount name", id="up"),
        pytest.param(0, -1, "code name amount", id="the first stays"),
        pytest.param(2, 1, "code name amount", id="the last stays"),
    ],
)
def test_a_column_moves_by_one(place, by, order):
    assert fields(edits.move(template("code", "name", "amount"), place, by)) == order.split()


def test_a_column_is_taken_out():
    assert fields(edits.remove(template("code", "name", "amount"), 1)) == ["code", "amount"]


@pytest.mark.parametrize(
    ("changes", "heading", "type_"),
    [
        pytest.param({}, ("日期",), ColumnType.DAY, id="all that was the old field's follows"),
        pytest.param({"heading": ("自拟",)}, ("自拟",), ColumnType.DAY, id="own heading stays"),
        pytest.param({"type": ColumnType.TEXT}, ("日期",), ColumnType.TEXT, id="text stays text"),
        pytest.param({"type": ColumnType.NUMBER}, ("日期",), ColumnType.DAY, id="a number cannot"),
    ],
)
def test_another_field_brings_its_heading_and_type(changes, heading, type_):
    made = edits.change(template("amount"), 0, **changes)
    column = edits.take_from(made, 0, "day", SOURCE).columns[0]
    assert (column.field, column.heading, column.type) == ("day", heading, type_)


@pytest.mark.parametrize(
    ("levels", "heading"),
    [
        pytest.param(("金额", "", ""), ("金额",), id="one"),
        pytest.param((" 金额 ", "", "本期"), ("金额", "本期"), id="a blank level is none"),
        pytest.param(("", " ", ""), ("",), id="nothing is a problem, not a crash"),
    ],
)
def test_a_heading_from_its_levels(levels, heading):
    assert edits.heading(*levels) == heading


@pytest.mark.parametrize(
    ("how", "found"),
    [
        pytest.param("never", None, id="never"),
        pytest.param("always", Required(), id="always"),
        pytest.param("when", Required("name", ("甲", "乙")), id="when"),
    ],
)
def test_when_a_column_is_required(how, found):
    assert edits.required(how, "name", "甲，乙、") == found


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param({"heading": ("",)}, ("heading", "2"), id="no heading"),
        pytest.param({"heading": ("编号",)}, ("heading", "1"), id="the same heading"),
        pytest.param({"type": ColumnType.MONEY}, ("type", "2"), id="not that type"),
        pytest.param({"field": "gone"}, ("field", "2"), id="no such field"),
        pytest.param({"codes": "gone"}, ("codes", "2"), id="no such list"),
        pytest.param({"required": Required("gone", ("甲",))}, ("required", "2"), id="no other"),
        pytest.param({"required": Required("code")}, ("required", "2"), id="no words"),
    ],
)
def test_a_problem_says_its_field_and_column(change, problem):
    made = edits.change(template("code", "name"), 1, **change)
    found = problems(made, {"source": SOURCE}, frozenset())
    assert [(one.field, one.column) for one in found] == [problem]


def test_a_template_without_columns_or_periods_is_told_both():
    made = Template("X1", "示例表", "source", (), periods=())
    found = problems(made, {"source": SOURCE}, frozenset())
    assert [one.field for one in found] == ["periods", "columns"]
