"""Inside a round (评审内容): the criteria with their proof, the assessors, the blind cards."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import RowMapping
from sqlmodel import Session

from pilot.domain.guards import ON_RECORD, Item, disagreements, paper_on, proven
from pilot.domain.moment import Moment
from pilot.domain.people import Actor
from pilot.domain.vocabulary import CheckState, Dimension, EvidenceState, Requirement
from pilot.reports.rounds import Round
from pilot.services.gate_facts import gather
from pilot.services.reads import read
from pilot.services.reviews import submitted_cards, visible_cards
from pilot.store import queries_project_view, queries_rounds
from pilot.store.models import Project, Review, Scorecard


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A line of the checklist as it stood in the round; `hard` ones block a pass until proven."""

    id: int
    text: str
    requirement: Requirement
    dimension: Dimension | None
    basis: str
    doc_code: str | None
    state: CheckState | EvidenceState
    proven: bool
    who: str
    reason: str
    attachment_id: int | None = None
    file: str = ""
    on_record: bool = False

    @property
    def hard(self) -> bool:
        """Whether it must be proven before the gate is passed."""
        return self.requirement is not Requirement.ADVISORY


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """An assessor: whether it is the reader, and whether the card is in."""

    assessor_id: int
    name: str
    mine: bool
    submitted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One dimension on both cards: the scores, whether they are apart, what was agreed."""

    dimension: Dimension
    scores: tuple[int | None, ...]
    apart: bool
    agreed: int | None = None
    note: str = ""
    dissent: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """The cards a reader may see: both with their points, or nobody's but their own."""

    names: tuple[str, ...]
    comments: tuple[str, ...]
    points: tuple[Point, ...]


def criteria(session: Session, shown: Round, view: Moment) -> list[Criterion]:
    """The checklist of a round: papers as known when it closed (or now), criteria as checked.

    Ticks are kept without their times: a round still open at a past view shows them unchecked.
    """
    then = replace(view, known_at=shown.closed_at or view.known_at)
    papers = {
        row["doc_code"]: row for row in queries_project_view.papers(session, shown.project_id, then)
    }
    told = not shown.open or view.live
    answers = _answers(session, shown, view) if shown.open and view.live else {}
    lines = [
        (
            row["ReviewCheck"].code,
            _criterion(row, papers.get(row["ReviewCheck"].doc_code), view, told),
        )
        for row in queries_rounds.checks(session, shown.id)
    ]
    return [_answered(line, code, answers.get(code)) for code, line in lines]


@read("portfolio.read")
def seats(session: Session, shown: Round, reader: Actor) -> list[Seat]:
    """Who assesses, and whose card is in."""
    return [
        Seat(
            assessor_id=row["assessor_id"],
            name=row["name"],
            mine=row["assessor_id"] == reader.id,
            submitted=bool(row["submitted"]),
        )
        for row in queries_rounds.seats(session, shown.id)
    ]


@read("portfolio.read")
def cards(session: Session, shown: Round, reader: Actor, view: Moment) -> Cards | None:
    """The cards the reader may see, submitted ones only; None when there is none to see."""
    if not view.live and shown.open:
        return None
    review = session.get(Review, shown.id)
    seen = [card for card in visible_cards(session, review, reader) if card.submitted_at]
    if not seen:
        return None
    names = {row["assessor_id"]: row["name"] for row in queries_rounds.seats(session, shown.id)}
    agreed = {
        row["Consolidation"].dimension: row
        for row in queries_rounds.consolidations(session, shown.id)
    }
    both = len(seen) == 2
    apart = disagreements(submitted_cards(session, shown.id)) if both else []
    return Cards(
        names=tuple(names[card.assessor_id] for card in seen),
        comments=tuple(card.comment or "" for card in seen),
        points=tuple(_point(d, seen, d in apart, agreed.get(d)) for d in Dimension),
    )


def assessors(session: Session, shown: Round) -> dict[int, str]:
    """Who may be named an assessor of a round, id to name."""
    return queries_rounds.assessors(session, shown.base_id, but=shown.submitted_by)


def _answers(session: Session, shown: Round, view: Moment) -> dict[str, bool | None]:
    """What the record says now to the lines that nobody ticks."""
    review, project = session.get(Review, shown.id), session.get(Project, shown.project_id)
    facts = gather(session, project, review, on=view.as_of)
    return {item.code: item.record for item in facts.items}


def _answered(line: Criterion, code: str, answer: bool | None) -> Criterion:
    """The line as the record answers it now, if it does; otherwise as it was kept."""
    if answer is not None:
        state = CheckState.MET if answer else CheckState.UNMET
        line = replace(line, state=state, proven=answer, who="", reason="")
    return replace(line, on_record=code in ON_RECORD and not line.who)


def _criterion(row: RowMapping, paper: RowMapping | None, view: Moment, told: bool) -> Criterion:
    check = row["ReviewCheck"]
    state = check.state if told else CheckState.OPEN
    stands = paper_on(paper["state"], paper["valid_until"], view.as_of) if paper else None
    item = Item(check.code, check.text, check.requirement, state, check.doc_code, stands)
    from_paper = check.doc_code is not None
    return Criterion(
        id=check.id,
        text=check.text,
        requirement=check.requirement,
        dimension=check.dimension,
        basis=check.basis or "",
        doc_code=check.doc_code,
        state=(stands or EvidenceState.MISSING) if from_paper else state,
        proven=proven(item),
        who=_by(paper) if from_paper else (row["who"] or "") if told else "",
        reason=((paper["reason"] if paper else "") if from_paper else told and check.reason) or "",
        attachment_id=paper["attachment_id"] if paper else None,
        file=(paper["file"] or "") if paper else "",
    )


def _by(paper: RowMapping | None) -> str:
    return (paper["checker"] or paper["approver"] or paper["who"]) if paper else ""


def _point(
    dimension: Dimension, seen: Sequence[Scorecard], apart: bool, row: RowMapping | None
) -> Point:
    scores = tuple(getattr(card, dimension.value) for card in seen)
    if row is None:
        return Point(dimension=dimension, scores=scores, apart=apart)
    agreed = row["Consolidation"]
    return Point(
        dimension=dimension,
        scores=scores,
        apart=apart,
        agreed=agreed.score,
        note=agreed.note,
        dissent=agreed.dissent or "",
        who=row["who"],
    )
