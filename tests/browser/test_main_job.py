"""The manager's main job, in a browser, on the demonstration: a gate, a number, a claim, a file."""

import csv
import io
import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from pilot.domain.demo import PASSWORD
from tests import serving
from tests.serving import Server

CODE = "ZS-2024-013"  # waits at G3 with everything proven and both cards in


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, demo) -> Iterator[Server]:
    """The demonstration, served from a copy."""
    folder = tmp_path_factory.mktemp("main-job") / "data"
    shutil.copytree(demo, folder)
    with serving.serving(folder, seed=lambda _engine: None, PILOT_MODE="demo") as running:
        yield running


def shown(page: Page, indicator: str) -> int:
    """The number on a goal card of the overview."""
    title = page.get_by_text(indicator).first
    expect(title).to_be_visible()
    card = page.locator("[data-testid=stVerticalBlock]").filter(has=title).last
    number = re.search(r"(\d+) / \d+", card.inner_text())
    return int(number[1])


def test_a_gate_is_held_the_card_moves_and_the_row_is_in_the_file(visit):
    page = visit("manager", "/", PASSWORD)
    before = shown(page, "M2 实现本地产业化项目")

    page.goto(f"/projects?text={CODE}")
    page.runs.idle()
    page.goto("/gate?project=13")
    expect(page.get_by_role("heading", name="结论")).to_be_visible()
    expect(page.get_by_text("已证实 14/14", exact=False)).to_be_visible()
    with page.runs.rerun():
        page.get_by_text("通过", exact=True).click()
    with page.runs.rerun():
        page.get_by_label("理由").fill("材料齐全，运行数据达到目标值")
        page.get_by_label("理由").press("Control+Enter")
    expect(page.get_by_text(f"{before} → {before + 1}", exact=False).first).to_be_visible()
    page.get_by_role("button", name="确认结论：通过").click()
    expect(page.get_by_text("G3 中试验收：通过。")).to_be_visible()

    page.goto("/")
    page.runs.idle()
    assert shown(page, "M2 实现本地产业化项目") == before + 1

    page.goto("/claims?indicator=M2&scope=city")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text(f"= {before + 1}")

    rows = list(csv.DictReader(io.StringIO(claims_file(page))))
    mine = [row for row in rows if row["单元编号"] == CODE and row["指标代码"] == "M2"]
    assert [row["计入情况"] for row in mine] == ["计入", "计入"]  # 全市 and 基地, never added
    assert all("M2-R" in row["规则"] for row in mine)


def claims_file(page: Page) -> str:
    answer = page.request.get("/export/claims.csv")
    assert answer.ok
    body = answer.body()
    assert body.startswith(b"\xef\xbb\xbf")
    assert body.count(b"\r\n") == body.count(b"\n")
    return body.decode("utf-8-sig")


def test_back_leads_to_the_list_as_it_was_narrowed(visit):
    page = visit("manager", "/projects", PASSWORD)
    search = page.get_by_role("textbox", name="搜索")
    expect(search).to_be_visible()
    with page.runs.rerun():
        search.fill("催化")
        search.press("Enter")
    narrowed = page.url
    page.get_by_test_id("stDataFrame").first.click(position={"x": 55, "y": 52})  # the first code
    page.wait_for_url("**/project?id=*")
    page.runs.idle()

    page.go_back()

    expect(search).to_have_value("催化")
    assert page.url == narrowed


def test_a_past_view_is_marked_and_nothing_can_be_written(visit):
    page = visit("manager", "/gate?project=31&as_of=2026-11-20", PASSWORD)
    expect(page.get_by_text("历史视图", exact=False)).to_be_visible()
    expect(page.get_by_role("button", name="确认结论", exact=False)).to_have_count(0)


@pytest.mark.parametrize(
    "login", ["manager", "reviewer", "researcher", "officer", "province", "admin"]
)
def test_every_page_of_a_role_opens_without_an_error(visit, login):
    page = visit(login, "/", PASSWORD)
    opened_well(page)
    for link in page.get_by_test_id("stSidebarNavLink").all():  # none where a role has one page
        with page.runs.rerun():
            link.click()
        expect(page).to_have_url(link.get_attribute("href"))
        opened_well(page)


def opened_well(page):
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    expect(page.get_by_text("系统出错", exact=False)).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_the_overview_fits_a_phone(visit, page):
    page.set_viewport_size({"width": 390, "height": 800})
    visit("manager", "/", PASSWORD)
    expect(page.get_by_text("M1 新增中试项目", exact=False)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
