"""What is read once and kept until somebody writes (缓存): shared by everybody who may see it.

Kept as it is, not as a copy for each run: whoever shows it must not change it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from pilot.domain.moment import Moment
from pilot.domain.people import Actor
from pilot.reports import needs as waiting
from pilot.reports import overview
from pilot.reports.nation import Nation
from pilot.reports.needs import Need
from pilot.reports.portfolio import StageCount
from pilot.screens.goals import Goals, prepared


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands above the list, ready to be drawn."""

    goals: list[Goals]
    stages: list[StageCount]
    nation: Nation | None


def glance(session: Any, bases: Sequence[int], view: Moment) -> Shown:
    """Cards, trend and stage strip of these bases."""
    return _glance(overview.mark(session, bases, view), session, bases, view)


def needs(session: Any, actor: Actor, view: Moment) -> list[Need]:
    """What waits for one person."""
    mark = overview.mark(session, [actor.base_id], view)
    roles = tuple(sorted(actor.roles))
    return _needs(mark, actor.id, roles, session, actor, view)


@st.cache_resource(max_entries=64, show_spinner=False)
def _glance(mark: tuple, _session: Any, _bases: Sequence[int], _view: Moment) -> Shown:
    seen = overview.glance(_session, _bases, _view)
    goals = [] if seen.nation else prepared(seen)
    return Shown(goals, seen.stages, seen.nation)


@st.cache_resource(max_entries=256, show_spinner=False)
def _needs(
    mark: tuple, actor: int, roles: tuple[str, ...], _session: Any, _who: Actor, _view: Moment
) -> list[Need]:
    return waiting.needs(_session, _who, _view)
