"""Ledger entries as people read them: what each did to the number, who recorded it (变动记录)."""

from collections.abc import Mapping, Sequence

import pandas as pd
from sqlalchemy import Row, RowMapping
from sqlmodel import Session

from pilot.domain.moment import Moment, minute
from pilot.domain.vocabulary import Standing
from pilot.reports.actions import action_word
from pilot.store import queries_claims

_COLUMNS = [
    "id", "recorded_at", "what", "sign", "standing", "year", "code", "name", "effective_on",
    "rule", "reason", "who",
]  # fmt: skip


def entries(session: Session, rows: Sequence[RowMapping], view: Moment) -> pd.DataFrame:
    """Rows of `queries_claims.ledger` in words; times in Asia/Shanghai."""
    names = queries_claims.unit_names(session, units(rows), view)
    bases = {row["base_id"] for row in rows}
    who = queries_claims.recorded_by(session, bases, {row["recorded_at"] for row in rows})
    lines = [
        _entry(
            row,
            names.get((row["unit_kind"], row["unit_id"]), ("", "")),
            who.get((row["base_id"], row["recorded_at"])),
        )
        for row in rows
    ]
    return pd.DataFrame(lines, columns=_COLUMNS, dtype=object)


def recorder(entry: Row | None) -> str:
    """Who recorded something and by which act, from its journal entry."""
    if entry is None:
        return "日志中没有对应记录"
    return f"{entry.name or '系统'}，{action_word(entry.action)}（日志第 {entry.sequence} 条）"


def units(rows: Sequence[RowMapping]) -> dict[str, set[int]]:
    """The units that rows speak of, by kind."""
    found: dict[str, set[int]] = {}
    for row in rows:
        found.setdefault(row["unit_kind"], set()).add(row["unit_id"])
    return found


def _entry(row: RowMapping, name: tuple[str, str], journal: Row | None) -> Mapping[str, object]:
    back = f"（冲回第 {row['reverses_id']} 条）" if row["reverses_id"] else ""
    return {
        "id": row["id"],
        "recorded_at": minute(row["recorded_at"]),
        "what": _what(row) + back,
        "sign": "+1" if row["sign"] > 0 else "−1",
        "standing": row["standing"].label,
        "year": row["year"],
        "code": name[0],
        "name": name[1],
        "effective_on": row["effective_on"],
        "rule": row["rule"],
        "reason": row["reason"] or row["missing"].replace("\n", "；"),
        "who": recorder(journal),
    }


def _what(row: RowMapping) -> str:
    """补报 and 核减 change a reported number; a change of basis changes none."""
    if row["standing"] is not Standing.COUNTED:
        return f"列为{row['standing'].label}" if row["sign"] > 0 else f"撤下{row['standing'].label}"
    if not row["net"]:
        return "更换依据"
    late = row["cut_off"] is not None and row["recorded_at"] > row["cut_off"]
    if row["sign"] > 0:
        return "补报" if late else "计入"
    return "核减" if late else "冲回"
