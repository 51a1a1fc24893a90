"""Rows by id, always inside one base: another base's row is as good as missing."""

import functools
from typing import TypeVar

from sqlalchemy import Integer, Select, bindparam, cast, func
from sqlmodel import Session, SQLModel, col, select

from pilot.domain.errors import NotFound
from pilot.store.models import Project, Record

Row = TypeVar("Row", bound=Record)

_DIGITS = 9  # so many a running number has at most
_WHAT = {
    "project": "项目",
    "organisation": "单位",
    "person": "人员",
    "result": "成果",
    "contract": "合同",
    "transfer": "转化事件",
    "review": "评审",
    "landing": "产业化落地",
    "attachment": "附件",
    "submission": "填报",
    "api_token": "令牌",
    "notice": "通知",
    "invitation": "邀请",
    "registration": "申请",
}


def one(session: Session, kind: type[Row], base_id: int, row_id: int | None) -> Row:
    """The row of this base; NotFound with one sentence for missing and for another base's."""
    row = session.get(kind, row_id) if row_id is not None else None
    if row is None or row.base_id != base_id:
        raise NotFound(f"没有找到这条{_WHAT.get(kind.__tablename__, '记录')}。")
    return row


def last_number(
    session: Session, kind: type[SQLModel], base_id: int, prefix: str, column: str = "code"
) -> int:
    """The highest running number of the codes that begin with `prefix`; 0 if there is none.

    What `identifiers.running_number` says of each.
    """
    ends = {"first": prefix, "last": prefix + "9" * (_DIGITS + 1)}
    known = {"base": base_id, "prefix": prefix, "after": len(prefix) + 1, **ends}
    return session.exec(_highest(kind, column), params=known).one() or 0


@functools.cache
def _highest(kind: type[SQLModel], column: str) -> Select:
    """Between `first` and `last` stand all that are looked for, so that an index finds them."""
    code = col(getattr(kind, column))
    rest = func.substr(code, bindparam("after", type_=Integer))
    return select(func.max(cast(rest, Integer))).where(
        kind.base_id == bindparam("base"),
        code.between(bindparam("first"), bindparam("last")),
        code.startswith(bindparam("prefix")),
        func.ltrim(rest, "0123456789") == "",
        func.length(rest).between(1, _DIGITS),
    )


def project_by_code(session: Session, base_id: int, code: str) -> Project | None:
    """The project of this base with this code."""
    return session.exec(
        select(Project).where(Project.base_id == base_id, Project.code == code)
    ).first()
