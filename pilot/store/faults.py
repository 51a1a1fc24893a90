"""What the database refuses, as sentences a user can act on; the one place that reads its words."""

import re

from sqlalchemy.exc import DBAPIError, IntegrityError

from pilot.domain.errors import Conflict

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
_TRANSIENT = {"40001", "40P01", "55P03", "57P01", "57P02", "57P03", "08006", "08003"}


def is_transient(error: DBAPIError) -> bool:
    """Whether another try may succeed: busy, deadlock, serialization failure, lost connection."""
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    text = str(error.orig)
    return state in _TRANSIENT or "database is locked" in text or "database is busy" in text


def sentence(error: IntegrityError) -> Conflict:
    """A uniqueness or check violation in words; nothing was saved."""
    text = str(error.orig)
    names = re.findall(r"[a-z_]+", text.split("DETAIL")[0])
    hit = next((label for key, label in _FIELDS.items() if _mentions(names, key)), None)
    if "UNIQUE" in text or "unique" in text:
        what = f"“{hit}”与已有记录重复" if hit else "与已有记录重复，或刚被别人抢先完成"
        return Conflict(f"{what}，没有保存；请核对后重试。")
    return Conflict("内容不符合数据库的约束，没有保存；请核对后重试。")


def _mentions(names: list[str], key: str) -> bool:
    return any(name == key or name.endswith(f"_{key}") for name in names)
