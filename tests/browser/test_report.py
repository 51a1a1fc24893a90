"""The reporting officer's journey in a browser: from the calendar to a correction note."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Page, expect
from typer.testing import CliRunner

from pilot.cli import app
from pilot.domain.asked import Asked
from pilot.domain.moment import local_day
from pilot.domain.people import Role
from pilot.domain.report_calendar import After, CalendarRule
from pilot.domain.report_periods import PeriodKind, period_of
from pilot.services import filing_lines, projects, receiver_rules
from pilot.services.command import perform
from pilot.services.receiver_rules import RuleDraft
from pilot.store import queries_people
from pilot.store.engine import reading, writing
from pilot.store.models import Base, Project
from pilot.store.queries_door import account_named
from tests import factories, serving
from tests.browser.chromium import profile, sign_in
from tests.browser.reruns import Reruns
from tests.factories import Team

LAST = period_of(local_day(datetime.now(UTC)), PeriodKind.MONTH).previous.key
NAME, RENAMED = "示例催化剂中试", "示例催化剂放大中试"
SOME_DAY = date(2026, 6, 1)


@pytest.fixture(scope="module")
def seed():
    """A project without an industry, a receiver who insists on one, a month that stays open."""

    def filled(engine) -> None:
        serving.people(engine)
        serving.account(engine, "head", Role.MANAGER)
        with writing(engine) as session:
            manager = queries_people.actor(
                session, account_named(session, "manager").id, factories.NOON
            )
            mine = Team(session.get(Base, manager.base_id), *[manager] * 5)
            factories.project(session, mine, name=NAME, industry=None, budget=None)
        rule = RuleDraft("R2-90", "R2", "industry", Asked.REQUIRED, remedy="请补登国民经济行业。")
        perform(engine, receiver_rules.save_rule, rule, by=1, now=datetime.now(UTC), reason="示例")
        month = CalendarRule(After(1, 1), After(2, 20), After(2, 28), ("R2",))
        args = (PeriodKind.MONTH, month)
        now = datetime.now(UTC)
        perform(engine, filing_lines.save_calendar, *args, by=1, now=now, reason="示例依据")

    return filled


@pytest.fixture
def enter(chromium, server):
    """`enter("manager", "/reports")`: another person, in a browser of their own."""
    contexts = []

    def opened(login: str, path: str, width: int = 1400) -> Page:
        contexts.append(profile(chromium, server.url))
        page = contexts[-1].new_page()
        page.set_viewport_size({"width": width, "height": 1000})
        page.runs = Reruns(page)
        page.goto(path)
        sign_in(page, login)
        page.runs.idle()
        return page

    yield opened
    for context in contexts:
        context.close()


def press(page: Page, name: str) -> None:
    with page.runs.rerun():
        page.get_by_role("button", name=name, exact=True).click()


def again(page: Page) -> None:
    page.reload()
    page.runs.idle()


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def pick_row(page: Page, number: int) -> None:
    """Tick a row of the findings."""
    table = page.get_by_role("tabpanel").get_by_test_id("stDataFrame").first
    with page.runs.rerun():
        table.click(position={"x": 18, "y": 17 + 35 * number})


def edited(server, reason: str, **fields) -> None:
    """What the manager does in the register meanwhile."""
    with reading(server.engine) as session:
        row = session.get(Project, 1)
        draft = replace(projects.draft_of(row, ()), **fields)
        by = account_named(session, "manager").id
    told = {"on": SOME_DAY, "reason": reason}
    perform(server.engine, projects.edit, 1, draft, by=by, now=datetime.now(UTC), **told)


def test_from_the_calendar_to_a_frozen_pack_and_its_correction(enter, server, tmp_path):
    officer = enter("officer", f"/reports?year={LAST[:4]}")
    expect(officer.get_by_role("heading", name="上报")).to_be_visible()
    lines = officer.get_by_test_id("stDataFrame").first
    with officer.runs.rerun():
        lines.click(position={"x": 60, "y": 52})
    expect(officer.get_by_role("heading", name=f"项目台账 {LAST}")).to_be_visible()
    press(officer, "开始填报")
    expect(officer.get_by_text(re.compile("1 行中 0 行已可上报，.*距截止"))).to_be_visible()
    press(officer, "提交审核")
    expect(officer.get_by_text("请补登国民经济行业", exact=False).first).to_be_visible()

    pick_row(officer, 1)
    officer.get_by_label("请责任人补正").fill("请补登国民经济行业代码")
    press(officer, "发出任务")
    expect(officer.get_by_text("已发出任务，责任人会收到通知。").first).to_be_visible()
    manager = enter("manager", "/notices")
    expect(manager.get_by_text("请补登国民经济行业代码", exact=False).first).to_be_visible()
    edited(server, "补登行业", industry="2661")

    again(officer)
    pick_row(officer, 1)  # only a hint is left: no budget
    officer.get_by_label(re.compile("说明（1 条提示）")).fill("预算待批复，批复后补登")
    press(officer, "保存说明")
    expect(officer.get_by_text("1 行中 1 行已可上报", exact=False)).to_be_visible()
    press(officer, "提交审核")
    expect(officer.get_by_text("轮到审核人")).to_be_visible()

    manager.goto(f"/reports?report=R2&period={LAST}")
    manager.runs.idle()
    manager.get_by_role("textbox", name="意见或理由").fill("请核对项目名称")
    press(manager, "审核退回")
    expect(manager.get_by_text("轮到填报人")).to_be_visible()
    again(officer)
    tab(officer, "意见")
    expect(officer.get_by_text("请核对项目名称", exact=True)).to_be_visible()
    press(officer, "提交审核")
    again(manager)
    press(manager, "审核通过")
    head = enter("head", f"/reports?report=R2&period={LAST}")
    press(head, "签发并冻结")
    expect(head.get_by_text("已签发并冻结。").first).to_be_visible()

    again(officer)
    tab(officer, "存档与解锁")
    link = officer.get_by_role("link", name="整包（zip）")
    expect(link).to_be_visible()
    with officer.expect_download() as saved:
        officer.evaluate("address => { location.href = address }", link.get_attribute("href"))
    file = tmp_path / "pack.zip"
    saved.value.save_as(file)
    checked = CliRunner().invoke(app, ["verify-pack", str(file)])
    assert (checked.exit_code, f"R2 第 1 版，{LAST}" in checked.output) == (0, True)

    edited(server, "更名批复", name=RENAMED)
    officer.goto("/report_templates?section=packs")
    officer.runs.idle()
    expect(officer.get_by_text("冻结后有 1 个单元变动", exact=False)).to_be_visible()
    with officer.runs.rerun():
        officer.get_by_role("button", name="生成更正说明").click()
    expect(officer.get_by_text("的更正说明。", exact=False).first).to_be_visible()
    note = officer.get_by_role("link", name="打印页").get_attribute("href")
    told = officer.request.get(note).text()
    cells = "<td>项目名称</td>" + "".join(f"<td>{name}</td>" for name in (NAME, RENAMED))
    assert "更正与口径说明" in told
    assert cells in told
    assert "<td>修改项目</td>" in told
