"""What the overview shows above its list, and the mark by which it stays the same."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from sqlmodel import Session

from pilot.domain.moment import Moment
from pilot.reports import summary
from pilot.reports.nation import Nation, nation
from pilot.reports.neighbours import neighbours
from pilot.reports.portfolio import StageCount, stage_strip
from pilot.store import queries_stage_counts


@dataclass(frozen=True, slots=True)
class Glance:
    """Goal cards with their trend, the counts beside them, and the stage strip.

    Of many bases there are sums and one table instead of cards.
    """

    cards: pd.DataFrame
    trend: pd.DataFrame
    beside: pd.DataFrame
    stages: list[StageCount]
    nation: Nation | None = None


def glance(session: Session, bases: Sequence[int], view: Moment) -> Glance:
    """Everything above the list of projects, at the view."""
    if len(bases) > queries_stage_counts.MANY:
        none, stages = pd.DataFrame(), stage_strip(session, bases, view)
        return Glance(none, none, none, stages, nation(session, bases, view))
    return Glance(
        summary.goal_cards(session, bases, view),
        summary.trend(session, bases, view),
        neighbours(session, bases, view),
        stage_strip(session, bases, view),
    )
