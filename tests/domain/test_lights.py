"""The rules of the lights, one table each; the id of a case begins with the rule it shows."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from pilot.domain.light_rules import RULES
from pilot.domain.lights import (
    SHAPES,
    Level,
    LightFacts,
    Paper,
    goal_light,
    lateness,
    light,
)
from pilot.domain.vocabulary import Gate, Stage, State

TODAY = date(2026, 6, 1)
GREEN, YELLOW, ORANGE, RED = Level


def facts(**known) -> LightFacts:
    values = {"stage": Stage.POOL, "state": State.ACTIVE} | known
    return LightFacts(project_id=1, **values)


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def gate(offset: int, *missing: str, at: Gate = Gate.G3, **known) -> LightFacts:
    return facts(
        stage=Stage.PILOT,
        next_gate=at,
        planned_on=day(offset),
        needed=3,
        missing=missing,
        **known,
    )


@pytest.mark.parametrize(
    ("known", "level"),
    [
        pytest.param(gate(15, "D14"), GREEN, id="W1 15 days ahead is not near"),
        pytest.param(gate(14, "D14"), YELLOW, id="W1 14 days ahead with a paper missing"),
        pytest.param(gate(14), GREEN, id="W1 14 days ahead with all papers"),
        pytest.param(gate(0), GREEN, id="W1 the day itself is not late"),
        pytest.param(gate(-1), YELLOW, id="W1 one day late"),
        pytest.param(gate(-7), YELLOW, id="W1 seven days late"),
        pytest.param(gate(-8), ORANGE, id="W1 eight days late"),
        pytest.param(gate(-15), ORANGE, id="W1 fifteen days late"),
        pytest.param(gate(-16), RED, id="W1 sixteen days late"),
        pytest.param(gate(-16, state=State.PAUSED), GREEN, id="W1 not while paused"),
        pytest.param(gate(-16, state=State.TERMINATED), GREEN, id="W1 not after the end"),
        pytest.param(
            facts(stage=Stage.CONCEPT, next_gate=Gate.G1), YELLOW, id="W1 no date is a warning"
        ),
        pytest.param(facts(next_gate=Gate.G0), GREEN, id="W1 the pool needs no date yet"),
        pytest.param(facts(stage=Stage.PILOT), GREEN, id="W1 no gate is next"),
        pytest.param(gate(74, "D10", at=Gate.G2), GREEN, id="W2 74 days for an EIA report"),
        pytest.param(gate(73, "D10", at=Gate.G2), YELLOW, id="W2 73 days is close"),
        pytest.param(gate(60, "D10", at=Gate.G2), YELLOW, id="W2 60 days are still enough"),
        pytest.param(gate(59, "D10", at=Gate.G2), ORANGE, id="W2 59 days: no report any more"),
        pytest.param(gate(30, "D10", at=Gate.G2), ORANGE, id="W2 30 days: a form may do"),
        pytest.param(gate(29, "D10", at=Gate.G2), RED, id="W2 29 days: no form any more"),
        pytest.param(gate(58, "D09", at=Gate.G2), YELLOW, id="W2 58 days for a safety review"),
        pytest.param(gate(45, "D09", at=Gate.G2), YELLOW, id="W2 45 days are still enough"),
        pytest.param(gate(44, "D09", at=Gate.G2), RED, id="W2 44 days: no safety review"),
        pytest.param(gate(20, at=Gate.G2), GREEN, id="W2 nothing with the approvals in"),
        pytest.param(gate(20, "D10"), GREEN, id="W2 only before G2"),
    ],
)
def test_the_next_gate(known, level):
    assert light(known, TODAY).level is level


def paper(**known) -> LightFacts:
    code = known.pop("doc_code", "D07")
    return facts(papers=(Paper(doc_code=code, **known),))


@pytest.mark.parametrize(
    ("known", "level"),
    [
        pytest.param(paper(valid_until=None), GREEN, id="W3 a paper without end"),
        pytest.param(paper(valid_until=day(61)), GREEN, id="W3 61 days left"),
        pytest.param(paper(valid_until=day(60)), YELLOW, id="W3 60 days left"),
        pytest.param(paper(valid_until=day(0)), YELLOW, id="W3 valid on its last day"),
        pytest.param(paper(valid_until=day(-1)), RED, id="W3 the day after"),
        pytest.param(paper(expired=True), RED, id="W3 found to have expired"),
        pytest.param(
            paper(doc_code="D10", issued_on=date(2021, 12, 1)), GREEN, id="W6 over 180 days left"
        ),
        pytest.param(
            paper(doc_code="D10", issued_on=date(2021, 11, 28)), YELLOW, id="W6 180 days left"
        ),
        pytest.param(
            paper(doc_code="D10", issued_on=date(2021, 6, 1)), RED, id="W6 five years are over"
        ),
        pytest.param(
            facts(
                papers=(Paper(doc_code="D10", issued_on=date(2021, 6, 1)),),
                run_start=date(2022, 1, 1),
            ),
            GREEN,
            id="W6 not once started",
        ),
    ],
)
def test_papers_age(known, level):
    assert light(known, TODAY).level is level


@pytest.mark.parametrize(
    ("known", "level"),
    [
        pytest.param(facts(conditions_overdue=1, condition_due_on=day(-7)), YELLOW, id="W4 7 days"),
        pytest.param(facts(conditions_overdue=1, condition_due_on=day(-8)), ORANGE, id="W4 8 days"),
        pytest.param(facts(conditions_overdue=2, condition_due_on=day(-16)), RED, id="W4 16 days"),
        pytest.param(
            facts(stage=Stage.PILOT, run_start=date(2024, 12, 2)), GREEN, id="W5 under 18 months"
        ),
        pytest.param(
            facts(stage=Stage.PILOT, run_start=date(2024, 12, 1)), YELLOW, id="W5 18 months"
        ),
        pytest.param(facts(stage=Stage.PILOT, run_start=date(2024, 6, 1)), RED, id="W5 24 months"),
        pytest.param(
            facts(stage=Stage.INDUSTRY, run_start=date(2024, 1, 1)), GREEN, id="W5 pilot is over"
        ),
        pytest.param(facts(updated_on=day(-30)), GREEN, id="W7 30 days of silence"),
        pytest.param(facts(updated_on=day(-31)), YELLOW, id="W7 31 days of silence"),
        pytest.param(
            facts(updated_on=day(-31), state=State.PAUSED), GREEN, id="W7 a pause is silent"
        ),
        pytest.param(facts(agreed=True, ip_clause=True), GREEN, id="W8 clause recorded"),
        pytest.param(facts(agreed=True), YELLOW, id="W8 no clause"),
        pytest.param(facts(), GREEN, id="W8 no agreement yet"),
        pytest.param(facts(unregistered=(("HT-1", day(-30)),)), GREEN, id="W9 30 days"),
        pytest.param(facts(unregistered=(("HT-1", day(-31)),)), YELLOW, id="W9 31 days"),
        pytest.param(facts(unpriced=("HT-1",)), YELLOW, id="W10 amount 0"),
        pytest.param(facts(plant_areas=("211103",)), GREEN, id="W11 in a county of the city"),
        pytest.param(facts(plant_areas=("210212",)), YELLOW, id="W11 elsewhere"),
    ],
)
def test_the_other_rules(known, level):
    assert light(known, TODAY).level is level


@pytest.mark.parametrize(
    ("counted", "planned", "level"),
    [
        pytest.param(7, 3, GREEN, id="W12 the plan reaches the goal"),
        pytest.param(7, 2, YELLOW, id="W12 within ten percent"),
        pytest.param(7, 1, RED, id="W12 short"),
        pytest.param(0, 0, RED, id="W12 nothing at all"),
    ],
)
def test_a_goal_is_judged_by_what_is_planned(counted, planned, level):
    assert goal_light(10, counted, planned).level is level


def test_the_worst_warning_comes_first_and_the_others_are_counted():
    shown = light(gate(-16, "D14", "D15", updated_on=day(-40)), TODAY)

    assert shown.sign == "■ 告警"
    assert shown.reason == "G3 计划 2026-05-16，已逾期 16 天，缺 D14、D15（1/3）；另有 1 条"
    assert shown.warnings[0].remedy == "催交 D14、D15"
    assert [warning.rule for warning in shown.warnings] == ["W1", "W7"]


def test_a_project_that_awaits_its_review_is_told_to_decide():
    shown = light(gate(-1, state=State.AWAITING), TODAY)

    assert shown.warnings[0].remedy == "作出 G3 评审结论"


def test_every_level_has_a_shape_of_its_own():
    assert len(set(SHAPES.values())) == len(Level)


def test_nothing_to_say_is_said_in_words():
    assert (light(facts(), TODAY).sign, light(facts(), TODAY).reason) == ("● 正常", "没有预警")


def test_readiness_is_settled_papers_of_the_needed_ones():
    assert gate(5, "D14").readiness == "2/3"
    assert facts().readiness == ""


def test_on_time_is_not_late():
    assert lateness(0) is GREEN


def test_every_rule_stands_in_the_document():
    page = (Path(__file__).parents[2] / "docs" / "warnings.md").read_text(encoding="utf-8")
    named = {line.split("|")[1].strip() for line in page.splitlines() if line.startswith("| W")}

    assert {rule.__doc__.partition(":")[0] for rule in RULES} | {"W12"} == named
