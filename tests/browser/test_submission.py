"""Journeys in a browser: a researcher's with files and a return, a reviewer's with a merge."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from pilot.domain.drafts import Holder
from pilot.domain.moment import moment
from pilot.domain.vocabulary import Standing
from pilot.reports import submission_thread
from pilot.services import submission_reviews, submissions
from pilot.store import queries_duplicates, queries_results
from pilot.store.engine import reading, writing
from tests import factories_registry as registry
from tests import factories_submissions as made
from tests import serving
from tests.factories import clock
from tests.pages import submission_pages as on
from tests.pages.people_of import people_of

PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"
TITLE = "示例催化加氢连续工艺"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32


@pytest.fixture(scope="module")
def seed():
    """A researcher of an institute, and a company that buys."""

    def filled(engine) -> None:
        serving.people(engine)
        with writing(engine) as session:
            on.writer(session)
            registry.organisation(session, people_of(session), name="示例受让有限公司")

    return filled


def part(page: Page, name: str) -> None:
    """Open a section from the list."""
    with page.runs.rerun():
        page.get_by_test_id("stRadio").first.get_by_text(name).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def fill(page: Page, label: str, text: str) -> None:
    """Type, leave the field, and wait until it is saved."""
    field = page.get_by_label(label).last
    with page.runs.rerun():
        field.fill(text)
        field.press("Tab")


def choose(page: Page, label: str, words: str) -> None:
    """Search in a select and take the hit."""
    page.get_by_label(label).last.click()
    page.keyboard.type(words)
    with page.runs.rerun():
        page.get_by_role("option").filter(has_text=words).first.click()


def write_up(page: Page, title: str) -> None:
    """Everything that is asked for, section by section, with a reload after the first ones."""
    with page.runs.rerun():
        page.get_by_text("我声明").click()
    part(page, "成果基本信息")
    fill(page, "成果名称", title)
    choose(page, "成果类型", "新工艺")
    choose(page, "领域", "催化剂")
    fill(page, "成果简介", "示例简介：收率提高三成")
    page.reload()
    page.runs.idle()
    expect(page.get_by_label("成果名称")).to_have_value(title)
    expect(page.get_by_label("成果简介")).to_have_value("示例简介：收率提高三成")
    part(page, "持有方")
    choose(page, "添加持有方", "示例研究所")
    part(page, "成熟度")
    choose(page, "技术成熟度", "6级")
    part(page, "转化与合同")
    with page.runs.rerun():
        page.get_by_text("还没有转化").click()
    part(page, "附件")
    choose(page, "附件类别", "试验或检测报告")
    with page.runs.rerun():
        page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
            [
                {"name": "报告.pdf", "mimeType": "application/pdf", "buffer": PDF + title.encode()},
                {"name": "照片.png", "mimeType": "image/png", "buffer": PNG + title.encode()},
                {"name": "假的.pdf", "mimeType": "application/pdf", "buffer": b"MZ" + b"\0" * 50},
            ]
        )
    expect(page.get_by_text("已保存 2 个文件。")).to_be_visible()
    expect(page.get_by_text("《假的.pdf》没有保存").first).to_be_visible()


@pytest.mark.parametrize(("width", "title"), [(1400, "示例宽屏分离膜"), (390, "示例手机催化剂")])
def test_from_a_blank_form_to_a_receipt_and_back_again(visit, page, server, width, title):
    page.set_viewport_size({"width": width, "height": 900})
    visit("researcher", "/")
    expect(page.get_by_role("heading", name="我的提交")).to_be_visible()
    page.get_by_role("button", name="新建填报").click()
    expect(page.get_by_role("heading", name="保密声明")).to_be_visible()
    page.runs.idle()
    write_up(page, title)
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    with page.runs.rerun():
        page.get_by_role("button", name="检查并提交").first.click()
    expect(page.get_by_text("内容齐全，可以提交。")).to_be_visible()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("已提交，等待审核", exact=False).first).to_be_visible()
    expect(page.get_by_text("没有完成：")).to_have_count(0)  # that the third file was refused
    row = on.stored(server.engine)
    expect(page.get_by_text(row.receipt)).to_be_visible()

    paper = page.context.new_page()
    paper.set_viewport_size({"width": width, "height": 900})
    paper.goto(f"/receipt/{row.id}")
    expect(paper.get_by_text(row.receipt)).to_be_visible()
    expect(paper.get_by_text("照片.png")).to_be_visible()
    assert paper.evaluate("document.documentElement.scrollWidth") <= width
    with paper.expect_download() as saved:
        paper.evaluate(f"location.href = '/files/{first_file(server)}'")
    assert saved.value.suggested_filename == "报告.pdf"
    paper.close()

    send_back(server, row.id)
    page.goto(f"/submission?id={row.id}&part=basics")
    page.runs.idle()
    expect(page.get_by_text("请写单位名称全称", exact=False).first).to_be_visible()
    fill(page, "成果简介", "示例简介：收率提高四成")
    with page.runs.rerun():
        page.get_by_role("button", name="检查并提交").first.click()
    page.get_by_role("button", name="重新提交", exact=True).click()
    expect(page.get_by_text("本轮有改动")).to_be_visible()
    again = on.stored(server.engine)
    assert (again.receipt, again.round) == (row.receipt, 2)


def first_file(server) -> int:
    """The attachment that the journey uploaded first."""
    with reading(server.engine) as session:
        row = on.latest(session)
        return submission_thread.papers(session, row.id)[0].attachment_id


def send_back(server, submission_id: int) -> None:
    """What a reviewer does meanwhile."""
    with writing(server.engine) as session:
        people = people_of(session)
        row = on.latest(session, submission_id)
        made.claimed(session, row, people.one)
        submissions.comment(
            session, row.id, "请写单位名称全称", by=people.one, at=clock(session),
            field="result.summary",
        )  # fmt: skip
        submission_reviews.send_back(session, row.id, by=people.one, at=clock(session))


def test_a_reviewer_merges_what_is_the_same_and_takes_it_back(visit, page, server):
    first, second, known = known_and_sent(server)
    visit("reviewer", f"/review?id={second}")
    expect(page.get_by_role("heading", name="疑似重复（1）")).to_be_visible()
    expect(page.get_by_test_id("stText").get_by_text(TITLE, exact=True)).to_have_count(2)
    with page.runs.rerun():
        page.get_by_role("button", name="认领").first.click()
    with page.runs.rerun():
        page.get_by_test_id("stRadio").get_by_text("并入已有成果").click()
    choose(page, "并入哪一项", TITLE)
    fill(page, "理由", "同一工艺")
    page.get_by_role("button", name="确认：并入已有成果").click()
    expect(page.get_by_text("已并入已有成果。")).to_be_visible()
    for number, how in ((first, "审核通过"), (second, "并入已有成果")):
        page.goto(f"/review?id={number}")
        expect(page.get_by_text(how).first).to_be_visible()
        expect(page.get_by_text("查看登记的成果")).to_be_visible()
    assert counted(server, known) == [known]

    twin = registered_again(server, known)
    assert counted(server, known, twin) == [known, twin]
    page.goto("/results?section=duplicates")
    expect(page.get_by_text("名称和持有方相同")).to_be_visible()
    expect(page.get_by_text("转化科技成果计入")).to_have_count(2)
    page.get_by_text("是同一项：合并").click()
    fill(page, "理由", "登记了两次")
    page.get_by_role("button", name="确认：").click()
    expect(page.get_by_text("没有需要处理的疑似重复", exact=False)).to_be_visible()
    assert counted(server, known, twin) == [known]
    page.goto(f"/results?id={twin}")
    expect(page.get_by_text("已并入另一项成果", exact=False)).to_be_visible()
    page.get_by_role("button", name="撤销合并").click()
    page.get_by_label("理由").last.fill("查明不是同一项")
    page.get_by_role("button", name="确认撤销合并").click()
    expect(page.get_by_text("已撤销", exact=False)).to_be_visible()
    assert counted(server, known, twin) == [known, twin]


def known_and_sent(server) -> tuple[int, int, int]:
    """A submission that became a result, one about the same with a sale, verified once."""
    with writing(server.engine) as session:
        people = people_of(session)
        writer = made.author(session, people, login="colleague")
        first = made.sent(session, writer, made.result_content(writer, title=TITLE))
        known = made.accepted(session, first, people.other).result_id
        buyer = registry.organisation(session, people, name="示例盘锦公司")
        content = made.transfer_content(writer, buyer) | {"same_as": known}
        content["result"]["title"] = TITLE
        second = made.claimed(session, made.sent(session, writer, content), people.other)
        submission_reviews.join(
            session, second.id, known, by=people.other, at=clock(session), reason="同一项"
        )
        return first.id, second.id, known


def registered_again(server, known: int) -> int:
    """The same result entered once more meanwhile, with a sale to somebody else."""
    with writing(server.engine) as session:
        people = people_of(session)
        held = queries_results.holders(session, known)
        holders = tuple(Holder(row.organisation_id) for row in held)
        twin = registry.result(session, people, title=TITLE, holders=holders)
        registry.transfer(session, people, result_id=twin.id)
        return twin.id


def counted(server, *ids: int) -> list[int]:
    """Which of these results count as M3."""
    with reading(server.engine) as session:
        rows = queries_duplicates.counted(session, [1], moment(datetime.now(UTC)), ids)
        return [row.unit_id for row in rows if row.standing is Standing.COUNTED]
