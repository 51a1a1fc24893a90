"""The light of a project (灯): its worst warning in words, with a shape, never a colour alone."""

from datetime import date

from pilot.domain.light_facts import (
    SHAPES,
    Level,
    Light,
    LightFacts,
    Paper,
    Warning,
    lateness,
    rank,
)
from pilot.domain.light_rules import RULES
from pilot.domain.vocabulary import ENDS

__all__ = [
    "SHAPES",
    "Level",
    "Light",
    "LightFacts",
    "Paper",
    "Warning",
    "goal_light",
    "lateness",
    "light",
    "rank",
]


def light(facts: LightFacts, on: date) -> Light:
    """The light of a project on a day; one that has ended gives no warnings any more."""
    if facts.state in ENDS:
        return Light(Level.GREEN)
    found = [warning for rule in RULES for warning in rule(facts, on)]
    found.sort(key=lambda warning: -rank(warning.level))
    return Light(found[0].level if found else Level.GREEN, tuple(found))


def goal_light(goal: int, counted: int, planned: int) -> Light:
    """W12: the year's goal against what is counted plus what planned gates may still add."""
    forecast = counted + planned
    text = f"已计 {counted}，年内计划过门可增 {planned}，预计 {forecast}／目标 {goal}"
    if forecast >= goal:
        return Light(Level.GREEN, (Warning("W12", Level.GREEN, text, ""),))
    level = Level.YELLOW if forecast * 10 >= goal * 9 else Level.RED
    return Light(level, (Warning("W12", level, text, "补充年内可过门的项目"),))
