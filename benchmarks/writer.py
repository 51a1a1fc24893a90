"""Rows in bulk, past no constraint: foreign keys on, every CHECK and UNIQUE as the product has it.

Values go through the column types of the product's own tables; SQLite takes them by
`executemany`, PostgreSQL by COPY.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Table, text
from sqlmodel import SQLModel

_TOGETHER = 20_000


class Writer:
    """Keeps rows until there are enough, then writes them in the order of their foreign keys."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.rows = 0
        self._order = {t.name: n for n, t in enumerate(SQLModel.metadata.sorted_tables)}
        self._waiting: dict[Table, list[tuple]] = defaultdict(list)
        self._held = 0
        self._last: dict[str, int] = {}
        self._forms: dict[Table, tuple[dict[str, Any], list[Callable | None]]] = {}

    def next_id(self, kind: type[SQLModel]) -> int:
        """The id of the next row of a kind, counted on from what the database has."""
        table = kind.__table__
        if table.name not in self._last:
            query = text(f'SELECT coalesce(max(id), 0) FROM "{table.name}"')
            self._last[table.name] = self.connection.execute(query).scalar_one()
        self._last[table.name] += 1
        return self._last[table.name]

    def add(self, kind: type[SQLModel], /, **values: Any) -> int | None:
        """Take one row; what is not named gets the model's default. Returns its id."""
        table = kind.__table__
        blank, processors = self._form(table, kind)
        if "id" in blank and values.get("id") is None:
            values["id"] = self.next_id(kind)
        row = (blank | values).values()
        self._waiting[table].append(
            tuple(p(v) if p else v for p, v in zip(processors, row, strict=True))
        )
        self._held += 1
        return values.get("id")

    def last_id(self, kind: type[SQLModel]) -> int:
        """The id that was given last."""
        return self._last[kind.__table__.name]

    def flush_if_full(self) -> None:
        """Write what waits once it is enough; call it where no row lacks the one it names."""
        if self._held >= _TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Write everything that waits."""
        for table in sorted(self._waiting, key=lambda table: self._order[table.name]):
            if rows := self._waiting[table]:
                self._write(table, rows)
        self.rows += self._held
        self._waiting.clear()
        self._held = 0

    def settle(self) -> None:
        """Let the database count ids on from here."""
        self.flush()
        if self.connection.dialect.name == "postgresql":
            for name, last in self._last.items():
                sequence = f"pg_get_serial_sequence('{name}', 'id')"
                self.connection.execute(text(f"SELECT setval({sequence}, {max(last, 1)})"))

    def _form(self, table: Table, kind: type[SQLModel]) -> tuple[dict, list]:
        if table not in self._forms:
            dialect = self.connection.dialect
            fields = kind.model_fields
            blank = {
                column.name: None if fields[column.name].is_required() else _default(fields, column)
                for column in table.columns
            }
            processors = [
                column.type.dialect_impl(dialect).bind_processor(dialect)
                for column in table.columns
            ]
            self._forms[table] = blank, processors
        return self._forms[table]

    def _write(self, table: Table, rows: list[tuple]) -> None:
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        raw = self.connection.connection.dbapi_connection
        if self.connection.dialect.name == "postgresql":
            copy = f'COPY "{table.name}" ({names}) FROM STDIN'
            with raw.cursor() as cursor, cursor.copy(copy) as stream:
                for row in rows:
                    stream.write_row(row)
            return
        marks = ", ".join("?" * len(table.columns))
        raw.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)


def _default(fields: dict, column: Any) -> Any:
    return fields[column.name].get_default()
