"""What an invented portfolio shares: its base, its people, its units, its clock and its dice."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random

from benchmarks import words
from benchmarks.book import Book, Command, as_text, inserted
from benchmarks.sizes import Size
from benchmarks.writer import Writer
from pilot.domain.facts import Rules
from pilot.domain.identifiers import uscc_problem
from pilot.domain.vocabulary import Gate
from pilot.store.models import ChecklistItem, Organisation, Person

LOCAL = ("211102", "211103", "211104", "211122")
AWAY = ("210100", "210200", "110000", "310000", "320000", "370000")
_CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as spans copy it."""

    id: int
    name: str
    uscc: str | None
    area: str


@dataclass(frozen=True, slots=True)
class Staff:
    """The accounts that did it all."""

    manager: int
    decider: int
    assessors: tuple[int, int]


@dataclass
class World:
    """Everything a life draws on."""

    size: Size
    writer: Writer
    book: Book
    base_id: int
    staff: Staff
    rules: list[Rules]
    checklist: dict[Gate, list[ChecklistItem]]
    today: date
    random: Random = field(default_factory=lambda: Random(20_260_101))
    units: list[Unit] = field(default_factory=list)
    managers: list[tuple[int, str]] = field(default_factory=list)
    codes: dict[str, count] = field(default_factory=lambda: defaultdict(lambda: count(1)))
    _ticks: count = field(default_factory=lambda: count(1))

    def at(self, day: date) -> datetime:
        """An instant of office hours of a day in Shanghai, never given twice."""
        seconds, micro = self.random.randrange(3600, 30_000), next(self._ticks) % 1_000_000
        moment = datetime.combine(day, time(), UTC)
        return moment + timedelta(seconds=seconds, microseconds=micro)

    def tell(self, at: datetime, by: int, action: str, subject: str, row: int, **more) -> None:
        """Take a command into the journal."""
        changes = as_text(more.pop("changes", []))
        self.book.add(Command(at, by, action, subject, row, changes=changes, **more))

    def chance(self, share: float) -> bool:
        """Whether something happens that happens to `share` of all."""
        return self.random.random() < share

    def days(self, low: int, high: int) -> timedelta:
        """A stretch of time."""
        return timedelta(days=self.random.randint(low, high))

    def area(self) -> str:
        """Where a unit is registered: two thirds in the city."""
        return self.random.choice(LOCAL if self.chance(0.67) else AWAY)

    def found_units(self, opened: date) -> None:
        """Enter every unit with a person who leads projects."""
        for number in range(1, self.size.organisations + 1):
            name, area = words.unit(self.random, number), self.area()
            uscc = _credit_code(number, area)
            at = self.at(opened)
            kind = "enterprise" if self.chance(0.7) else "institute"
            values = {"name": name, "uscc": uscc, "kind": kind, "reg_area": area}
            unit_id = self.writer.add(
                Organisation, base_id=self.base_id, actual_area=area, recorded_at=at, **values
            )
            self.units.append(Unit(unit_id, name, uscc, area))
            told = [inserted("organisation", unit_id, values)]
            self.tell(
                at, self.staff.manager, "organisation.save", "organisation", unit_id, changes=told
            )
            self._hire(unit_id, opened)

    def _hire(self, unit_id: int, opened: date) -> None:
        name, at = words.person(self.random), self.at(opened)
        values = {"name": name, "kind": "manager", "organisation_id": unit_id}
        row = self.writer.add(Person, base_id=self.base_id, recorded_at=at, **values)
        self.managers.append((row, name))
        told = [inserted("person", row, values)]
        self.tell(at, self.staff.manager, "person.save", "person", row, changes=told)


def _credit_code(number: int, area: str) -> str:
    stem = f"91{area}MA{number:07d}"[:17].ljust(17, "0")
    return next(stem + sign for sign in _CODE_SIGNS if uscc_problem(stem + sign) is None)
