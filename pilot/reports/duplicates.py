"""疑似重复成果: pairs of registered results that may be one, why, and where each counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from pilot.domain.lookalikes import Ground
from pilot.domain.moment import Moment, local_day
from pilot.domain.people import Actor
from pilot.reports import alike
from pilot.services import similar_titles
from pilot.services.reads import read
from pilot.services.similar_titles import Range
from pilot.store import queries_bases, queries_duplicates, streams
from pilot.store.models import Result

PAGE = 10
_GROUNDS = list(Ground)
_SAME_NAME = "名称相同，持有方不同"
_SAME_CONTRACT = "合同编号相同"
NOWHERE = "没有计入"


@dataclass(frozen=True, slots=True)
class Side:
    """One of a pair; `facts` are the same headings for both sides."""

    id: int
    rev: int
    code: str
    title: str
    holders: str
    counts: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Twins:
    """Two results that may be one, and on which ground."""

    base: str
    base_id: int
    ground: str
    certain: bool
    one: Side
    other: Side


@dataclass(frozen=True, slots=True)
class Found:
    """A page of pairs and how many there are; `batches` in which near titles are compared."""

    pairs: tuple[Twins, ...]
    total: int
    many_bases: bool
    batches: int = 1


@read("portfolio.read")
def certain(session: Session, reader: Actor, view: Moment, page: int = 1) -> Found:
    """Pairs that share a number, a contract number or a title, across all years and units."""
    bases = _bases(session, reader)
    statement = queries_duplicates.certain(bases, view)
    rows = streams.page(session, statement, PAGE, (page - 1) * PAGE)
    return Found(told(session, rows, view), streams.count(session, statement), len(bases) > 1)


@read("portfolio.read")
def near(session: Session, reader: Actor, view: Moment, page: int = 1, batch: int = 1) -> Found:
    """Pairs of one holder whose titles are only alike, of one batch of holders."""
    bases = _bases(session, reader)
    batches = similar_titles.batches(session, bases, view)
    found = _near(session, bases, view, batches[batch - 1 : batch])
    rows = found[(page - 1) * PAGE : page * PAGE]
    pairs = told(session, rows, view)
    return Found(pairs, len(found), len(bases) > 1, max(len(batches), 1))


def told(session: Session, rows: Sequence[Mapping[str, Any]], view: Moment) -> tuple[Twins, ...]:
    """Pairs by their ids as people read them; a fixed number of queries."""
    ids = sorted({row[name] for row in rows for name in ("one_id", "other_id")})
    sides = _sides(session, ids, view)
    bases = queries_bases.names(session, {base_id for base_id, _ in sides.values()})
    found = []
    for row in rows:
        one, other = sides[row["one_id"]], sides[row["other_id"]]
        base_id, ground = one[0], _GROUNDS[row["rank"]]
        found.append(
            Twins(
                base=bases.get(base_id, ""),
                base_id=base_id,
                ground=_why(ground, row.get("likeness")),
                certain=ground is not Ground.SIMILAR,
                one=one[1],
                other=other[1],
            )
        )
    return tuple(found)


def lines(
    session: Session, rows: Sequence[Mapping[str, Any]], view: Moment, _chosen: object = None
) -> list[dict[str, Any]]:
    """The same as flat rows of a file."""
    return [
        {
            "base_id": pair.base_id,
            "base": pair.base,
            "ground": pair.ground,
            **{
                f"{name}_{key}": getattr(side, key)
                for name, side in (("one", pair.one), ("other", pair.other))
                for key in ("code", "title", "holders", "counts")
            },
        }
        for pair in told(session, rows, view)
    ]


def near_lines(session: Session, bases: Sequence[int], view: Moment) -> list[dict[str, Any]]:
    """Pairs with titles that are only alike, as flat rows of a file."""
    batches = similar_titles.batches(session, bases, view)
    return lines(session, _near(session, bases, view, batches), view)


def _near(
    session: Session, bases: Sequence[int], view: Moment, batches: Sequence[Range]
) -> list[dict[str, int]]:
    rank = queries_duplicates.RANKS[Ground.SIMILAR]
    return [
        {"one_id": one, "other_id": other, "rank": rank, "likeness": likeness}
        for batch in batches
        for one, other, likeness in similar_titles.near(session, bases, view, batch)
    ]


def _why(ground: Ground, likeness: int | None) -> str:
    if ground is Ground.CONTRACT:
        return _SAME_CONTRACT
    if ground is Ground.SIMILAR and not likeness:
        return _SAME_NAME
    return ground.told(likeness or 100)


def _sides(session: Session, ids: Sequence[int], view: Moment) -> dict[int, tuple[int, Side]]:
    told = alike.results_told(session, ids)
    counts = _counts(session, [row for row, _ in told.values()], view)
    return {
        row.id: (
            row.base_id,
            Side(
                id=row.id,
                rev=row.rev,
                code=row.code,
                title=row.title,
                holders=facts[alike.HOLDERS],
                counts=counts.get(_unit(row), NOWHERE),
                facts=_facts(row, facts),
            ),
        )
        for row, facts in told.values()
    }


def _counts(session: Session, rows: Sequence[Result], view: Moment) -> dict[int, str]:
    """Where what is counted with each counts, in words; a part counts with its package."""
    units = {_unit(row) for row in rows}
    bases = {row.base_id for row in rows}
    found: dict[int, list[str]] = {}
    for one in queries_duplicates.counted(session, sorted(bases), view, units):
        words = f"{one.year} 年{one.indicator.label}{one.standing.label}"
        found.setdefault(one.unit_id, []).append(words)
    return {unit: "；".join(words) for unit, words in found.items()}


def _unit(row: Result) -> int:
    return row.package_id if row.package_id and not row.split_reason else row.id


def _facts(row: Result, facts: Mapping[str, str]) -> dict[str, str]:
    return {
        alike.NUMBERS: facts[alike.NUMBERS],
        "登记日期": f"{local_day(row.recorded_at)}",
        alike.SUMMARY: facts[alike.SUMMARY],
    }


def _bases(session: Session, reader: Actor) -> list[int]:
    return [base.id for base in queries_bases.visible(session, reader)]
