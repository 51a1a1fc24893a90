"""How researchers come in, in a browser: by a link, or by asking for an account."""

import pytest
from playwright.sync_api import expect

from pilot.store.engine import writing
from tests import factories_registry as registry
from tests import serving
from tests.browser.chromium import profile
from tests.browser.reruns import Reruns
from tests.pages.people_of import people_of


@pytest.fixture(scope="module")
def seed():
    """A registered institute."""

    def filled(engine) -> None:
        serving.people(engine)
        with writing(engine) as session:
            registry.institute(session, people_of(session), name="示例研究所")

    return filled


@pytest.fixture
def guest(chromium, server):
    """A fresh browser profile, on a phone."""
    context = profile(chromium, server.url)
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    yield page
    context.close()


def choose(page, label: str, words: str) -> None:
    """Search in a select and take the hit."""
    page.get_by_label(label).last.click()
    page.keyboard.type(words)
    with page.runs.rerun():
        page.get_by_role("option").filter(has_text=words).first.click()


def make_account(guest, login: str, approved: str = "") -> None:
    """Fill in what a link asks for, and land signed in on 我的提交; an approved name stands."""
    name = guest.get_by_label("姓名")
    if approved:
        expect(name).to_have_value(approved)
        expect(name).not_to_be_editable()
    else:
        name.fill("李工")
    guest.get_by_label("登录名").fill(login)
    guest.get_by_label("密码", exact=True).fill(serving.PASSWORD)
    guest.get_by_label("再输入一次密码").fill(serving.PASSWORD)
    assert guest.evaluate("document.documentElement.scrollWidth") <= 390
    guest.runs = Reruns(guest)
    guest.get_by_role("button", name="建立账号并登录").click()
    expect(guest.get_by_role("heading", name="我的提交")).to_be_visible()
    guest.runs.idle()


def test_from_an_invitation_to_a_first_draft(visit, guest):
    page = visit(serving.ADMIN, "/people?part=invitations")
    page.get_by_label("给谁（备注）").last.fill("李工")
    page.get_by_label("所属单位").last.click()
    page.keyboard.type("示例研究所")
    page.get_by_role("option").filter(has_text="示例研究所").first.click()
    page.get_by_role("button", name="生成邀请链接").click()
    link = page.get_by_test_id("stCode")
    expect(link).to_contain_text("/auth/join?key=")
    expect(page.get_by_text("待使用")).to_be_visible()

    guest.goto(link.inner_text().strip())
    expect(guest.get_by_text("示例研究所")).to_be_visible()
    make_account(guest, "li.gong")
    guest.get_by_role("button", name="新建填报").click()
    expect(guest.get_by_role("heading", name="保密声明")).to_be_visible()

    page.goto("/people?part=invitations")
    page.runs.idle()
    expect(page.get_by_text("已使用")).to_be_visible()
    expect(page.get_by_test_id("stCode")).to_have_count(0)


def test_from_a_request_to_the_first_sign_in(visit, guest):
    page = visit(serving.ADMIN, "/people?part=requests")
    with page.runs.rerun():
        page.get_by_role("button", name="开放自助申请").click()

    guest.goto("/auth/login")
    guest.get_by_role("link", name="申请一个账号").click()
    guest.get_by_label("姓名").fill("王工")
    guest.get_by_label("所在单位").fill("研究所")
    guest.get_by_label("联系方式").fill("0427-1234567")
    guest.get_by_label("申请说明").fill("填报催化剂成果")
    guest.get_by_role("button", name="查找登记的单位").click()
    guest.get_by_label("示例研究所").check()
    guest.get_by_label("联系方式").press("Enter")
    expect(guest.get_by_role("heading", name="申请已收到")).to_be_visible()
    own = guest.url

    page.goto("/notices")
    page.runs.idle()
    page.get_by_role("link", name="打开").first.click()
    page.goto("/people?part=requests")
    page.runs.idle()
    expect(page.get_by_text("王工")).to_be_visible()
    with page.runs.rerun():
        page.get_by_role("button", name="批准为科研人员").click()
    expect(page.get_by_text("没有等待处理的账号申请")).to_be_visible()

    guest.goto(own)
    make_account(guest, "wang.gong", approved="王工")
