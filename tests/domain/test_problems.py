"""A problem is a value: hard unless said otherwise, without place in a form."""

from pilot.domain.problems import Problem


def test_a_problem_is_hard_and_has_no_place_unless_told():
    problem = Problem("title", "required", "名称未填写。", "请填写名称。")
    assert (problem.hard, problem.row, problem.column) == (True, None, None)


def test_equal_problems_are_one():
    assert len({Problem("a", "b", "c", "d"), Problem("a", "b", "c", "d")}) == 1
