"""成果与转化: the lists of results and contracts, as pages of a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select
from sqlmodel import Session

from pilot.domain.moment import Moment
from pilot.domain.people import Actor
from pilot.domain.vocabulary import ContractType, Scope
from pilot.reports.cells import writer
from pilot.reports.columns import TRANSFERS
from pilot.reports.judged import with_judgement
from pilot.services.reads import read
from pilot.store import (
    queries_bases,
    queries_codes,
    queries_result_lists,
    queries_transfer_table,
    streams,
)

PAGE = 50
_RESULTS = [
    "id", "base", "code", "title", "kind", "field", "holders", "transfers", "package",
]  # fmt: skip
_CONTRACTS = [
    "id", "base", "no", "title", "type", "signed_on", "seller", "buyer", "amount",
    "registration_no", "state", "transfers",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to; empty means all. `moved`: with transfers, without, either."""

    text: str = ""
    fields: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    moved: bool | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list and how long the whole list is."""

    rows: pd.DataFrame
    total: int
    many_bases: bool


@read("portfolio.read")
def results(session: Session, reader: Actor, view: Moment, wanted: Wanted, page: int = 1) -> Page:
    """A page of the results known at the view; `id` names the result of a row."""
    bases = _bases(session, reader)
    statement = queries_result_lists.results(
        bases, view, text=wanted.text, fields=wanted.fields, kinds=wanted.kinds, moved=wanted.moved
    )
    rows = _page(session, statement, page, queries_result_lists.RESULT_KEY)
    lists = {base: queries_codes.lists(session, base, retired=True) for base in bases}
    lines = [
        {
            **row,
            "kind": _label(lists, row, "kind", "result_kinds"),
            "field": _label(lists, row, "field", "fields"),
            "holders": row["holders"] or "",
            "package": _package(row),
        }
        for row in rows
    ]
    frame = pd.DataFrame(lines, columns=_RESULTS, dtype=object)
    return Page(frame, streams.count(session, statement), len(bases) > 1)


@read("portfolio.read")
def contracts(session: Session, reader: Actor, view: Moment, wanted: Wanted, page: int = 1) -> Page:
    """A page of the contracts known at the view."""
    bases = _bases(session, reader)
    kinds = [ContractType(kind) for kind in wanted.kinds]
    statement = queries_result_lists.contracts(bases, view, text=wanted.text, kinds=kinds)
    plain = queries_result_lists.contract_lines(view)
    lines = [
        {
            **row,
            "type": row["type"].label,
            "amount": None if row["amount"] is None else float(row["amount"]),
            "state": f"{row['rescinded_on']} 解除" if row["rescinded_on"] else row["state"].label,
        }
        for row in _page(session, statement, page, queries_result_lists.CONTRACT_KEY, plain)
    ]
    frame = pd.DataFrame(lines, columns=_CONTRACTS, dtype=object)
    return Page(frame, streams.count(session, statement), len(bases) > 1)


@read("portfolio.read")
def transfers(
    session: Session, reader: Actor, view: Moment, text: str, scope: Scope, page: int = 1
) -> Page:
    """成果转化明细: a page of the view's year, with whether M3 counts each and why not."""
    bases = _bases(session, reader)
    statement = queries_transfer_table.transfers(bases, view, text=text, year=view.year)
    lines = queries_transfer_table.lines()
    rows = _page(session, statement, page, queries_transfer_table.KEY, lines)
    rows = with_judgement(session, rows, view, scope)
    lists = {base: queries_codes.lists(session, base, retired=True) for base in bases}
    write = writer(TRANSFERS, lists)
    keys = [column.key for column in TRANSFERS]
    frame = pd.DataFrame(write(rows), columns=keys, dtype=object)
    frame["amount"] = [None if value is None else float(value) for value in frame["amount"]]
    frame.insert(0, "id", [row["result_id"] for row in rows])
    return Page(frame, streams.count(session, statement), len(bases) > 1)


@read("portfolio.read")
def code_labels(session: Session, reader: Actor, *names: str) -> list[dict[str, str]]:
    """Code lists to filter by, code to label, in the order asked for."""
    known = queries_codes.lists(session, reader.base_id, retired=True)
    return [known.get(name, {}) for name in names]


def _page(
    session: Session,
    statement: Select,
    page: int,
    key: ColumnElement,
    lines: Select | None = None,
) -> Sequence[Mapping[str, Any]]:
    return streams.page(session, statement, PAGE, (page - 1) * PAGE, key=key, lines=lines)


def _label(lists: Mapping, row: Mapping[str, Any], name: str, list_name: str) -> str:
    code = row[name]
    return lists[row["base_id"]].get(list_name, {}).get(code, code) if code else ""


def _package(row: Mapping[str, Any]) -> str:
    if row["package"] is None:
        return ""
    return f"{row['package']}（已拆分）" if row["split"] else row["package"]


def _bases(session: Session, reader: Actor) -> list[int]:
    return [base.id for base in queries_bases.visible(session, reader)]
