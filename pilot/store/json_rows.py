"""A row of a SQLite table as JSON, put together by SQLite: what the journal writes of its values.

An instant is ISO 8601 in UTC, its microseconds left out where there are none; an amount is text
with all its decimals; yes and no are true and false.
"""

from decimal import Decimal

from sqlalchemy import Column, Connection, Table
from sqlmodel.sql.sqltypes import UTCDateTime

_FRACTION = "substr({0}, 20)"  # what stands behind the seconds of 2026-11-27 08:00:00.000000
_INSTANT = (
    """'"' || substr({0}, 1, 10) || 'T' || substr({0}, 12, 8)"""
    f""" || CASE {_FRACTION} WHEN '.000000' THEN '' ELSE {_FRACTION} END || '+00:00"'"""
)


def prepare(connection: Connection) -> None:
    """Let a SQLite connection write amounts as Python does: its own printf stops at 16 digits."""
    driver = connection.connection.dbapi_connection
    driver.create_function("pilot_amount", 2, _amount, deterministic=True)


def of(table: Table) -> str:
    """The expression for a whole row: a list in the order of the columns."""
    return "'[' || " + " || ',' || ".join(map(_value, table.columns)) + " || ']'"


def _value(column: Column) -> str:
    name = f'"{column.name}"'
    if isinstance(column.type, UTCDateTime):
        return _unless_null(name, _INSTANT.format(name))
    if column.type.python_type is Decimal:
        return _unless_null(name, f"pilot_amount({name}, {column.type.scale})")
    if column.type.python_type is bool:
        return _unless_null(name, f"CASE {name} WHEN 0 THEN 'false' ELSE 'true' END")
    return f"json_quote({name})"


def _amount(value: float, scale: int) -> str:
    return f'"{value:.{scale}f}"'


def _unless_null(name: str, text: str) -> str:
    return f"CASE WHEN {name} IS NULL THEN 'null' ELSE {text} END"
