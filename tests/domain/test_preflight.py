"""The receiver's rules: each kind of question, on good and on bad cells, and where it says so."""

from datetime import date

import pytest

from pilot.domain.asked import Asked
from pilot.domain.preflight import ReceiverRule, Sheet, acceptable, findings

END = date(2026, 5, 31)
HEADINGS = {"code": "编号", "cell": "单元格", "other": "签订日期", "mode": "方式"}


def sheet(*cells, levels=1, **more):
    rows = [{"code": f"CG-{n}", "cell": cell, **more} for n, cell in enumerate(cells, 1)]
    return Sheet("R3", HEADINGS, rows, END, identity="code", levels=levels)


def rule(asked, argument="", **fields):
    values = {"code": "T1", "template": "R3", "column": "cell"}
    return ReceiverRule(asked=asked, argument=argument, **(values | fields))


# kind, argument, cells that pass, cells that are found
KINDS = [
    (Asked.REQUIRED, "", ["x", 0], ["", None, "  "]),
    (Asked.DAY, "", ["2026-05-01", date(2026, 7, 1)], ["5 月 1 日", "2026-13-01"]),
    (Asked.BY_PERIOD_END, "", ["2026-05-31"], ["2026-06-01", "昨天"]),
    (Asked.NOT_BEFORE, "other", ["2026-05-10", "2026-06-01"], ["2026-05-09", "?"]),
    (Asked.MONEY, "", ["120.00", 0], ["1.9亿", "-1", "1.234"]),
    (Asked.POSITIVE, "", ["0.01"], ["0", "0.00", "约 3"]),
    (Asked.WHOLE, "", ["0", 12], ["-1", "1.5", "三"]),
    (Asked.NUMBER, "", ["1.25", 3, "-2"], ["三", "1e5"]),
    (Asked.NOT_LESS, "least", [5, "7.5"], [4, "?"]),
    (Asked.ONE_OF, "甲、乙", ["甲", "甲、乙"], ["丙", "甲、丙"]),
    (Asked.LENGTH, "3", ["一二三"], ["一二三四", "a\x00"]),
    (Asked.AREA, "", ["211102", "211103400"], ["盘锦", "2111", "0211102"]),
    (Asked.USCC, "", ["91350100M000100Y43"], ["91350100M000100Y4A", "123"]),
    (Asked.PATENT, "", ["201911044411.X", "暂无"], ["201911044411.1", "CN110941994B"]),
    (Asked.CONTRACT_NO, "", ["12345678901234"], ["123"]),
    (Asked.RESULT_NO, "", ["1232024Y0001"], ["Y0001"]),
]


def test_every_kind_of_question_is_tried():
    assert {kind for kind, *_ in KINDS} | {Asked.UNIQUE} == set(Asked)


@pytest.mark.parametrize(("asked", "argument", "good", "bad"), KINDS, ids=lambda x: str(x)[:12])
def test_a_cell_is_found_exactly_where_the_rule_says(asked, argument, good, bad):
    more = {"other": "2026-05-10", "least": 5}
    assert findings(sheet(*good, **more), [rule(asked, argument)], 2026) == []
    found = findings(sheet(*bad, **more), [rule(asked, argument)], 2026)
    assert [each.place for each in found] == list(range(len(bad)))
    assert all(each.problem.message and each.problem.remedy for each in found)


def test_a_repeated_value_names_the_row_that_has_it_first():
    [found] = findings(sheet("a", "b", "a", levels=2), [rule(Asked.UNIQUE)], 2026)
    assert (found.problem.row, found.problem.message) == (5, "单元格“a”与第 3 行重复。")


def test_a_finding_says_row_column_rule_remedy_as_the_file_shows_them():
    [found] = findings(sheet("x", None, levels=2), [rule(Asked.REQUIRED)], 2026)
    problem = found.problem
    assert (problem.row, problem.column, problem.rule) == (4, "单元格", "T1/required")
    assert problem.message == "单元格未填写。"


def test_a_rule_with_words_of_its_own_says_those():
    own = rule(Asked.REQUIRED, message="省厅要求必填", remedy="请联系持有方", hard=False)
    [found] = findings(sheet(None), [own], 2026)
    problem = found.problem
    assert (problem.message, problem.remedy, problem.hard) == (
        "省厅要求必填",
        "请联系持有方",
        False,
    )


def test_a_rule_is_asked_only_of_the_rows_that_it_is_about():
    only = rule(Asked.REQUIRED, when="mode=转让、许可")
    assert len(findings(sheet(None, mode="许可"), [only], 2026)) == 1
    assert findings(sheet(None, mode="自行实施"), [only], 2026) == []
    assert findings(sheet(None), [only], 2026) == []


@pytest.mark.parametrize(
    ("fields", "year", "asked"),
    [
        pytest.param({"year_from": 2026, "year_to": 2026}, 2026, True, id="its year"),
        pytest.param({"year_from": 2026, "year_to": 2026}, 2025, False, id="the year before"),
        pytest.param({"year_from": 2026, "year_to": 2026}, 2027, False, id="the year after"),
        pytest.param({"template": "*"}, 2026, True, id="every template"),
        pytest.param({"template": "R5"}, 2026, False, id="another template"),
        pytest.param({"column": "nowhere"}, 2026, False, id="a column that is not there"),
    ],
)
def test_which_rules_are_asked(fields, year, asked):
    assert bool(findings(sheet(None), [rule(Asked.REQUIRED, **fields)], year)) is asked


def test_a_row_is_acceptable_until_a_hard_rule_speaks():
    rules = [rule(Asked.REQUIRED, hard=False), rule(Asked.POSITIVE, code="T2")]
    whole = sheet("1", None, "0", "0")
    assert acceptable(whole, findings(whole, rules, 2026)) == 2


def test_an_explanation_is_about_the_row_and_its_value_not_about_its_place():
    soft = rule(Asked.POSITIVE, hard=False)
    [found] = findings(sheet("0"), [soft], 2026)
    moved = Sheet("R3", HEADINGS, [{"code": "CG-0", "cell": "9"}, {"code": "CG-1", "cell": "0"}],
                  END, identity="code")  # fmt: skip
    [again] = findings(moved, [soft], 2026)
    [other] = findings(sheet("0.00"), [soft], 2026)
    assert found.key == again.key != other.key


def test_a_row_without_a_number_is_told_by_its_words():
    headings = {"number": "序号", "measure": "指标", "unit_of": "单位"}
    row = {"number": 4, "measure": "解决技术难题", "unit_of": "个", "unit": "measure:4"}

    found = Sheet("R4", headings, [row], END, identity="unit")

    assert (found.told(0), found.numbered) == ("解决技术难题 个", False)
    assert found.named(0) == "measure:4"  # what explanations are kept by
