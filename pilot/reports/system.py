"""The installation as its administrator reads it (系统状态): findings, and scheduled jobs."""

from collections.abc import Sequence

import pandas as pd
from sqlmodel import Session

from pilot.domain.moment import minute
from pilot.domain.people import Actor
from pilot.services.doctor import Check, Level
from pilot.services.jobs import JOBS
from pilot.services.reads import read
from pilot.store import queries_jobs

_ORDER = (Level.FAIL, Level.WARN, Level.OK)


def check_frame(checks: Sequence[Check]) -> pd.DataFrame:
    """What the doctor found, the worst first."""
    rows = [
        {"结论": one.level.label, "项目": one.title, "情况": one.found, "怎么办": one.remedy}
        for one in _worst_first(checks)
    ]
    return pd.DataFrame(rows, columns=["结论", "项目", "情况", "怎么办"])


def remedies(checks: Sequence[Check]) -> list[str]:
    """What is to be done about each finding that is not well, the worst first."""
    return [
        f"{one.title}：{one.remedy or one.found}"
        for one in _worst_first(checks)
        if one.level is not Level.OK
    ]


def _worst_first(checks: Sequence[Check]) -> list[Check]:
    return sorted(checks, key=lambda one: _ORDER.index(one.level))


@read("system.read")
def job_frame(session: Session, reader: Actor) -> pd.DataFrame:
    """When each job is due, and how it went last; times in Asia/Shanghai."""
    rows = [
        {
            "任务": JOBS[row.name].title if row.name in JOBS else row.name,
            "下次": minute(row.due),
            "最近成功": minute(row.last_ok),
            "最近失败": minute(row.last_failed),
            "结果": row.said,
        }
        for row in queries_jobs.jobs(session)
    ]
    return pd.DataFrame(rows, columns=["任务", "下次", "最近成功", "最近失败", "结果"])
