"""What the database or the disk refuses, as sentences a user can act on.

The one place that reads their words. What it does not know stays a bug with a traceback.
"""

import contextlib
import errno
import logging
import re
from collections.abc import Iterator

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from pilot.domain.errors import Busy, Conflict, PilotError, StalePage, Unsure, Unwritable

log = logging.getLogger("pilot.store")

_FIELDS = {
    "uscc": "统一社会信用代码",
    "name": "名称",
    "code": "编号",
    "login": "登录名",
    "no": "合同编号",
    "registration_no": "登记编号",
    "key": "专利号或登记号",
    "run_no": "批次号",
    "site": "场地",
}
BUSY = "系统繁忙，没有保存任何内容，请稍后重试。"
SLOW = "处理时间过长，已经停止，没有保存任何内容；请缩小范围或稍后重试。"
AWAY = "数据库暂时连接不上，没有保存任何内容；请稍后重试，仍不行请联系系统管理员。"
UNSURE = "与数据库的连接中断，这次操作可能没有保存；请稍后重试，已保存的不会重复登记。"
FULL = "磁盘已满，没有保存任何内容，已有内容仍可查看；请联系系统管理员清理磁盘后重试。"
READ_ONLY = "数据目前只能读取，没有保存任何内容；请联系系统管理员检查数据库和磁盘的写入权限。"
BROKEN_DISK = "读写磁盘出错，没有确认保存，已有内容仍可查看；请联系系统管理员检查磁盘。"
CANNOT_OPEN = "打不开数据库文件，没有保存任何内容；请联系系统管理员检查数据文件夹及其权限。"
DAMAGED = "数据库文件已损坏，没有保存任何内容；请系统管理员立即停止服务并恢复备份。"

# PostgreSQL: the SQLSTATE, or its class; SQLite: how its message begins.
_BY_STATE: dict[str, tuple[type[PilotError], str]] = {
    "40001": (Busy, BUSY),
    "40P01": (Busy, BUSY),
    "55P03": (Busy, BUSY),
    "57014": (Unwritable, SLOW),
    "57P01": (Unsure, UNSURE),
    "57P02": (Unsure, UNSURE),
    "57P03": (Busy, AWAY),
    "53300": (Busy, AWAY),
    "53100": (Unwritable, FULL),
    "58030": (Unwritable, BROKEN_DISK),
    "25006": (Unwritable, READ_ONLY),
    "08": (Unsure, UNSURE),
}
_BY_WORDS: dict[str, tuple[type[PilotError], str]] = {
    "database is locked": (Busy, BUSY),
    "database table is locked": (Busy, BUSY),
    "database is busy": (Busy, BUSY),
    "database or disk is full": (Unwritable, FULL),
    "attempt to write a readonly database": (Unwritable, READ_ONLY),
    "disk I/O error": (Unwritable, BROKEN_DISK),
    "unable to open database file": (Unwritable, CANNOT_OPEN),
    "database disk image is malformed": (Unwritable, DAMAGED),
    "file is not a database": (Unwritable, DAMAGED),
}
_BY_ERRNO = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EROFS: READ_ONLY,
    errno.EACCES: READ_ONLY,
    errno.EPERM: READ_ONLY,
    errno.EIO: BROKEN_DISK,
}


@contextlib.contextmanager
def in_words() -> Iterator[None]:
    """Raise what the database or the disk refuses inside the block as a PilotError."""
    try:
        yield
    except StaleDataError as error:
        raise StalePage("这条记录刚被别人修改，请刷新页面后重试；您的修改没有保存。") from error
    except IntegrityError as error:
        raise sentence(error) from error
    except DataError as error:
        raise Conflict("有内容太长，或数值超出范围，没有保存；请改短或核对后重试。") from error
    except (DBAPIError, PoolTimeout, OSError) as error:
        found, is_file = refusal(error), isinstance(error, OSError)
        if found is None:
            raise
        log.warning("%s: %s", type(found).__name__, getattr(error, "orig", error), exc_info=is_file)
        raise found from error


def refusal(error: DBAPIError | PoolTimeout | OSError) -> PilotError | None:
    """The sentence for a fault that is no bug: busy, unreachable, full, read-only; else None."""
    if isinstance(error, PoolTimeout):
        return Busy(BUSY)
    if isinstance(error, OSError):
        told = _BY_ERRNO.get(error.errno)
        return Unwritable(told) if told else None
    kind, told = _known(error)
    return kind(told) if kind else None


def sentence(error: IntegrityError) -> Conflict:
    """A uniqueness or check violation in words; nothing was saved."""
    text = str(error.orig)
    names = re.findall(r"[a-z_]+", text.split("DETAIL")[0])
    hit = next((label for key, label in _FIELDS.items() if _mentions(names, key)), None)
    if "UNIQUE" in text or "unique" in text:
        what = f"“{hit}”与已有记录重复" if hit else "与已有记录重复，或刚被别人抢先完成"
        return Conflict(f"{what}，没有保存；请核对后重试。")
    return Conflict("内容不符合数据库的约束，没有保存；请核对后重试。")


def _known(error: DBAPIError) -> tuple[type[PilotError] | None, str]:
    state = getattr(error.orig, "sqlstate", None)
    if state:
        return _BY_STATE.get(state) or _BY_STATE.get(state[:2]) or (None, "")
    if error.connection_invalidated:
        return Unsure, UNSURE
    text = str(error.orig)
    words = next((found for start, found in _BY_WORDS.items() if text.startswith(start)), None)
    if words is None and isinstance(error, OperationalError) and hasattr(error.orig, "pgconn"):
        return Busy, AWAY  # psycopg never got as far as a SQLSTATE: no server there
    return words or (None, "")


def _mentions(names: list[str], key: str) -> bool:
    return any(name == key or name.endswith(f"_{key}") for name in names)
