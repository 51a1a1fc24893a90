"""How many projects are in each state of each stage, at two times.

What is known to this day is counted per stage and state, what no longer is, is gathered; both are
found by the length and the end of their spans (`pilot.domain.spans.last_ends`), so that little
else is passed, however long ago the view is.
"""

import functools
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, Select, bindparam, func, literal, union_all
from sqlmodel import Session, col, select

from pilot.domain.moment import FOREVER_DAY, Moment
from pilot.domain.spans import LONGEST, last_ends
from pilot.domain.vocabulary import Stage, State
from pilot.store import queries_snapshots
from pilot.store.models import ProjectSpan
from pilot.store.queries_tables import GONE

MANY = 12  # bases; more are counted from their snapshots
_BASES = bindparam("bases", expanding=True)
_AS_OF, _KNOWN_AT = bindparam("as_of"), bindparam("known_at")


class InStage(NamedTuple):
    """How many projects are in one state of a stage."""

    stage: Stage
    state: State
    projects: int


def stage_counts(session: Session, bases: Sequence[int], view: Moment) -> list[InStage]:
    """Per stage and state: how many projects; what was entered in error is left out."""
    counted: Counter = Counter()
    for stage, state, number in _counted(session, bases, view):
        counted[stage, state] += number
    return [
        InStage(*key, number) for key, number in counted.items() if number and key[1] not in GONE
    ]


def _counted(
    session: Session, bases: Sequence[int], view: Moment
) -> Sequence[tuple[Stage, State, int]]:
    if len(bases) > MANY:
        found = queries_snapshots.projects(session, bases, view)
        return [(stage, state, number) for (_, stage, state, *_), number in found.items()]
    ends = {f"day_{n}": day for n, day in last_ends(view.as_of).items()}
    ends |= {f"instant_{n}": at for n, at in last_ends(view.known_at).items()}
    times = {"as_of": view.as_of, "known_at": view.known_at}
    return session.execute(_statement(), {"bases": list(bases), **times, **ends}).all()


@functools.cache
def _statement() -> CompoundSelect:
    gathered = union_all(*map(_no_longer_known, range(LONGEST + 1))).subquery()
    then = select(gathered.c.stage, gathered.c.state, func.count())
    return union_all(_known_to_this_day(), then.group_by(gathered.c.stage, gathered.c.state))


def _known_to_this_day() -> Select:
    """A line for every state of a stage: nothing is sorted."""
    span = ProjectSpan
    pairs = (
        (literal(stage, col(span.stage).type), literal(state, col(span.state).type))
        for stage in Stage
        for state in State
        if state not in GONE
    )
    pair = union_all(
        *(select(stage.label("stage"), state.label("state")) for stage, state in pairs)
    ).cte("pair")
    parts = (
        select(func.count())
        .where(
            col(span.base_id).in_(_BASES),
            col(span.known_length).is_(None),
            span.stage == pair.c.stage,
            span.state == pair.c.state,
            *true_then,
            span.known_from <= _KNOWN_AT,
        )
        .correlate(pair)
        .scalar_subquery()
        for true_then in _true_then()
    )
    return select(pair.c.stage, pair.c.state, functools.reduce(lambda one, two: one + two, parts))


def _no_longer_known(n: int) -> Select:
    """The stage and state of each span that was known for such a length."""
    span = ProjectSpan
    ends = [] if n == LONGEST else [span.known_to <= bindparam(f"instant_{n}")]
    return select(span.stage, span.state).where(
        col(span.base_id).in_(_BASES),
        span.known_length == n,
        span.known_to > _KNOWN_AT,
        *ends,
        span.known_from <= _KNOWN_AT,
        span.valid_from <= _AS_OF,
        span.valid_to > _AS_OF,
    )


def _true_then() -> Iterator[list[ColumnElement]]:
    """What was true on the day: the spans of each length, and those that have not ended."""
    span = ProjectSpan
    for n in range(1, LONGEST):
        ends = [span.valid_to > _AS_OF, span.valid_to <= bindparam(f"day_{n}")]
        yield [span.valid_length == n, *ends, span.valid_from <= _AS_OF]
    for ends in (
        [span.valid_to > _AS_OF, span.valid_to < FOREVER_DAY],
        [span.valid_to == FOREVER_DAY],
    ):
        yield [span.valid_length == LONGEST, *ends, span.valid_from <= _AS_OF]
