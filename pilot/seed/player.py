"""Plays a script of dated steps: each is a command, by an account, known on its day."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import Engine

from pilot.config import ROOT
from pilot.domain.demo import ACCOUNTS, PASSWORD
from pilot.domain.moment import SHANGHAI
from pilot.domain.people import Role
from pilot.domain.submission_edits import Edit
from pilot.services import accounts, submissions
from pilot.services.command import Done, perform
from pilot.services.installation import open_base
from pilot.store.engine import writing

SEED = ROOT / "data" / "seed"
_TEMPORARY = "Linshi-2024-Mima"


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do on a day; `run` is told the instant."""

    on: date
    run: Callable[[datetime], object]


@dataclass(slots=True)
class Player:
    """Runs steps in order and remembers what they made, by the keys of the script."""

    engine: Engine
    folder: Path
    people: dict[str, int] = field(default_factory=dict)
    ids: dict[tuple[str, str], int] = field(default_factory=dict)
    _clock: datetime | None = None

    def open_base(self, at: datetime) -> None:
        """The fictional base and its demonstration accounts."""
        with writing(self.engine) as session:
            base = open_base(
                session,
                code="PJ",
                name="示例盘锦中试基地",
                city_code="211100",
                city_name="盘锦市",
                at=at,
                demo=True,
            )
            login, name, _roles = next(row for row in ACCOUNTS if Role.ADMIN in row[2])
            admin = accounts.first_administrator(session, base, login, name, PASSWORD, at=at)
            self.people[login] = admin.id
        self._clock = at
        for login, name, roles in ACCOUNTS:
            if login not in self.people:
                made = self.do("admin", accounts.create, login, name, roles, _TEMPORARY)
                self.people[login] = made.subject_id
                self.do(login, accounts.change_password, _TEMPORARY, PASSWORD)

    def play(self, step: Step) -> None:
        """Run a step at nine o'clock of its day, after everything earlier."""
        morning = datetime.combine(step.on, time(9), SHANGHAI)
        self._clock = max(self._clock + timedelta(seconds=20), morning)
        step.run(self._clock)

    def do(self, who: str, verb: Callable, *args, **options) -> Done:
        """One command by an account of the demonstration, now."""
        self._clock += timedelta(seconds=1)
        return perform(self.engine, verb, *args, by=self.people[who], now=self._clock, **options)

    def write(self, who: str, submission_id: int, changes: Edit) -> None:
        """An author fills in fields of a submission, now."""
        self._clock += timedelta(seconds=1)
        by = self.people[who]
        submissions.save(self.engine, submission_id, changes, by=by, now=self._clock)

    def remember(self, kind: str, key: str, done: Done) -> None:
        """Keep the id of what a step made."""
        self.ids[kind, key] = done.subject_id

    def find(self, kind: str, key: str) -> int | None:
        """The id of what an earlier step made; None for an empty key."""
        return self.ids[kind, key] if key else None


def rows(name: str) -> list[dict[str, str]]:
    """The lines of one file of the script."""
    with (SEED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> date | None:
    """An ISO day, or None if the cell is empty."""
    return date.fromisoformat(text) if text else None


def before(on: date, days: int, floor: date) -> date:
    """Some days earlier, but not before `floor`."""
    return max(on - timedelta(days=days), floor)


def in_order(steps: Iterable[Step]) -> list[Step]:
    """Steps of one story: none earlier than the one before it."""
    told: list[Step] = []
    for step in steps:
        last = told[-1].on if told else step.on
        told.append(Step(max(step.on, last), step.run))
    return told
