"""指标明细: every unit behind a number, and every entry that made or unmade it.

The number in a title is the sum on the card; the list has as many rows, or the page says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import RowMapping, Select
from sqlmodel import Session

from pilot.domain.moment import Moment, minute
from pilot.domain.people import Actor
from pilot.domain.vocabulary import Standing, State
from pilot.reports.entries import entries, units
from pilot.reports.rules import rule
from pilot.reports.tables import Chosen
from pilot.services.reads import read
from pilot.store import queries_bases, queries_claims, queries_tables, streams
from pilot.store.queries_tables import ClaimFilter

PAGE = 100
_COLUMNS = [
    "id", "base", "code", "name", "effective_on", "recorded_at", "definition", "rule",
    "verifier", "note",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Numbers:
    """The sums on the card, by standing, beside the length of the chosen list."""

    card: dict[Standing, int]
    rows: int
    entries: int
    bases: int


@read("portfolio.read")
def numbers(session: Session, reader: Actor, view: Moment, chosen: Chosen) -> Numbers:
    """What the card says of an indicator and scope, and how long the two lists are."""
    bases = _bases(session, reader)
    sums = queries_claims.card(session, bases, view, _whole(chosen))
    counted = queries_tables.claim_count(bases, view, _part(chosen))
    return Numbers(
        card={standing: sums.get(standing, 0) for standing in Standing},
        rows=int(session.execute(counted).scalar_one()),
        entries=streams.count(session, queries_claims.ledger(bases, view, _whole(chosen))),
        bases=len(bases),
    )


@read("portfolio.read")
def lines(
    session: Session, reader: Actor, view: Moment, chosen: Chosen, page: int = 1
) -> pd.DataFrame:
    """A page of the units that stand at the view; `id` names the claim of a row."""
    keys = queries_tables.claim_keys(_bases(session, reader), view, _part(chosen))
    rows = _page(session, queries_tables.claim_lines(view), page, keys)
    names = queries_claims.unit_names(session, units(rows), view)
    found = [_line(row, names.get((row["unit_kind"], row["unit_id"]), ("", ""))) for row in rows]
    return pd.DataFrame(found, columns=_COLUMNS, dtype=object)


@read("portfolio.read")
def ledger(
    session: Session, reader: Actor, view: Moment, chosen: Chosen, page: int = 1
) -> pd.DataFrame:
    """变动记录: a page of every entry seen from the view, reversals too, the latest first."""
    statement = queries_claims.ledger(_bases(session, reader), view, _whole(chosen))
    return entries(session, _page(session, statement, page), view)


def _page(
    session: Session, statement: Select, page: int, keys: Select | None = None
) -> Sequence[RowMapping]:
    skipped, key = (page - 1) * PAGE, queries_tables.CLAIM_KEY
    return streams.page(session, statement, PAGE, skipped, key=key, keys=keys)


def _line(row: RowMapping, name: tuple[str, str]) -> dict:
    notes = [part for part in (row["missing"] or "").split("；") if part]
    notes += ["再次转化"] if row["repeated"] else []
    notes += ["其中已终止"] if row["project_state"] == State.TERMINATED else []
    return {
        "id": row["claim_id"],
        "base": row["base"],
        "code": row["unit_code"] or name[0],
        "name": row["unit_name"] or name[1],
        "effective_on": row["effective_on"],
        "recorded_at": minute(row["recorded_at"]),
        "definition": f"第 {row['definition_version']} 版",
        "rule": f"{row['rule']} {rule(row['rule']).title}",
        "verifier": row["verifier"] or "",
        "note": "；".join(notes),
    }


def _bases(session: Session, reader: Actor) -> list[int]:
    return [base.id for base in queries_bases.visible(session, reader)]


def _part(chosen: Chosen) -> ClaimFilter:
    return ClaimFilter(chosen.indicator, chosen.scope, chosen.standing)


def _whole(chosen: Chosen) -> ClaimFilter:
    """The record of an indicator and scope, whatever the standing."""
    return ClaimFilter(chosen.indicator, chosen.scope)
