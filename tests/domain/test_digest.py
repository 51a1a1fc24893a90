"""On which day a base is told what waits, and what it is told."""

from datetime import date

import pytest

from pilot.domain.digest import Kind, Wait, due_on, sentence

MON, TUE, THU = date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 4)
NEXT_MON, NEXT_TUE = date(2026, 6, 8), date(2026, 6, 9)


@pytest.mark.parametrize(
    ("weekday", "last", "today", "due"),
    [
        pytest.param(0, MON, NEXT_MON, NEXT_MON, id="a week later"),
        pytest.param(0, MON, MON, None, id="not twice on the day"),
        pytest.param(0, MON, THU, None, id="not on another day"),
        pytest.param(0, MON, NEXT_TUE, NEXT_MON, id="missed on its day: made up for"),
        pytest.param(0, NEXT_MON, NEXT_TUE, None, id="made up for once"),
        pytest.param(0, None, MON, MON, id="a new base begins on its day"),
        pytest.param(0, None, TUE, None, id="a new base waits for its day"),
        pytest.param(3, MON, THU, THU, id="a later day of the week was chosen"),
        pytest.param(3, MON, TUE, None, id="and has not come yet"),
        pytest.param(0, THU, NEXT_MON, NEXT_MON, id="an earlier day of the week was chosen"),
        pytest.param(None, MON, NEXT_MON, None, id="never"),
    ],
)
def test_when_a_base_is_told(weekday, last, today, due):
    assert due_on(weekday, last, today) == due


def test_a_base_is_told_numbers_and_no_names():
    waits = [
        Wait(Kind.REVIEW, "示例审核甲", 3, MON),
        Wait(Kind.REVIEW, None, 2, MON),
        Wait(Kind.GATE, "示例经理", 1, MON),
    ]
    assert sentence(waits) == "本周等待办理：待审核的填报 5 项、逾期的阶段门 1 项。"
