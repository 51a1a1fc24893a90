"""The demonstration portfolio (演示数据): fictional, walked through the real verbs by day."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Engine

from pilot.domain.draft_counting import TargetDraft
from pilot.domain.drafts import OrganisationDraft, PersonDraft
from pilot.domain.vocabulary import Indicator, Scope
from pilot.seed import projects, reports, results, submissions
from pilot.seed.player import Player, Step, rows
from pilot.services.organisations import save_organisation, save_person
from pilot.services.targets import save_target

_BEGIN = datetime(2024, 1, 2, 1, 0, tzinfo=UTC)
_GOALS = {Indicator.NEW_PILOT: 10, Indicator.INDUSTRIALISED: 4, Indicator.TRANSFERRED: 80}
_YEARS = (2024, 2025, 2026)


def load(engine: Engine, folder: Path, tell: Callable[[str], None] = lambda _line: None) -> None:
    """Fill an empty, migrated database; `folder` takes the attachments, `tell` hears progress."""
    player = Player(engine, folder)
    player.open_base(_BEGIN)
    script = [*_registry(player), *_years(player), *results.steps(player), *projects.steps(player)]
    script += [*submissions.steps(player), *reports.steps(player)]
    script.sort(key=lambda step: step.on)
    for number, step in enumerate(script):
        if number % 200 == 0:
            tell(f"演示数据 {number * 100 // len(script)}%（{step.on:%Y-%m}）")
        player.play(step)
    tell("演示数据 100%")


def _registry(player: Player) -> Iterator[Step]:
    for row in rows("organisations.csv"):
        draft = OrganisationDraft(
            name=row["name"],
            kind=row["kind"],
            uscc=row["uscc"],
            reg_area=row["reg_area"],
            actual_area=row["actual_area"],
            zone=row["zone"] or None,
            ladder=row["ladder"] or None,
        )

        def unit(_at: datetime, key: str = row["key"], draft: OrganisationDraft = draft) -> None:
            done = player.do("manager", save_organisation, draft)
            player.remember("organisation", key, done)

        yield Step(_BEGIN.date(), unit)
    for row in rows("people.csv"):

        def person(_at: datetime, row: dict[str, str] = row) -> None:
            home = player.find("organisation", row["org"])
            draft = PersonDraft(name=row["name"], kind=row["kind"], organisation_id=home)
            player.remember("person", row["name"], player.do("manager", save_person, draft))

        yield Step(_BEGIN.date(), person)


def _years(player: Player) -> Iterator[Step]:
    for year in _YEARS:
        for indicator, goal in _GOALS.items():
            source = f"演示：{year} 年全市{indicator.label} {goal} 以上"
            draft = TargetDraft(year, indicator, Scope.CITY, goal, source)
            begun = max(date(year, 1, 5), _BEGIN.date())
            yield Step(begun, lambda _at, draft=draft: player.do("manager", save_target, draft))
