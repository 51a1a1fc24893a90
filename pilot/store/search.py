"""Finding text in the lists (搜索): what stands in the text, letter for letter, in any case.

Two characters are a whole word in Chinese, and an index of three-letter groups can't see it. On
PostgreSQL the spans of projects are therefore indexed by every pair of neighbouring characters:
a row that has all pairs of the wanted text is looked at, and only then compared as before. SQLite
serves a city or a province, where comparing every entry of the list's own index, which holds what
is searched, is fast enough (docs/scale.md).
"""

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Boolean, ColumnElement, String, literal, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import and_, col, or_

from pilot.store.models import ProjectSpan

INDEX = "ix_project_span_pairs"  # made by the migration: it needs the function below
# Used by the index: what it returns for a text must never change.
FUNCTION = """
CREATE OR REPLACE FUNCTION pilot_pairs(words text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_agg(one || next)
    FROM unnest(string_to_array(words, NULL), (string_to_array(words, NULL))[2:]) AS t(one, next)
    WHERE next IS NOT NULL
$$
"""
_MEANT = re.compile("[%_/]")  # as they are, not as LIKE takes them
_SEARCHED = ProjectSpan.name, ProjectSpan.code, ProjectSpan.holder, ProjectSpan.manager
# They as one text, in lower case; as the index has it. Nobody searches for chr(1).
_PLACE = "lower({} || chr(1) || {} || chr(1) || coalesce({}, '') || chr(1) || coalesce({}, ''))"


def in_project(text: str) -> ColumnElement:
    """Whether a project's name, code, holder or manager holds the text, whatever its case."""
    found = any_holds(_SEARCHED, text)
    return and_(has_pairs(text), found) if len(text) > 1 else found


def any_holds(columns: Iterable[Any], text: str) -> ColumnElement:
    """Whether one of the columns holds the text, letter for letter, whatever its case."""
    return or_(*(holds(column, text) for column in columns))


class holds(FunctionElement):
    """Whether a column holds a text; SQLite, whose LIKE knows no case, need not lower both."""

    inherit_cache = True
    name = "holds"
    type = Boolean()

    def __init__(self, column: Any, text: str) -> None:
        super().__init__(col(column), literal(_MEANT.sub(r"/\g<0>", text), String))


@compiles(holds)
def _in_any_case(element: holds, compiler: SQLCompiler, **options) -> str:
    column, text = element.clauses
    return compiler.process(column.icontains(text, escape="/"), **options)


@compiles(holds, "sqlite")
def _as_it_is(element: holds, compiler: SQLCompiler, **options) -> str:
    column, text = element.clauses
    return compiler.process(column.contains(text, escape="/"), **options)


class has_pairs(FunctionElement):
    """Whether a span has every pair of a text; where no index tells, every span may have them."""

    inherit_cache = True
    name = "has_pairs"

    def __init__(self, text: str) -> None:
        super().__init__(literal(text, String), *map(col, _SEARCHED))


@compiles(has_pairs)
def _everywhere(_element: has_pairs, compiler: SQLCompiler, **options) -> str:
    return compiler.process(true(), **options)


@compiles(has_pairs, "postgresql")
def _by_index(element: has_pairs, compiler: SQLCompiler, **options) -> str:
    wanted, *columns = (compiler.process(each, **options) for each in element.clauses)
    # A subquery: the planner must not know the text. For a common one it would pass the index by
    # and work out the pairs of every row; by the index alone that costs no more than comparing.
    return f"pilot_pairs({_PLACE.format(*columns)}) @> (SELECT pilot_pairs(lower({wanted})))"
