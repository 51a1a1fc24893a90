"""An import in a browser: errors, the marked-up file, the corrected one, applied, undone."""

import io
import re

from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from sqlmodel import select

from pilot.domain.people import Role
from pilot.store.engine import reading
from pilot.store.models import JournalEntry, Project
from tests import serving

HEADINGS = "项目编号,项目名称,预算（万元）\n"
WRONG = HEADINGS + "ZS-2026-901,示例一,约1.9亿\nZS-2026-902,,120美元\n"
RIGHT = HEADINGS + "ZS-2026-901,示例一,约1.9亿\nZS-2026-902,示例二,120\n"


def bring(page: Page, text: str) -> None:
    """Upload a file as an old spreadsheet program writes it, and have it checked."""
    page.goto("/imports")
    file = {"name": "台账.csv", "mimeType": "text/csv", "buffer": text.encode("gb18030")}
    page.locator('[data-testid="stFileUploaderDropzoneInput"]').set_input_files(files=[file])
    check = page.get_by_role("button", name="检查文件")
    expect(check).to_be_enabled()
    check.click()
    expect(page).to_have_url(re.compile(r"[?&]id=\d+"))


def states(engine) -> dict[str, str]:
    with reading(engine) as session:
        return {row.name: row.state.value for row in session.exec(select(Project))}


def actions(engine) -> list[str]:
    with reading(engine) as session:
        entries = session.exec(select(JournalEntry).order_by(JournalEntry.sequence))
        return [one.action for one in entries if one.action.startswith("import.")]


def test_from_a_file_with_errors_to_an_undone_batch(server, visit):
    page = visit("manager")
    bring(page, WRONG)
    expect(page.get_by_text("有 2 处错误，不能写入").first).to_be_visible()
    expect(page.get_by_role("button", name="写入")).to_have_count(0)
    assert states(server.engine) == {}
    with page.expect_download() as waited:
        page.get_by_role("link", name="下载标注文件").click()
    sheet = load_workbook(io.BytesIO(waited.value.path().read_bytes())).active
    assert "提示【预算（万元）】" in sheet["D2"].value
    assert "错误【项目名称】" in sheet["D3"].value

    bring(page, RIGHT)
    page.reload()  # the checked batch is kept
    write = page.get_by_role("button", name="写入 2 行")
    write.dblclick()
    expect(page.get_by_text("已写入").first).to_be_visible()
    assert states(server.engine) == {"示例一": "active", "示例二": "active"}
    assert actions(server.engine).count("import.apply") == 2  # asked for once, done once

    page.get_by_text("撤销这一批").click()
    page.get_by_label("撤销理由 *").fill("示例：版本不对")
    page.get_by_label("撤销理由 *").press("Tab")
    page.get_by_role("button", name="申请撤销整批").click()
    expect(page.get_by_text("等待另一位管理人员").first).to_be_visible()
    expect(page.get_by_role("button", name="确认撤销整批")).to_be_disabled()
    batch = page.url
    serving.account(server.engine, "second", Role.MANAGER)
    page.context.clear_cookies()
    page = visit("second", batch.removeprefix(server.url))
    page.get_by_role("button", name="确认撤销整批").click()
    expect(page.get_by_text("已撤销").first).to_be_visible()
    expect(page.get_by_text("已上传")).to_have_count(0)  # a message is told once
    assert states(server.engine) == {"示例一": "voided", "示例二": "voided"}
    assert actions(server.engine)[-1] == "import.undo"


def written(page: Page, text: str, rows: int) -> None:
    """Bring a file in and have it written."""
    bring(page, text)
    page.get_by_role("button", name=f"写入 {rows} 行").click()
    expect(page.get_by_text("已写入").first).to_be_visible()


def test_what_was_exported_comes_back_as_the_same_bytes(server, visit):
    page = visit("manager")
    fresh = RIGHT.replace("90", "80").replace("约1.9亿", "19000.50")
    written(page, fresh, 2)

    def exported() -> bytes:
        answer = page.request.get("/export/projects.csv")
        assert answer.ok
        return answer.body()

    before = exported()
    text = before.decode("utf-8-sig")
    bring(page, text)
    expect(page.get_by_text("文件与库中记录一致").first).to_be_visible()
    written(page, fresh.replace("19000.50", "1.25"), 1)
    assert exported() != before
    written(page, text, 1)
    assert exported() == before
