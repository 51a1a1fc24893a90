"""Where headings stand in a real sheet, which rows are no data, which column a heading is."""

import pytest

from pilot.domain.arrangement import Arrangement, How, RowKind, find, headings_of, propose, row_kind
from pilot.domain.import_columns import ORGANISATIONS, PROJECTS

PLAIN = ["项目编号", "项目名称", "成果持有方"]
DATA = ["ZS-2026-001", "示例催化剂中试", "示例研究所"]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        pytest.param([PLAIN, DATA], (1, 1), id="a plain table"),
        pytest.param([["2026年台账"], PLAIN, DATA], (2, 1), id="a title"),
        pytest.param(
            [["附件2"], ["2026年台账"], ["填报单位：示例"], PLAIN, DATA],
            (4, 1), id="title and notes",
        ),
        pytest.param([[None, None], PLAIN, DATA], (2, 1), id="a blank row first"),
        pytest.param(
            [["项目", None, "持有方"], ["项目编号", "项目名称", "成果持有方"], DATA], (2, 1),
            id="the lower line alone names every column",
        ),
        pytest.param(
            [["项目编号", "项目名称", "持有方", None],
             [None, None, "成果持有方", "统一社会信用代码"],
             [*DATA, None]],
            (1, 2), id="two levels",
        ),
        pytest.param([["甲", "乙"], ["x", "y"]], (1, 1), id="nothing known"),
        pytest.param(
            [["台账"], ["填报单位：某基地", "", "单位：万元"], ["序号", "项目名称", "领域"]],
            (3, 1), id="a note with two words above",
        ),
    ],
)  # fmt: skip
def test_where_the_headings_stand(rows, found):
    assert find(rows, PROJECTS) == Arrangement(*found)


def test_two_lines_of_headings_become_one_name_a_column():
    upper = ["序号", "持有方", None, "金额", None]
    lower = [None, "名称", "代码", "总额", "已付"]

    names = ["序号", "持有方/名称", "持有方/代码", "金额/总额", "金额/已付"]
    assert headings_of([upper, lower], 2) == names


def test_an_upper_heading_does_not_reach_over_a_column_without_a_lower_one():
    assert headings_of([["甲", None, None], ["一", "二", None]], 2) == ["甲/一", "甲/二", ""]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        pytest.param(["合计", None, 120], RowKind.SUM, id="合计"),
        pytest.param([None, "小 计：", 120], RowKind.SUM, id="小计, spaced"),
        pytest.param(["1", "总计", 3], RowKind.SUM, id="after a number"),
        pytest.param(["注：金额不含税", None], RowKind.NOTE, id="注"),
        pytest.param(["数据来源：科技局", None], RowKind.NOTE, id="数据来源"),
        pytest.param(["填报人：甲", None, "审核人：乙"], RowKind.NOTE, id="signatures"),
        pytest.param([None, " ", "\u3000"], RowKind.BLANK, id="blank"),
        pytest.param(["ZS-1", "合计算法中试"], RowKind.DATA, id="a name that begins so"),
        pytest.param(["说明书编制", "x"], RowKind.DATA, id="no colon"),
        pytest.param(["一、储备项目", None], RowKind.NOTE, id="a section"),
        pytest.param([None, "（二）概念验证"], RowKind.NOTE, id="a section in brackets"),
        pytest.param(["一、", "真的项目"], RowKind.DATA, id="a number beside data"),
        pytest.param(["注：甲", "真的项目"], RowKind.DATA, id="a note beside data is data"),
    ],
)
def test_what_a_row_is(cells, kind):
    assert row_kind(cells) is kind


@pytest.mark.parametrize(
    ("heading", "key", "how"),
    [
        pytest.param("项目名称", "name", How.SAME, id="the heading"),
        pytest.param("领域", "field", How.SAME, id="an alias"),
        pytest.param("基本情况/项目名称", "name", How.SAME, id="its lowest line"),
        pytest.param("中试项目名称", "name", How.NEAR, id="near"),
        pytest.param("序号", None, How.NONE, id="a running number"),
        pytest.param("天气", None, How.NONE, id="nothing like it"),
    ],
)
def test_a_heading_is_proposed_and_says_how(heading, key, how):
    [one] = propose([heading], PROJECTS)

    assert (one.key, one.how) == (key, how)


def test_no_column_is_proposed_twice():
    keys = [one.key for one in propose(["单位名称", "企业名称", "名称"], ORGANISATIONS) if one.key]

    assert len(keys) == len(set(keys))
