"""Whether a database takes writes just now, found out without writing anything."""

import os
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from pilot.store.engine import BUSY_MS


def takes_writes(engine: Engine) -> bool:
    """False for a read-only file, file system, server or standby; busy counts as taking writes."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            asked = "SELECT current_setting('transaction_read_only') = 'off'"
            return connection.exec_driver_sql(asked).scalar_one()
    return not _on_read_only_disk(Path(engine.url.database)) and _begins(engine)


def _on_read_only_disk(file: Path) -> bool:
    if not hasattr(os, "statvfs"):
        return False
    return bool(os.statvfs(file.parent).f_flag & os.ST_RDONLY)


def _begins(engine: Engine) -> bool:
    """Whether a write could begin; this waits for nobody."""
    with engine.execution_options(sqlite_begin="IMMEDIATE").connect() as connection:
        raw = connection.connection.dbapi_connection
        raw.execute("PRAGMA busy_timeout=0")
        try:
            connection.begin()
        except OperationalError as error:
            return "readonly" not in str(error.orig)
        finally:
            raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    return True
