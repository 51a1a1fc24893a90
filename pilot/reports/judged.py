"""Whether M3 counts a transfer and why not (是否计入): asked for the rows that are shown."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from pilot.domain.moment import Moment
from pilot.domain.vocabulary import Scope, Standing
from pilot.store import queries_transfer_table

Row = Mapping[str, Any]


def with_judgement(
    session: Session, found: Sequence[Row], view: Moment, scope: Scope
) -> list[dict[str, Any]]:
    """Rows of 成果转化明细 with standing, rule and missing; 待核 where no claim rests on it yet."""
    bases = sorted({row["base_id"] for row in found})
    ids = [row["transfer_id"] for row in found]
    known = queries_transfer_table.judgements(session, bases, view, scope, ids) if ids else {}
    return [{**row, **_judgement(known.get(row["transfer_id"]))} for row in found]


def _judgement(known: Any) -> dict[str, Any]:
    if known is None:
        return {"standing": Standing.PENDING, "rule": None, "missing": None}
    return {"standing": known.standing, "rule": known.rule, "missing": known.missing}
