"""Template files: the same text out as in, every problem told at once, headings merged."""

import json

import pytest

from pilot.domain import report_template_files as files
from pilot.domain.errors import Refused
from pilot.domain.report_headings import heading_cells
from pilot.reports.report_sources import SHAPES
from pilot.services.report_templates import TEMPLATES

CODES = frozenset({"fields", "result_kinds", "sites", "documents"})
DELIVERED = sorted(TEMPLATES.glob("*.json"))


def data():
    """The delivered ledger of projects as plain data, to be spoilt."""
    return json.loads((TEMPLATES / "R2.json").read_text("utf-8"))


def refusals(changed):
    with pytest.raises(Refused) as error:
        files.checked(json.dumps(changed), SHAPES, CODES)
    return [
        (problem.field, problem.rule.removeprefix("template.")) for problem in error.value.problems
    ]


@pytest.mark.parametrize("path", DELIVERED, ids=lambda path: path.stem)
def test_a_delivered_template_is_sound_and_comes_out_as_it_went_in(path):
    text = path.read_text("utf-8")
    assert files.write(files.checked(text, SHAPES, CODES)) == text


@pytest.mark.parametrize(
    "text", ["", "x", "[]", "{}", '{"format": "other/1"}', "[" * 100_000, b"\xff"]
)
def test_what_is_no_template_file(text):
    with pytest.raises(Refused, match="这不是报表模板文件"):
        files.read(text)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("code", "r 1", ("code", "shape")),
        ("title", " ", ("title", "required")),
        ("title", "长" * 101, ("title", "length")),
        ("form_number", 3, ("form_number", "length")),
        ("valid_from", "2024-13-01", ("valid_from", "day")),
        ("valid_to", "2019-01-01", ("valid_to", "order")),
        ("periods", ["week"], ("periods", "known")),
        ("scope", "city", ("scope", "known")),
        ("source", None, ("source", "required")),
        ("source", "nothing", ("source", "known")),
        ("columns", [], ("columns", "number")),
        ("signatures", "填报人", ("signatures", "shape")),
        ("totals", [{"label": "合计"}], ("totals", "shape")),
        ("totals", [{"label": "合计", "fields": ["name"]}], ("totals", "number")),
        ("totals", [{"label": "合计", "fields": ["nothing"]}], ("totals", "known")),
        ("checks", [{"kind": "odd", "fields": ["code"]}], ("checks", "shape")),
        ("checks", [{"kind": "not_less", "fields": ["code"]}], ("checks", "number")),
        ("checks", [{"kind": "unique", "fields": ["nothing"]}], ("checks", "known")),
    ],
)
def test_a_spoilt_template_is_refused(name, value, problem):
    assert problem in refusals(data() | {name: value})


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("field", "nothing", ("field", "known")),
        ("field", None, ("field", "required")),
        ("heading", [], ("heading", "shape")),
        ("heading", ["一", "二", "三", "四"], ("heading", "shape")),
        ("heading", ["项目名称"], ("heading", "unique")),
        ("type", "colour", ("type", "known")),
        ("type", "day", ("type", "fits")),
        ("unit", 1, ("unit", "shape")),
        ("codes", "nothing", ("codes", "known")),
        ("required", "yes", ("required", "shape")),
        ("required", {"field": "nothing", "words": ["x"]}, ("required", "known")),
    ],
)
def test_a_spoilt_column_is_refused(name, value, problem):
    changed = data()
    changed["columns"][0][name] = value
    assert problem in refusals(changed)


def test_every_problem_is_told_at_once():
    changed = data()
    changed["columns"][0]["field"] = "nothing"
    changed["columns"][1]["type"] = "money"
    changed["totals"] = [{"label": "合计", "fields": ["stage"]}]
    changed["checks"] = []
    assert refusals(changed) == [("field", "known"), ("type", "fits"), ("totals", "number")]


def test_headings_of_two_levels_are_merged_to_the_right_and_downwards():
    template = files.read((TEMPLATES / "A62.json").read_text("utf-8"))
    cells = [
        (one.text, one.row, one.column, one.rows, one.columns) for one in heading_cells(template)
    ]
    assert cells == [
        ("阶段", 0, 0, 2, 1),
        ("在研项目数", 0, 1, 1, 2),
        ("在研项目金额", 0, 3, 1, 2),
        ("合计（项）", 1, 1, 1, 1),
        ("其中：当年新立项（项）", 1, 2, 1, 1),
        ("合计（万元）", 1, 3, 1, 1),
        ("其中：当年新立项（万元）", 1, 4, 1, 1),
    ]
