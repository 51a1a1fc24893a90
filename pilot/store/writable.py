"""Whether a database takes writes just now, found out without leaving anything written."""

import os
from pathlib import Path

from sqlalchemy import Engine

from pilot.store.engine import BUSY_MS


def takes_writes(engine: Engine) -> bool:
    """False for a read-only file, file system, server or standby; busy counts as taking writes."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            asked = "SELECT current_setting('transaction_read_only') = 'off'"
            return connection.exec_driver_sql(asked).scalar_one()
    return not _on_read_only_disk(Path(engine.url.database)) and _can_change(engine)


def _on_read_only_disk(file: Path) -> bool:
    if not hasattr(os, "statvfs"):
        return False
    return bool(os.statvfs(file.parent).f_flag & os.ST_RDONLY)


def _can_change(engine: Engine) -> bool:
    """Change a row to what it is and take it back; this waits for nobody.

    To begin is not enough: on a read-only file SQLite begins IMMEDIATE as a reader.
    """
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        raw.execute("PRAGMA busy_timeout=0")
        try:
            raw.execute("BEGIN IMMEDIATE")
            raw.execute("UPDATE alembic_version SET version_num = version_num")
        except engine.dialect.dbapi.OperationalError as error:
            return "readonly" not in str(error)
        finally:
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    return True
