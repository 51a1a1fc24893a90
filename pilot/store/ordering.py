"""Orders that are the same on every database: a vocabulary's own, and text by code point."""

from sqlalchemy import ColumnElement, case
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from pilot.domain.vocabulary import Term


def in_order(column: ColumnElement, kind: type[Term]) -> ColumnElement:
    """Sorts a column of words as the vocabulary lists them."""
    places = {word.value: place for place, word in enumerate(kind)}
    return case(places, value=column, else_=len(places))


class by_code_point(FunctionElement):
    """Sorts a text column by code point, whatever the locale of the server."""

    inherit_cache = True
    name = "by_code_point"


@compiles(by_code_point)
def _as_it_is(element: by_code_point, compiler: SQLCompiler, **options) -> str:
    return compiler.process(element.clauses, **options)


@compiles(by_code_point, "postgresql")
def _in_locale_c(element: by_code_point, compiler: SQLCompiler, **options) -> str:
    return compiler.process(element.clauses, **options) + ' COLLATE "C"'
