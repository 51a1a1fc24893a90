"""The edge of Streamlit, on pages made for it: policy, literal names, double clicks, views."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func
from sqlmodel import select

from pilot.store.engine import reading
from pilot.store.models import Person
from tests import serving
from tests.browser.probe.names import NAMES

PROBE = Path(__file__).parent / "probe"
_VIOLATIONS = """window.violations = [];
document.addEventListener('securitypolicyviolation',
  e => window.violations.push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sourceFile))"""
# Streamlit asks whether WebAssembly may run and goes on without.
_HARMLESS = "script-src wasm-eval"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The product's gate around the pages of probe/."""
    folder = tmp_path_factory.mktemp("probe")
    with serving.serving(folder, app="app:app", app_dir=PROBE) as running:
        yield running


def count(server) -> int:
    """How many people the database has."""
    with reading(server.engine) as session:
        return session.exec(select(func.count()).select_from(Person)).one()


def test_the_policy_breaks_nothing_that_pages_use(visit, page: Page):
    page.set_viewport_size({"width": 1400, "height": 3600})
    page.add_init_script(_VIOLATIONS)
    visit("manager", "/widgets")
    expect(page.locator("[data-testid=stDataFrame] canvas").first).to_be_attached()
    bar = page.locator('svg.marks path[aria-roledescription="bar"]').first
    bar.hover()
    expect(page.locator("#vg-tooltip-element")).to_contain_text("名称")
    file = {"name": "说明.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    expect(page.get_by_text("收到 8 字节")).to_be_visible()
    editor = page.get_by_test_id("stDataFrame").nth(1).bounding_box()
    page.mouse.dblclick(editor["x"] + 120, editor["y"] + 55)
    page.keyboard.type("改")
    page.keyboard.press("Enter")
    page.runs.idle()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载", exact=True).click()
    assert Path(download.value.path()).read_bytes() == b"abc"
    page.get_by_role("button", name="浮层").click()
    expect(page.get_by_text("浮层内容")).to_be_visible()
    broken = [text for text in page.evaluate("window.violations") if not text.startswith(_HARMLESS)]
    assert broken == []


def test_streamlits_own_words_are_chinese_and_the_same_words_of_users_stay(visit):
    page = visit("manager", "/words")
    page.get_by_label("多选").click()
    options = page.get_by_role("option")
    expect(options).to_have_text(["全选", "Select all", "No results"])
    page.keyboard.type("zz")
    expect(options).to_have_text(["没有匹配项"])
    page.keyboard.press("Escape")
    page.get_by_label("得分").fill("120")
    page.get_by_label("得分").press("Tab")
    expect(page.get_by_text("数值超出范围，请填写 0 至 100 之间的数。")).to_be_attached()
    year = page.get_by_role("spinbutton", name="评审日：年")
    expect(year).to_have_text("年")
    year.click()
    page.keyboard.type("20301231")
    expect(page.get_by_text("请选择不晚于 2026-11-26 的日期")).to_be_attached()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stFileUploaderDropzone")).to_contain_text("上传")
    file = {"name": "Upload", "mimeType": "application/x-msdownload", "buffer": b"MZ"}
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    expect(page.get_by_test_id("stFileChip")).to_contain_text("错误： 不接受这种文件。")
    expect(page.get_by_test_id("stFileChipName")).to_have_text("Upload")
    expect(page.get_by_role("button", name="复制图表定义：Upload")).to_be_attached()
    expect(page.get_by_text("Upload", exact=True).last).to_be_attached()


def test_names_are_shown_letter_for_letter_and_do_nothing(server, visit, page: Page):
    asked, dialogs = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    visit("manager", "/names")
    for kind in ("markdown", "button", "error"):
        texts = page.locator(f"[class*=st-key-{kind}-] [data-testid=stMarkdownContainer]")
        expect(texts).to_have_count(len(NAMES))
    shown = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('[class*=st-key-]')].map(e => {
          const key = [...e.classList].find(c => c.startsWith('st-key-')).slice(7);
          const text = e.querySelector('[data-testid=stMarkdownContainer]');
          const live = 'a,img,strong,em,del,code,h1,h2,ul,ol,blockquote,iframe,script,.katex';
          return [key, text && [text.innerText, text.querySelectorAll(live).length]];
        }))"""
    )
    wrong = [
        (kind, name, shown[f"{kind}-{number}"])
        for number, name in enumerate(NAMES)
        for kind in ("markdown", "button", "error")
        if _altered(shown[f"{kind}-{number}"], name)
    ]
    assert wrong == []
    assert dialogs == []
    assert [url for url in asked if not url.startswith((server.url, "data:", "blob:"))] == []


@pytest.mark.parametrize("button", ["保存", "直接保存"])
@pytest.mark.parametrize("gap", [0, 50, 150, 400, 900])
def test_three_clicks_are_one_record(server, visit, button, gap):
    page = visit("manager", "/double")
    before = count(server)
    target = page.get_by_role("button", name=button, exact=True)
    expect(target).to_be_visible()
    for _ in range(3):
        target.click(no_wait_after=True)
        page.wait_for_timeout(gap)
    expect(page.get_by_test_id("stAlert").first).to_contain_text("已")
    page.runs.idle()
    assert count(server) == before + 1


def test_another_content_is_another_record_at_once(server, visit):
    page = visit("manager", "/double")
    before = count(server)
    for name in ("李四", "王五"):
        page.get_by_label("姓名").fill(name)
        with page.runs.rerun():
            page.get_by_label("姓名").press("Enter")
        with page.runs.rerun():
            page.get_by_role("button", name="保存", exact=True).click()
    assert count(server) == before + 2


def test_closing_the_tab_does_not_leave_an_action_half_done(server, visit):
    page = visit("manager", "/double")
    before = count(server)
    page.get_by_role("button", name="保存", exact=True).click(no_wait_after=True)
    page.wait_for_timeout(120)  # the verb takes 300 ms
    page.close()
    end = time.monotonic() + 10
    while count(server) == before and time.monotonic() < end:
        time.sleep(0.05)
    assert count(server) == before + 1


def test_a_link_reproduces_a_view(visit):
    page = visit("manager", "/moment?year=2025&as_of=2026-03-31&known=2026-04-02")
    words = "年度 2025 截至 2026-03-31 知悉 2026-04-02 当前 False"
    expect(page.get_by_text(words)).to_be_visible()


@pytest.mark.parametrize("query", ["as_of=nonsense", "as_of=2999-01-01", "year=99999", "known="])
def test_a_senseless_view_is_todays(visit, query):
    page = visit("manager", f"/moment?{query}")
    expect(page.get_by_text(re.compile("当前 True"))).to_be_visible()


def test_nothing_is_written_from_a_past_view(server, visit):
    page = visit("manager", "/double?as_of=2026-01-01")
    before = count(server)
    with page.runs.rerun():
        page.get_by_role("button", name="直接保存").click()
    expect(page.get_by_role("alert").first).to_contain_text("先回到今天")
    assert count(server) == before


def test_a_fault_shows_a_number_and_its_text_stays_on_the_server(server, visit):
    page = visit("manager", "/broken")
    alert = page.get_by_role("alert").first
    expect(alert).to_contain_text("系统出错，编号")
    number = re.search(r"编号 (\w+)", alert.inner_text()).group(1)
    assert "planted-password" not in page.content()
    assert number in server.log.read_text()


def _altered(shown: list | None, name: str) -> bool:
    if shown is None:
        return True
    text, live = shown
    return bool(live) or text.replace("\u2060", "").strip() != name
