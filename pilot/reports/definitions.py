"""口径与目标: versions of definitions, goals, reported years, as tables."""

from collections.abc import Iterable
from datetime import date, timedelta

import pandas as pd
from sqlmodel import Session

from pilot.domain.draft_counting import DefinitionDraft
from pilot.domain.draft_fields import described
from pilot.domain.moment import FOREVER_DAY, Moment, local_day, minute
from pilot.domain.people import Actor
from pilot.domain.vocabulary import GOALS, Indicator, Scope
from pilot.reports.definition_words import parameters
from pilot.services.reads import read
from pilot.store import queries_claims, queries_counting, queries_goals
from pilot.store.models import Definition

_VERSIONS = [
    "indicator", "version", "state", "valid_from", "valid_to", "parameters", "text",
    "approved_by", "recorded_on",
]  # fmt: skip
_TARGETS = ["id", "rev", "year", "indicator", "scope", "goal", "source"]


@read("portfolio.read")
def versions(session: Session, reader: Actor, view: Moment) -> pd.DataFrame:
    """Every version known at the view, those superseded too, each with the days it governs."""
    rows = queries_goals.versions(session, reader.base_id, view)
    standing = [row for row, _ in rows if _stands(row, view)]
    order = list(Indicator)
    rows = sorted(rows, key=lambda pair: (order.index(pair[0].indicator), pair[0].version))
    lines = [_version(row, name, _last_day(row, standing), view) for row, name in rows]
    return pd.DataFrame(lines, columns=_VERSIONS, dtype=object)


@read("portfolio.read")
def latest(session: Session, reader: Actor) -> dict[Indicator, DefinitionDraft]:
    """The last version in force of each indicator, as the draft that a form starts from."""
    names = described(DefinitionDraft)
    return {
        row.indicator: DefinitionDraft(**{name: getattr(row, name) for name in names})
        for row in queries_counting.definitions(session, reader.base_id)
    }


@read("portfolio.read")
def targets(session: Session, reader: Actor) -> pd.DataFrame:
    """Every goal with where it comes from, the latest year first."""
    lines = [
        {
            "id": row.id,
            "rev": row.rev,
            "year": row.year,
            "indicator": row.indicator.label,
            "scope": row.scope.label,
            "goal": row.goal,
            "source": row.source,
        }
        for row in queries_goals.targets(session, reader.base_id)
    ]
    return pd.DataFrame(lines, columns=_TARGETS, dtype=object)


@read("portfolio.read")
def filings(session: Session, reader: Actor, view: Moment) -> pd.DataFrame:
    """The reported years known at the view: cut-off, and what was reported beside what is now.

    The numbers are those of the city; a difference is told in 补报 and 核减.
    """
    bases = [reader.base_id]
    then = queries_claims.filed_sums(session, bases, view)
    now = queries_claims.counted_by_year(session, reader.base_id, view)
    lines = [
        {
            "year": filing.year,
            "cut_off": minute(filing.cut_off),
            "who": who,
            "recorded_on": local_day(filing.recorded_at),
            "note": filing.note,
            **{
                goal.value: _then_and_now(
                    then.get((goal, filing.year), 0), now.get((goal, Scope.CITY, filing.year), 0)
                )
                for goal in GOALS
            },
        }
        for filing, who in queries_goals.filings(session, reader.base_id, view)
    ]
    columns = ["year", "cut_off", *[goal.value for goal in GOALS], "note", "who", "recorded_on"]
    return pd.DataFrame(lines, columns=columns, dtype=object)


def _then_and_now(then: int, now: int) -> str:
    return f"{then}" if then == now else f"{then}（现为 {now}）"


def _stands(row: Definition, view: Moment) -> bool:
    return row.superseded_at is None or row.superseded_at > view.known_at


def _last_day(row: Definition, standing: Iterable[Definition]) -> date:
    """The day before the next version known then begins; later ones were not known yet."""
    following = [
        other.valid_from
        for other in standing
        if other.indicator is row.indicator and other.valid_from > row.valid_from
    ]
    return min(following) - timedelta(days=1) if following else FOREVER_DAY


def _version(row: Definition, approver: str | None, last: date, view: Moment) -> dict:
    return {
        "indicator": row.indicator.label,
        "version": f"第 {row.version} 版",
        "state": _state(row, last, view),
        "valid_from": row.valid_from,
        "valid_to": "长期" if last == FOREVER_DAY else last.isoformat(),
        "parameters": parameters(row),
        "text": row.text,
        "approved_by": approver or "初始口径",
        "recorded_on": local_day(row.recorded_at),
    }


def _state(row: Definition, last: date, view: Moment) -> str:
    if not _stands(row, view):
        return "已取代"
    if row.valid_from > view.as_of:
        return "将生效"
    return "现行" if view.as_of <= last else "已结束"
