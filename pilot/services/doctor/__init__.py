"""The doctor (体检): what may go wrong with this installation, and what to do about it.

Nothing is changed. A failure is what may lose data, let strangers in, or stop the service.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from pilot.domain.errors import PilotError
from pilot.services.doctor import database, place, post
from pilot.services.doctor.finding import Check, Chosen, Level

__all__ = ["Check", "Level", "examine"]


def examine(engine: Engine, chosen: Chosen, now: datetime, *, call: bool = False) -> list[Check]:
    """Every check, in the order of a reader's interest; what the database can't answer is left.

    With `call` the mail server is called too, which may take a while: never from a page.
    """
    found = [*place.checks(engine, chosen), *post.setting(chosen, call=call)]
    return [*found, *_of_database(engine, chosen, now)]


def _of_database(engine: Engine, chosen: Chosen, now: datetime) -> Iterator[Check]:
    if engine.dialect.name == "sqlite" and not Path(engine.url.database).exists():
        found = f"还没有 {engine.url.database}"
        yield Check(Level.FAIL, "数据库", found, "请运行 pilot init，或检查 PILOT_DATA_DIR。")
        return
    try:
        yield from database.checks(engine, chosen, now)
    except (PilotError, SQLAlchemyError) as error:
        reason = getattr(error.__cause__ or error, "orig", None) or type(error).__name__
        yield Check(
            Level.FAIL,
            "数据库",
            f"没有应答：{str(reason).splitlines()[0]}",
            "请检查 PILOT_DATABASE_URL、数据库服务是否在运行、文件是否可读。",
        )
