"""系统状态: only for administrators, who are also told of an old backup on every page."""

from datetime import UTC, datetime, timedelta

import pytest
import streamlit as st
from sqlalchemy import text

from pilot.config import settings
from pilot.domain.people import Role
from pilot.services import jobs

OTHERS = [role for role in Role if role is not Role.ADMIN]


@pytest.fixture(autouse=True)
def fresh():
    """Findings are kept for a minute: not from one test to the next."""
    st.cache_data.clear()


@pytest.fixture
def old(engine):
    """Nothing has been backed up for two days."""
    jobs.schedule(engine, datetime.now(UTC) - timedelta(days=2))


def said(app):
    return " ".join(item.value for item in [*app.error, *app.warning, *app.success, *app.info])


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_sees_the_page(open_page, role):
    app = open_page("system", role)
    assert "系统状态" not in [title.value for title in app.title]
    assert len(app.dataframe) == 0


@pytest.mark.usefixtures("forced_writes")
def test_the_page_shows_the_findings_the_worst_first(open_page, old):
    app = open_page("system")
    assert not app.exception
    findings = app.dataframe[0].value
    assert findings["结论"].iloc[0] == "故障"
    assert "备份" in set(findings["项目"])
    assert "故障 1 项" in said(app)
    assert "备份：请运行 pilot backup" in said(app)  # the table's last column may be out of sight


def test_the_page_shows_when_each_job_is_due(open_page, old):
    table = open_page("system").dataframe[1].value
    assert set(table["任务"]) == {
        *("每日备份", "月末快照", "清理无主文件", "清理过期登录", "每周待办提醒", "上报日历")
    }
    waits = table[table["任务"] != "上报日历"]["下次"]  # the calendar is kept from the start
    assert set(waits.str[-5:]) == {"02:30", "03:00", "03:30", "03:45", "08:00"}


def test_before_the_first_schedule_the_page_says_so(open_page):
    assert "不久会排定" in said(open_page("system"))


def test_an_administrator_is_told_of_an_old_backup_on_every_page(open_page, old):
    assert "还没有备份（已运行 2 天 0 小时），超过 26 小时" in said(open_page("people"))


def test_others_are_not(open_page, old):
    assert "备份" not in said(open_page("my_account", Role.MANAGER))


def test_a_fresh_backup_is_no_alarm(open_page, engine):
    jobs.schedule(engine, datetime.now(UTC) - timedelta(days=9))
    with engine.begin() as connection:
        statement = text("UPDATE job_run SET last_ok = :now WHERE name = 'backup'")
        connection.execute(statement, {"now": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}"})
    assert "备份" not in said(open_page("people"))


def test_a_demonstration_has_no_alarm(open_page, old, monkeypatch):
    monkeypatch.setattr(settings(), "mode", "demo")
    assert "超过 26 小时" not in said(open_page("people"))
