"""Rounds at a gate as people read them (节点评审): which wait, one of them, what was decided."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import RowMapping
from sqlmodel import Session

from pilot.domain.errors import NotFound
from pilot.domain.guards import SCORED, Card, disagreements
from pilot.domain.moment import Moment, minute
from pilot.domain.people import Actor, may
from pilot.domain.vocabulary import Conclusion, Dimension, Gate
from pilot.services.reads import read
from pilot.store import (
    queries_bases,
    queries_project_proof,
    queries_project_view,
    queries_rounds,
)

MISSING = "没有找到这一轮评审；它可能属于其他基地，或那时还没有提交。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A round that waits for a decision, and what it wants of the reader (empty: nothing)."""

    review_id: int
    gate: Gate
    round: int
    code: str
    name: str
    opened_on: date
    days: int
    submitter: str
    progress: str
    duty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round; `open` at the view, `writable` if the reader's base may act on it now."""

    id: int
    gate: Gate
    number: int
    opened_on: date
    closed_at: datetime | None
    open: bool
    writable: bool
    submitted_by: int
    submitter: str
    project_id: int
    project_rev: int
    base_id: int
    code: str
    name: str

    @property
    def scored(self) -> bool:
        """Whether this gate asks for two cards."""
        return self.gate in SCORED


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A decision as it stands or stood; of each round the latest is first."""

    id: int
    sequence: int
    gate: Gate
    conclusion: Conclusion
    reason: str
    warnings: str
    held_on: date
    who: str
    decided_at: str
    superseded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A round of a project with its decisions, the latest first."""

    id: int
    gate: Gate
    number: int
    opened_on: date
    open: bool
    taken: tuple[Taken, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionLine:
    """What a conditional pass demands: who, by when, and how it was met."""

    id: int
    review_id: int
    gate: Gate
    text: str
    owner: str
    due_on: date
    closed_on: date | None
    closer: str
    closing_note: str


@read("portfolio.read")
def waiting(session: Session, reader: Actor, view: Moment) -> list[Waiting]:
    """The rounds that wait, those that want something of the reader first."""
    bases = [base.id for base in queries_bases.visible(session, reader)]
    rows = queries_rounds.waiting(session, bases, reader.id, view)
    differ = apart(session, [row["review_id"] for row in rows])
    found = [_waiting(row, reader, view, differ) for row in rows]
    return sorted(found, key=lambda each: not each.duty)


@read("portfolio.read")
def round_shown(
    session: Session,
    reader: Actor,
    view: Moment,
    *,
    review_id: int | None = None,
    project_id: int | None = None,
) -> Round:
    """A round by its id, or the last one of a project; NotFound with one sentence."""
    bases = [base.id for base in queries_bases.visible(session, reader)]
    if review_id is None and project_id is not None:
        review_id = queries_rounds.latest_of(session, bases, project_id, view)
    row = queries_rounds.round_of(session, bases, review_id, view) if review_id else None
    if row is None:
        raise NotFound(MISSING)
    review, project = row["Review"], row["Project"]
    span = queries_project_view.span(session, bases, project.id, view)
    return Round(
        id=review.id,
        gate=review.gate,
        number=review.round,
        opened_on=review.opened_on,
        closed_at=None if row["open"] else review.closed_at,
        open=bool(row["open"]),
        writable=view.live and reader.base_id == review.base_id,
        submitted_by=review.submitted_by,
        submitter=row["submitter"],
        project_id=project.id,
        project_rev=project.rev,
        base_id=review.base_id,
        code=span[0].code if span else project.code,
        name=span[0].name if span else project.name,
    )


def decisions(session: Session, shown: Round, view: Moment) -> list[Taken]:
    """The decisions of a round recorded by then, the one that stands first."""
    rows = queries_rounds.decisions(session, shown.id, view)
    return [_taken(row, superseded=place > 0) for place, row in enumerate(rows)]


def rounds_of(session: Session, project_id: int, view: Moment) -> list[Held]:
    """Every round of a project opened by then with its decisions, the latest first."""
    taken: dict[int, list[Taken]] = defaultdict(list)
    for row in queries_project_proof.decisions(session, project_id, view):
        made = _taken(row, superseded=row["superseded"])
        taken[row["Decision"].review_id].append(made)
    return [
        Held(
            id=row.id,
            gate=row.gate,
            number=row.round,
            opened_on=row.opened_on,
            open=bool(waits),
            taken=tuple(taken[row.id]),
        )
        for row, waits in queries_project_proof.rounds(session, project_id, view)
    ]


def conditions_of(session: Session, project_id: int, view: Moment) -> list[ConditionLine]:
    """The conditions of a project set by then, the earliest due first."""
    rows = queries_project_proof.conditions(session, project_id, view)
    return [
        ConditionLine(
            id=row["id"],
            review_id=row["review_id"],
            gate=row["gate"],
            text=row["text"],
            owner=row["owner"],
            due_on=row["due_on"],
            closed_on=row["closed_on"],
            closer=row["closer"] or "",
            closing_note=row["closing_note"] or "",
        )
        for row in rows
    ]


def apart(session: Session, ids: Sequence[int]) -> set[int]:
    """Of these rounds those whose two cards differ where nobody has agreed on a score yet."""
    given: dict[int, list[Card]] = defaultdict(list)
    for card in queries_rounds.submitted_scores(session, ids):
        given[card.review_id].append({each: getattr(card, each.value) for each in Dimension})
    agreed = queries_rounds.agreed_points(session, ids)
    return {
        review
        for review, cards in given.items()
        if any((review, point) not in agreed for point in disagreements(cards))
    }


def _waiting(row: RowMapping, reader: Actor, view: Moment, differ: set[int]) -> Waiting:
    scored = row["gate"] in SCORED
    return Waiting(
        review_id=row["review_id"],
        gate=row["gate"],
        round=row["round"],
        code=row["code"],
        name=row["name"],
        opened_on=row["opened_on"],
        days=(view.as_of - row["opened_on"]).days,
        submitter=row["submitter"],
        progress=f"评分表 {row['cards']}/2" if scored and view.live else "",
        duty=_duty(row, scored, reader, differ) if view.live else "",
    )


def _duty(row: RowMapping, scored: bool, reader: Actor, differ: set[int]) -> str:
    if row["mine"]:
        return "请提交评分"
    if scored and row["seats"] < 2:
        return "请指定评审人" if may(reader, "review.assign") else ""
    if row["review_id"] in differ:
        return "请合议" if may(reader, "review.consolidate") else ""
    ready = not scored or row["cards"] == 2
    decides = may(reader, "decision.take") and row["submitted_by"] != reader.id
    return "请作结论" if ready and decides else ""


def _taken(row: RowMapping, *, superseded: bool) -> Taken:
    made = row["Decision"]
    return Taken(
        id=made.id,
        sequence=made.sequence,
        gate=made.gate,
        conclusion=made.conclusion,
        reason=made.reason,
        warnings=made.warnings or "",
        held_on=made.held_on,
        who=row["who"],
        decided_at=minute(made.decided_at),
        superseded=superseded,
    )
