"""Every field of every delivered form, made wrong in turn, is found: row, column, rule, remedy."""

import csv
from datetime import date
from pathlib import Path

import pytest

from pilot.domain import report_template_files
from pilot.domain.asked import Asked
from pilot.domain.crosschecks import parse_check
from pilot.domain.preflight import ReceiverRule, Sheet, findings
from pilot.domain.report_templates import ColumnType, Template
from pilot.domain.template_rules import LONGEST, rules_of

DATA = Path(__file__).resolve().parents[2] / "data"
TEMPLATES = {
    template.code: template
    for path in sorted((DATA / "templates").glob("*.json"))
    for template in [report_template_files.read(path.read_bytes())]
}
with (DATA / "codes" / "receiver_rules.csv").open(encoding="utf-8", newline="") as file:
    DELIVERED = list(csv.DictReader(file))
RULES = [
    ReceiverRule(
        code=row["code"],
        template=row["template"],
        column=row["field"],
        asked=Asked(row["asked"]),
        argument=row["argument"],
        when=row["only_when"],
        hard=row["hard"] == "true",
    )
    for row in DELIVERED
    if row["asked"]
]
GOOD = {
    ColumnType.TEXT: "示例",
    ColumnType.CODE: "A1",
    ColumnType.DAY: "2026-05-20",
    ColumnType.INSTANT: "2026-05-20T10:00:00+08:00",
    ColumnType.MONEY: "12.50",
    ColumnType.NUMBER: 5,
    ColumnType.YES_NO: "是",
}
BAD = {
    ColumnType.TEXT: "长" * (LONGEST + 1),
    ColumnType.CODE: "A\x00",
    ColumnType.DAY: "5月20日",
    ColumnType.INSTANT: "x" * 41,
    ColumnType.MONEY: "1.9亿",
    ColumnType.NUMBER: "三项",
    ColumnType.YES_NO: "也许",
}
SPECIAL = {  # cells that the delivered receivers' rules look at more closely
    **dict.fromkeys(("holder_uscc", "receiver_uscc", "holder_codes", "entity_uscc"),
                    "91350100M000100Y43"),
    **dict.fromkeys(("area", "receive_area", "entity_area", "site_area"), "211102"),
    "patents": "201911044411.X",
    "registration_no": "1232024Y0001",
    "contract_registration_no": "12345678901234",
    "mode": "许可他人使用该科技成果",
    "standing": "计入",
}  # fmt: skip
EVERY = [(code, column.field) for code, one in TEMPLATES.items() for column in one.columns]


def sheet(template: Template, **wrong: object) -> Sheet:
    """Two rows: a good one, and one with what is wrong."""
    good = {c.field: SPECIAL.get(c.field, GOOD[c.type]) for c in template.columns}
    first = template.columns[0].field
    other = good | {name: f"{good[name]}2" for name in ("code", "unit_code") if name in good}
    if template.columns[0].type is ColumnType.TEXT:
        other[first] = f"{good[first]}2"
    return Sheet(
        template.code,
        {column.field: column.title for column in template.columns},
        [good, other | wrong],
        date(2026, 5, 31),
        identity=first,
        levels=template.levels,
        rules=rules_of(template),
    )


def found(template: Template, **wrong: object) -> list:
    return findings(sheet(template, **wrong), RULES, 2026)


@pytest.mark.parametrize("code", TEMPLATES)
def test_a_good_row_of_every_form_passes(code):
    assert [each.problem for each in found(TEMPLATES[code])] == []


@pytest.mark.parametrize(("code", "field"), EVERY)
def test_every_field_made_wrong_is_found_where_it_stands(code, field):
    template = TEMPLATES[code]
    column = next(one for one in template.columns if one.field == field)

    caught = [
        each.problem for each in found(template, **{field: BAD[column.type]})
        if each.problem.field == field
    ]  # fmt: skip

    assert caught
    for problem in caught:
        assert (problem.row, problem.column) == (2 + template.levels, column.title)
        assert problem.rule
        assert problem.message
        assert problem.remedy


@pytest.mark.parametrize(
    ("code", "field"),
    [
        (code, column.field)
        for code, template in TEMPLATES.items()
        for column in template.columns
        if column.required
    ],
)
def test_every_required_field_left_blank_is_found(code, field):
    caught = found(TEMPLATES[code], **{field: None})
    assert any(each.problem.rule == f"{code}/required" for each in caught)


@pytest.mark.parametrize(
    "row", [row for row in DELIVERED if row["equation"]], ids=lambda row: row["code"]
)
def test_every_delivered_equation_can_be_read_and_names_columns_that_exist(row):
    left, right = parse_check(row["equation"])
    for figure in (*left, *right):
        template = TEMPLATES.get(figure.table)
        names = {column.field for column in template.columns} if template else None
        wanted = {figure.column, *(name for name, _ in figure.where)}
        assert figure.table == "claims" or wanted <= names


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_delivered_rule_is_about_a_column_of_its_form(rule):
    assert rule.column in {column.field for column in TEMPLATES[rule.template].columns}
