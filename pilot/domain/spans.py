"""Valid time as spans: what was true from a day on, laid over what was true before (有效期段)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from pilot.domain.moment import FOREVER_DAY

LONGEST = 7  # of the lengths below; those of eleven years and more, and what has no end

T = TypeVar("T", date, datetime)


def length(start: T, end: T) -> int:
    """How long a span is, in powers of four: the least n, at most LONGEST, of under 4**n days."""
    days = (end - start).days
    return next((n for n in range(LONGEST) if days < 4**n), LONGEST)


def last_ends(at: T) -> dict[int, T]:
    """By length: the latest end of a span that holds at `at`; the LONGEST may end at any time.

    Whoever looks for the spans of a moment by their ends so passes few others.
    """
    return {n: at + timedelta(days=4**n) for n in range(LONGEST)}


@dataclass(frozen=True, slots=True)
class Span:
    """The values that held on the days [start, end)."""

    start: date
    end: date
    values: Mapping[str, Any]


def overlay(
    spans: Sequence[Span], change: Mapping[str, Any], start: date, end: date = FOREVER_DAY
) -> list[Span]:
    """`spans` (in order, without gaps) with `change` laid over the days [start, end).

    A change that begins before the first span extends the first span backwards.
    """
    spans = _reaching_back(spans, start)
    pieces = [piece for span in spans for piece in _cut(span, change, start, end)]
    merged: list[Span] = []
    for piece in pieces:
        if merged and merged[-1].values == piece.values:
            merged[-1] = Span(merged[-1].start, piece.end, piece.values)
        else:
            merged.append(piece)
    return merged


def _reaching_back(spans: Sequence[Span], start: date) -> list[Span]:
    if not spans or start >= spans[0].start:
        return list(spans)
    first = spans[0]
    return [Span(start, first.end, first.values), *spans[1:]]


def _cut(span: Span, change: Mapping[str, Any], start: date, end: date) -> list[Span]:
    low, high = max(span.start, start), min(span.end, end)
    if low >= high:
        return [span]
    parts = [
        Span(span.start, low, span.values),
        Span(low, high, {**span.values, **change}),
        Span(high, span.end, span.values),
    ]
    return [part for part in parts if part.start < part.end]
