"""Whether a commit survives a power cut here (落盘): asked of the database, not of the settings."""

from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from pilot.domain.errors import PilotError
from pilot.store.engine import wal_is_safe
from pilot.store.faults import in_words

_FORCED = ("2", "3")  # FULL, EXTRA
_POSTGRES = ("synchronous_commit", "fsync", "full_page_writes")


class Volatile(PilotError):
    """Commits would be acknowledged before they are safe."""


@dataclass(frozen=True, slots=True)
class Durability:
    """Which database this is, the settings its promise rests on, and what weakens it."""

    database: str
    settings: dict[str, str]
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        """For example `SQLite 3.53.4 (journal_mode=wal, synchronous=2)`."""
        told = ", ".join(f"{name}={value}" for name, value in self.settings.items())
        return f"{self.database} ({told})"


def durability(engine: Engine) -> Durability:
    """What a commit rests on in this database; Volatile if it would not be safe."""
    with in_words(), engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            found = _sqlite(connection)
            return check_sqlite(found, engine.dialect.dbapi.sqlite_version_info)
        return check_postgres(_postgres(connection))


def check_sqlite(found: Durability, version: tuple[int, ...]) -> Durability:
    """Refuse commits that are not forced to disk, and a write-ahead log with the reset bug."""
    if found.settings["synchronous"] not in _FORCED:
        raise Volatile(f"SQLite 没有强制落盘（{found}），断电会丢失已保存的内容，没有启动。")
    if wal_is_safe(version):
        return found
    if found.settings["journal_mode"] == "wal":
        raise Volatile(
            f"{found.database} 的预写日志（WAL）有会损坏数据库的缺陷，而数据库文件仍是这种日志；"
            "请停止其他正在使用它的程序，或安装 pysqlite3 后再启动。"
        )
    warning = (
        f"{found.database} 的预写日志（WAL）有缺陷，改用回滚日志，写入较慢；请安装 pysqlite3。"
    )
    return Durability(found.database, found.settings, (warning,))


def check_postgres(found: Durability) -> Durability:
    """Refuse a session that acknowledges before the log is on disk; warn of a server without fsync.

    The product asks for synchronous_commit itself, so only a pooler that drops it gets here.
    """
    if found.settings["synchronous_commit"] == "off":
        raise Volatile(
            f"PostgreSQL 没有按要求落盘（{found}），断电会丢失已保存的内容，没有启动；"
            "请让连接池放行连接参数 options，或把 synchronous_commit 设为 on。"
        )
    off = [name for name in _POSTGRES[1:] if found.settings[name] != "on"]
    warning = f"PostgreSQL 的 {'、'.join(off)} 已关闭，断电可能损坏整个数据库；请设为 on。"
    return Durability(found.database, found.settings, (warning,) if off else ())


def _sqlite(connection: Connection) -> Durability:
    version = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
    names = ("journal_mode", "synchronous")
    settings = {name: _said(connection, f"PRAGMA {name}") for name in names}
    return Durability(f"SQLite {version}", settings)


def _postgres(connection: Connection) -> Durability:
    version = _said(connection, "SHOW server_version")
    settings = {name: _said(connection, f"SHOW {name}") for name in _POSTGRES}
    return Durability(f"PostgreSQL {version}", settings)


def _said(connection: Connection, question: str) -> str:
    return str(connection.exec_driver_sql(question).scalar_one())
