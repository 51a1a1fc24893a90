"""The counts beside the goals, never added to them: M2X, M3X, M3C and the levels L1–L5."""

from collections import defaultdict
from collections.abc import Sequence

import pandas as pd
from sqlmodel import Session

from pilot.domain.moment import Moment
from pilot.domain.vocabulary import GOALS, Indicator, LandingLevel, Scope, Term
from pilot.store import queries_overview

BESIDE = tuple(indicator for indicator in Indicator if indicator not in GOALS)


def neighbours(session: Session, bases: Sequence[int], view: Moment) -> pd.DataFrame:
    """One row per base, count and scope: code, label, counted; of a level also `this_year`."""
    counted = {
        (row.base_id, row.indicator, row.scope): (int(row.counted), None)
        for row in queries_overview.sums(session, bases, view, BESIDE)
    }
    levels: dict[tuple, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in queries_overview.landing_levels(session, bases, view):
        for scope in (Scope.CITY, Scope.BASE) if row.in_base else (Scope.CITY,):
            ever, this_year = levels[row.base_id, row.level, scope]
            place = row.base_id, row.level, scope
            levels[place] = ever + row.projects, this_year + row.this_year
    rows = [
        _row(base, word, scope, known.get((base, word, scope), empty))
        for base in bases
        for words, known, empty in ((BESIDE, counted, (0, None)), (LandingLevel, levels, (0, 0)))
        for word in words
        for scope in (Scope.CITY, Scope.BASE)
    ]
    return pd.DataFrame(rows, dtype=object)


def _row(base: int, word: Term, scope: Scope, counts: tuple[int, int | None]) -> dict:
    return {
        "base_id": base,
        "code": word.value,
        "label": word.label,
        "scope": scope.value,
        "counted": counts[0],
        "this_year": counts[1],
    }
