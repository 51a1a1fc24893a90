"""Accounts (账号) as an administrator reads them, and one's own."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlmodel import Session

from pilot.domain.moment import minute
from pilot.domain.people import Actor, Role
from pilot.reports.registry import organisation_names
from pilot.services.reads import read
from pilot.store import queries_door
from pilot.store.models import Account


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account with what its buttons need: id and page version."""

    id: int
    rev: int
    login: str
    name: str
    roles: tuple[Role, ...]
    disabled: bool
    must_change: bool
    last_sign_in: datetime | None
    unit_id: int | None
    unit: str

    @property
    def state(self) -> str:
        """The account's state in a word (状态)."""
        if self.disabled:
            return "已停用"
        return "待改初始密码" if self.must_change else "在用"


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """What a person sees of their own account."""

    login: str
    password_set_at: datetime
    open_sessions: int


@read("account.read")
def account_lines(session: Session, reader: Actor) -> list[AccountLine]:
    """Every account of the reader's base by login; needs the right to read accounts."""
    units = organisation_names(session, reader.base_id)
    return [
        AccountLine(
            row.id,
            row.rev,
            row.login,
            row.name,
            tuple(roles),
            row.disabled_at is not None,
            row.must_change,
            seen,
            row.organisation_id,
            units.get(row.organisation_id, ""),
        )
        for row, roles, seen in queries_door.accounts(session, reader.base_id)
    ]


def account_frame(lines: list[AccountLine]) -> pd.DataFrame:
    """The same as a table with Chinese headings; times in Asia/Shanghai."""
    rows = [
        {
            "登录名": line.login,
            "姓名": line.name,
            "状态": line.state,
            "角色": "、".join(role.label for role in line.roles),
            "单位": line.unit,
            "最近登录": minute(line.last_sign_in, "从未"),
        }
        for line in lines
    ]
    return pd.DataFrame(rows, columns=["登录名", "姓名", "状态", "角色", "单位", "最近登录"])


@read("account.own")
def own_account(session: Session, reader: Actor, now: datetime) -> OwnAccount:
    """The reader's own account."""
    row = session.get_one(Account, reader.id)
    opened = queries_door.open_count(session, reader.id, now)
    return OwnAccount(row.login, row.password_set_at, opened)
