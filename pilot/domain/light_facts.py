"""What a light looks at and what it says: levels, warnings, facts of a project (预警, 灯)."""

from dataclasses import dataclass
from datetime import date

from pilot.domain.vocabulary import Gate, Stage, State, Term

YELLOW_DAYS, ORANGE_DAYS = 7, 15  # up to 7 days late is yellow, up to 15 orange, beyond it red


class Level(Term):
    """How bad it is (预警等级), the worst last."""

    GREEN = "green", "正常"
    YELLOW = "yellow", "关注"
    ORANGE = "orange", "预警"
    RED = "red", "告警"


SHAPES = {Level.GREEN: "●", Level.YELLOW: "▲", Level.ORANGE: "◆", Level.RED: "■"}
_RANK = {level: rank for rank, level in enumerate(Level)}


@dataclass(frozen=True, slots=True)
class Warning:
    """One rule that speaks: `text` says what it saw, `remedy` what to do about it."""

    rule: str
    level: Level
    text: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Light:
    """How a project stands (灯): its worst level and every warning, the worst first."""

    level: Level
    warnings: tuple[Warning, ...] = ()

    @property
    def sign(self) -> str:
        """Shape and word, for a narrow column."""
        return f"{SHAPES[self.level]} {self.level.label}"

    @property
    def reason(self) -> str:
        """Why, in words: the worst warning and how many others there are."""
        if not self.warnings:
            return "没有预警"
        others = len(self.warnings) - 1
        return self.warnings[0].text + (f"；另有 {others} 条" if others else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper whose validity matters: `valid_until` None means it does not expire by itself;
    `expired` that somebody found it so (过期)."""

    doc_code: str
    issued_on: date | None = None
    valid_until: date | None = None
    expired: bool = False

    def expired_by(self, on: date) -> bool:
        """Whether it no longer holds on a day."""
        return self.expired or (self.valid_until is not None and self.valid_until < on)


@dataclass(frozen=True, slots=True, kw_only=True)
class LightFacts:
    """What the rules look at, as true and known at one moment; gathered by the store.

    `needed` counts the papers the next gate asks for, `missing` those not settled yet.
    """

    project_id: int
    stage: Stage
    state: State
    next_gate: Gate | None = None
    planned_on: date | None = None
    needed: int = 0
    missing: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = ()
    conditions_overdue: int = 0
    condition_due_on: date | None = None
    run_start: date | None = None
    updated_on: date | None = None
    agreed: bool = False
    ip_clause: bool = False
    unregistered: tuple[tuple[str, date], ...] = ()
    unpriced: tuple[str, ...] = ()
    plant_areas: tuple[str, ...] = ()

    @property
    def ready(self) -> int:
        """How many of the needed papers are settled."""
        return self.needed - len(self.missing)

    @property
    def readiness(self) -> str:
        """x/y of the next gate's papers; empty when no gate is next."""
        return f"{self.ready}/{self.needed}" if self.next_gate and self.needed else ""


def rank(level: Level) -> int:
    """Where a level stands: 0 is green."""
    return _RANK[level]


def lateness(days: int) -> Level:
    """How bad it is to be `days` late: 1–7 yellow, 8–15 orange, more red."""
    if days <= 0:
        return Level.GREEN
    if days <= YELLOW_DAYS:
        return Level.YELLOW
    return Level.ORANGE if days <= ORANGE_DAYS else Level.RED
