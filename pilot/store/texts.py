"""What a text must be to be kept (可存的文字): its characters, and no longer than its column.

SQLite keeps a text of any length, PostgreSQL refuses it without saying which: here both say it, in
the same words, before a row is written.
"""

import functools
from collections.abc import Mapping

from sqlalchemy import inspect
from sqlmodel import SQLModel

from pilot.domain.errors import Invalid
from pilot.domain.parsing import check_characters

_QUOTED = 12  # so much of a text tells its writer which one is meant


def check_row(row: SQLModel) -> None:
    """Look at every text that a flush is about to write: ParseError or Invalid."""
    state = inspect(row)
    lengths = _lengths(type(row))
    for name in state.committed_state if state.persistent else state.dict:
        value = state.dict.get(name)
        if isinstance(value, str):
            check(value)
            check_length(name, value, lengths.get(name))


def check(text: str) -> None:
    """Refuse characters that cannot be kept, or would turn the text around them: ParseError."""
    check_characters(text.replace("\r", "\n"))


def check_length(field: str, text: str, most: int | None) -> None:
    """Refuse a text of more than `most` characters, if there is a most: Invalid."""
    if most is None or len(text) <= most:
        return
    start = " ".join(text[:_QUOTED].split())
    raise Invalid(
        field,
        f"“{start}…”太长：最多 {most} 字，现在 {len(text)} 字。请缩短后重试；没有保存任何内容。",
    )


@functools.cache
def _lengths(model: type[SQLModel]) -> Mapping[str, int | None]:
    """The most characters that each column of a table takes; None where it has no end."""
    return {one.key: getattr(one.type, "length", None) for one in inspect(model).columns}
