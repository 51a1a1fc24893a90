"""What waits for whom (等谁办理) as a base's managers read it, and when they are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
from sqlmodel import Session

from pilot.domain.digest import MONDAY, Kind, Wait
from pilot.domain.moment import local_day, moment
from pilot.domain.people import Actor
from pilot.services.reads import read
from pilot.store import queries_waiting

_NOBODY = {
    Kind.REVIEW: "没有人认领",
    Kind.REGISTRATION: "没有系统管理员",
    Kind.TRANSFER: "登记人以外的审核人或基地管理",
    Kind.LANDING: "登记人以外的审核人或基地管理",
    Kind.CHECK: "填报人以外的上报人员或基地管理",
    Kind.SIGN: "填报人以外的基地管理",
    Kind.UNLOCK: "申请人以外的基地管理",
    Kind.REPORT: "上报人员（没有的由基地管理）",
}


@dataclass(frozen=True, slots=True)
class Reminder:
    """On which day of the week managers are told; `weekday` None never."""

    id: int | None
    rev: int
    weekday: int | None


@read("waiting.read")
def waits(session: Session, actor: Actor, now: datetime) -> list[Wait]:
    """Everything that waits in the reader's base, by kind, the longest first."""
    return queries_waiting.waits(session, actor.base_id, moment(now))


@read("waiting.read")
def reminder(session: Session, actor: Actor) -> Reminder:
    """When the managers of the reader's base are told."""
    row = queries_waiting.policy(session, actor.base_id)
    return Reminder(row.id, row.rev, row.weekday) if row else Reminder(None, 0, MONDAY)


def frame(found: Sequence[Wait], now: datetime) -> pd.DataFrame:
    """Work of one kind by person; how long the oldest of it has waited, or when a paper ends."""
    rows = [
        {
            "等谁": one.who or _NOBODY.get(one.kind, "没有负责人"),
            "项数": one.number,
            "最久": _how_long(one, local_day(now)),
        }
        for one in found
    ]
    return pd.DataFrame(rows, columns=["等谁", "项数", "最久"])


def _how_long(one: Wait, today: date) -> str:
    if one.since is None:
        return "已过期"
    days = (today - one.since).days
    if one.kind is Kind.PAPER:
        return f"{one.since} 到期" if days < 0 else f"{one.since} 已到期"
    if one.kind in (Kind.GATE, Kind.CONDITION, Kind.REPORT):
        return f"逾期 {days} 天"
    return f"{days} 天" if days else "今天起"
