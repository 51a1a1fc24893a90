"""The lists people read and take away (清单): one statement feeds page, CSV and XLSX alike."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select
from sqlmodel import Session

from pilot.domain.errors import NotFound
from pilot.domain.moment import Moment
from pilot.domain.vocabulary import Indicator, Scope, Stage, Standing, State
from pilot.reports import duplicates, summary
from pilot.reports.cells import Cell, Labels, writer
from pilot.reports.columns import (
    CLAIMS,
    DUPLICATES,
    PROJECTS,
    RESULTS,
    SUMMARY,
    TRANSFERS,
    Column,
)
from pilot.reports.evidence import with_evidence
from pilot.reports.judged import with_judgement
from pilot.store import (
    queries_codes,
    queries_duplicates,
    queries_result_lists,
    queries_tables,
    queries_transfer_table,
    streams,
)

Row = Mapping[str, Any]
Bases = Sequence[int]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a list is narrowed to; each table takes what concerns it, empty means all."""

    text: str = ""
    stages: tuple[Stage, ...] = ()
    states: tuple[State, ...] = ()
    fields: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    scope: Scope | None = None
    indicator: Indicator | None = None
    standing: Standing | None = None
    template: str = ""
    period: str = ""
    period_year: int | None = None


EVERYTHING = Chosen()


@dataclass(frozen=True, slots=True)
class Table:
    """One list: its name in addresses, its title, its columns.

    A list with a `statement` is streamed, its rows told apart by `key`; `keys` lists those with
    fewer joins. A short list is made at once by `whole`. `complete` adds to a chunk of rows what
    one statement cannot say. `scopes` are those it can be narrowed to, None for all of them.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    statement: Callable[[Bases, Moment, Chosen], Select] | None = None
    key: ColumnElement | None = None
    keys: Callable[[Bases, Moment, Chosen], Select] | None = None
    whole: Callable[[Session, Bases, Moment], pd.DataFrame] | None = None
    complete: Callable[[Session, Sequence[Row], Moment, Chosen], Sequence[Row]] | None = None
    scopes: tuple[Scope | None, ...] = (None,)

    @property
    def headings(self) -> dict[str, str]:
        """What stands above each column, by key: what `st.dataframe(column_config=…)` takes."""
        return {column.key: column.heading for column in self.columns}


def frame(
    session: Session,
    table: Table,
    bases: Bases,
    view: Moment,
    chosen: Chosen = EVERYTHING,
    *,
    limit: int | None = None,
    offset: int = 0,
) -> pd.DataFrame:
    """A page of a list by column key; its cells are written like those of every export."""
    if table.statement is None:
        found = _whole(session, table, bases, view)[offset:][:limit]
    else:
        statement = table.statement(bases, view, chosen)
        keys = table.keys(bases, view, chosen) if table.keys else None
        page = streams.page(session, statement, limit, offset, key=table.key, keys=keys)
        found = _completed(session, table, page, view, chosen)
    write = writer(table.columns, labels(session, bases))
    keys = [column.key for column in table.columns]
    return pd.DataFrame(write(found), columns=keys, dtype=object)


def rows(
    session: Session, table: Table, bases: Bases, view: Moment, chosen: Chosen = EVERYTHING
) -> Iterator[tuple[Cell, ...]]:
    """Every row of a list, one after the other; a million of them take no more memory."""
    for some in chunks(session, table, bases, view, chosen):
        yield from some


def chunks(
    session: Session, table: Table, bases: Bases, view: Moment, chosen: Chosen = EVERYTHING
) -> Iterator[list[tuple[Cell, ...]]]:
    """The same, some rows at a time."""
    write = writer(table.columns, labels(session, bases))
    if table.statement is None or table.complete:
        found = _chunks(session, table, bases, view, chosen)
    else:
        found = streams.chunks(session, streams.as_stored(table.statement(bases, view, chosen)))
    yield from map(write, found)


def records(
    session: Session, table: Table, bases: Bases, view: Moment, chosen: Chosen = EVERYTHING
) -> Iterator[Row]:
    """The same rows before they are written: values by key, ids included."""
    for chunk in _chunks(session, table, bases, view, chosen):
        yield from chunk


def count(
    session: Session, table: Table, bases: Bases, view: Moment, chosen: Chosen = EVERYTHING
) -> int:
    """How many rows a list has."""
    if table.statement is None:
        return len(_whole(session, table, bases, view))
    found = table.keys or table.statement
    return streams.count(session, found(bases, view, chosen))


def table_named(name: str) -> Table:
    """The list of this name; NotFound for any other."""
    if name not in TABLES:
        raise NotFound(f"没有“{name[:32]}”这张表；可以导出的有：{'、'.join(TABLES)}。")
    return TABLES[name]


def _chunks(
    session: Session, table: Table, bases: Bases, view: Moment, chosen: Chosen
) -> Iterator[Sequence[Row]]:
    if table.statement is None:
        yield _whole(session, table, bases, view)
        return
    at_once = streams.MANY if table.complete else streams.CHUNK
    for chunk in streams.chunks(session, table.statement(bases, view, chosen), at_once):
        yield _completed(session, table, chunk, view, chosen)


def _whole(session: Session, table: Table, bases: Bases, view: Moment) -> list[Row]:
    """The rows of a short list; pandas' blanks become None again."""
    found = table.whole(session, bases, view)
    return found.astype(object).where(found.notna(), None).to_dict("records")


def _completed(
    session: Session, table: Table, found: Sequence[Row], view: Moment, chosen: Chosen
) -> Sequence[Row]:
    return table.complete(session, found, view, chosen) if table.complete else found


def labels(session: Session, bases: Bases) -> Labels:
    """Every code list of these bases, retired codes too."""
    return {base: queries_codes.lists(session, base, retired=True) for base in bases}


def _projects(bases: Bases, view: Moment, chosen: Chosen) -> Select:
    wanted = queries_tables.ProjectFilter(
        text=chosen.text,
        stages=chosen.stages,
        states=chosen.states,
        fields=chosen.fields,
        areas=chosen.areas,
        scope=chosen.scope,
    )
    return queries_tables.projects(bases, view, wanted)


def _results(bases: Bases, view: Moment, chosen: Chosen) -> Select:
    return queries_result_lists.results(bases, view, text=chosen.text, fields=chosen.fields)


def _transfers(bases: Bases, view: Moment, chosen: Chosen) -> Select:
    return queries_transfer_table.transfers(bases, view, text=chosen.text, year=view.year)


def _judged(session: Session, found: Sequence[Row], view: Moment, chosen: Chosen) -> Sequence[Row]:
    return with_judgement(session, found, view, chosen.scope or Scope.CITY)


def _claims(bases: Bases, view: Moment, chosen: Chosen) -> Select:
    return queries_tables.claims(bases, view, _wanted(chosen))


def _claim_keys(bases: Bases, view: Moment, chosen: Chosen) -> Select:
    return queries_tables.claim_keys(bases, view, _wanted(chosen))


def _wanted(chosen: Chosen) -> queries_tables.ClaimFilter:
    return queries_tables.ClaimFilter(
        indicator=chosen.indicator, scope=chosen.scope, standing=chosen.standing
    )


def _proven(session: Session, found: Sequence[Row], view: Moment, _chosen: Chosen) -> Sequence[Row]:
    return with_evidence(session, found, view)


def _duplicates(bases: Bases, view: Moment, _chosen: Chosen) -> Select:
    return queries_duplicates.certain(bases, view)


def _near(session: Session, bases: Bases, view: Moment) -> pd.DataFrame:
    keys = [column.key for column in DUPLICATES]
    return pd.DataFrame(duplicates.near_lines(session, bases, view), columns=["base_id", *keys])


_CITY_OR_BASE = (Scope.CITY, Scope.BASE)
TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table("summary", "指标汇总", SUMMARY, whole=summary.goal_cards),
        Table(
            "projects",
            "项目台账",
            PROJECTS,
            _projects,
            key=queries_tables.PROJECT_KEY,
            scopes=(None, Scope.BASE),
        ),
        Table(
            "results",
            "成果清单",
            RESULTS,
            _results,
            key=queries_result_lists.RESULT_KEY,
        ),
        Table(
            "transfers",
            "成果转化明细",
            TRANSFERS,
            _transfers,
            key=queries_transfer_table.KEY,
            complete=_judged,
            scopes=_CITY_OR_BASE,
        ),
        Table(
            "claims",
            "三项指标明细",
            CLAIMS,
            _claims,
            key=queries_tables.CLAIM_KEY,
            keys=_claim_keys,
            complete=_proven,
            scopes=(*_CITY_OR_BASE, None),  # first the goals' own: the two never add up
        ),
        Table("duplicates", "疑似重复成果", DUPLICATES, _duplicates, complete=duplicates.lines),
        Table("similar_titles", "名称相近成果", DUPLICATES, whole=_near),
    )
}
