"""Public facts (公开信息): what sources say about projects, results, the base and its goals.

They never count: a project that sources call piloted or industrialised stands as 待核 until its
papers are there. What a source does not say stays empty.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlmodel import Session

from pilot.domain.draft_counting import TargetDraft
from pilot.domain.draft_projects import ProjectDraft
from pilot.domain.errors import Invalid
from pilot.domain.people import Actor
from pilot.domain.vocabulary import Indicator, Scope, Stage
from pilot.services import claiming, projects, targets
from pilot.services.command import verb
from pilot.store import queries_goals, queries_public
from pilot.store.models import Base, Project, PublicFact

FACTS = Path(__file__).resolve().parents[2] / "data" / "public" / "facts.csv"


@dataclass(frozen=True, slots=True)
class FactRow:
    """One line of the ledger of public facts; `as_of` as the source gives it.

    `project` is the name under which the project is registered, `stage` and `in_base` what the
    source says of where it stands, `suggests` the goal it speaks of (M1 piloted, M2
    industrialised, M3 transferred). A goal has `indicator`, `year` and `goal`.
    """

    subject: str
    project: str
    name: str
    organisation: str
    place: str
    fact: str
    as_of: str
    source: str
    suggests: str
    stage: str
    in_base: str
    indicator: str
    year: str
    goal: str

    @property
    def day(self) -> date | None:
        """The day, where the source gives one; a month or a year alone is none."""
        return date.fromisoformat(self.as_of) if len(self.as_of) == 10 else None

    @property
    def text(self) -> str:
        """The fact with what it is about."""
        about = "，".join(part for part in (self.organisation, self.place) if part)
        return f"{self.name}（{about}）：{self.fact}"

    @property
    def place_in(self) -> tuple[str, str, str]:
        """What tells it from every other fact."""
        return self.subject, self.text, self.source


def load(path: Path = FACTS) -> list[FactRow]:
    """The lines of a ledger file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [FactRow(**row) for row in csv.DictReader(file)]


def unknown(session: Session, base_id: int, rows: Sequence[FactRow]) -> list[FactRow]:
    """The facts that a base has not recorded yet."""
    known = queries_public.known(session, base_id)
    return [row for row in rows if row.place_in not in known]


@verb("fact.record")
def record_facts(
    session: Session, rows: Sequence[FactRow], *, by: Actor, at: datetime, reason: str = ""
) -> Base:
    """Record what sources say; projects they name are registered, goals they give are set.

    A fact already recorded is passed over, and a goal already set stays.
    """
    named = queries_public.projects_by_name(session, by.base_id)
    fresh = unknown(session, by.base_id, rows)
    for row in fresh:
        if row.project and row.project not in named:
            named[row.project] = _register(session, row.project, rows, by, at)
        if row.goal:
            _set_goal(session, row, by, at)
        session.add(_fact(row, named.get(row.project), by, at))
        session.flush()
    reason = reason or "登记公开信息"
    for name in dict.fromkeys(row.project for row in fresh if row.project):
        claiming.project_changed(session, by.base_id, named[name].id, at=at, reason=reason)
    return session.get(Base, by.base_id)


def _register(
    session: Session, name: str, rows: Sequence[FactRow], by: Actor, at: datetime
) -> Project:
    """Enter a project as the source that says where it stands has it; it owes every proof."""
    told = next((row for row in rows if row.project == name and row.stage), None)
    if told is None or told.day is None:
        raise Invalid("stage", f"没有来源写明“{name}”在哪一天处于哪个阶段，不能登记。")
    draft = ProjectDraft(
        name=name, in_base=told.in_base == "yes", source=f"{told.text}（{told.source}）"[:300]
    )
    return projects.register(session, draft, by=by, at=at, on=told.day, stage=Stage(told.stage))


def _set_goal(session: Session, row: FactRow, by: Actor, at: datetime) -> None:
    indicator, year = Indicator(row.indicator), int(row.year)
    if queries_goals.target(session, by.base_id, year, indicator, Scope.CITY) is not None:
        return
    draft = TargetDraft(year, indicator, Scope.CITY, int(row.goal), f"{row.fact}（{row.source}）")
    targets.save_target(session, draft, by=by, at=at)


def _fact(row: FactRow, project: Project | None, by: Actor, at: datetime) -> PublicFact:
    return PublicFact(
        base_id=by.base_id,
        subject=row.subject,
        project_id=project.id if project else None,
        fact=row.text,
        as_of=row.day,
        as_of_text=row.as_of,
        suggests=row.suggests or None,
        source=row.source,
        recorded_at=at,
    )
