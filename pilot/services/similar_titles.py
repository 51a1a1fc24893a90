"""Titles that are nearly the same (名称相近), held by the same unit; bounded work at any size."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rapidfuzz import fuzz, process
from sqlalchemy import Row
from sqlmodel import Session

from pilot.domain.lookalikes import LIKE
from pilot.domain.moment import Moment
from pilot.store import queries_duplicates

BLOCK = 200  # titles compared with each other at a time
BATCH = 20_000  # results whose titles are compared in one go
MOST = 2000  # pairs that are told of a batch, the most alike first

Pair = tuple[int, int, int]  # the lower id, the other, how alike they are of 100
Range = tuple[int, int]  # the ids of a batch's first and last holder


def batches(session: Session, bases: Sequence[int], view: Moment) -> list[Range]:
    """The holders in portions of about `BATCH` results; one portion where there are fewer."""
    found: list[Range] = []
    size = 0
    for holder, number in queries_duplicates.holders(session, bases, view):
        size = size + number if found and size + number <= BATCH else number
        if size == number:
            found.append((holder, holder))
        else:
            found[-1] = (found[-1][0], holder)
    return found


def near(session: Session, bases: Sequence[int], view: Moment, batch: Range) -> list[Pair]:
    """Pairs of results of one holder whose titles are alike but not equal, the most alike first.

    A holder's titles are compared with each other up to `BLOCK`; of more, each in the order of
    titles with its neighbours: a batch costs at most `BATCH` times `BLOCK` comparisons.
    """
    found: dict[tuple[int, int], int] = {}
    rows = queries_duplicates.titles(session, bases, view, *batch)
    for _, held in groupby(rows, lambda row: row.organisation_id):
        for block in _blocks(list(held)):
            found |= _alike(block)
    apart = queries_duplicates.told_apart(session, bases, view) if found else set()
    pairs = [(*pair, likeness) for pair, likeness in found.items() if pair not in apart]
    return sorted(pairs, key=lambda pair: (-pair[2], -pair[1], pair[0]))[:MOST]


def _blocks(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """All at once, or windows that overlap by half."""
    last = max(len(rows) - BLOCK // 2, 1)
    return (rows[start : start + BLOCK] for start in range(0, last, BLOCK // 2))


def _alike(rows: Sequence[Row]) -> dict[tuple[int, int], int]:
    if len(rows) < 2:
        return {}
    keys = [row.title_key for row in rows]
    scores = process.cdist(keys, keys, scorer=fuzz.ratio, score_cutoff=LIKE, workers=1)
    places = [(at, by) for at, by in zip(*scores.nonzero(), strict=True) if at < by]
    return {
        (min(one.id, other.id), max(one.id, other.id)): int(scores[at, by])
        for at, by in places
        for one, other in ((rows[at], rows[by]),)
        if one.package != other.package and one.title_key != other.title_key
    }
