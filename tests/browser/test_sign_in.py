"""The way in and out, in a real browser."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from pilot.domain.people import Role
from pilot.services import accounts
from pilot.services.command import perform
from tests import serving
from tests.browser.chromium import sign_in


def test_a_deep_link_leads_through_the_sign_in_to_its_page(page: Page):
    page.goto("/my_account")
    expect(page).to_have_title("登录 · 中试项目组合")
    sign_in(page, "manager", "Wrong-Horse-77")
    expect(page.get_by_role("alert")).to_contain_text("不正确")
    expect(page.get_by_label("登录名")).to_have_value("manager")
    page.get_by_label("密码").fill(serving.PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="我的账号")).to_be_visible()
    assert page.url.endswith("/my_account")
    expect(page).to_have_title("我的账号 · 中试项目组合")


def test_the_sign_in_works_without_scripts(chromium, server):
    context = chromium.new_context(java_script_enabled=False, base_url=server.url)
    page = context.new_page()
    page.goto("/auth/logout")
    page.goto("/my_account")
    sign_in(page, "manager")
    assert page.url.endswith("/my_account")
    context.close()


@pytest.mark.parametrize("width", [390, 1400])
def test_the_sign_in_fits_the_screen(page: Page, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/auth/login")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_role("button", name="登录").bounding_box()["height"] >= 44


def test_leaving_closes_the_page_in_the_same_tab(visit):
    page = visit("manager", "/my_account")
    page.get_by_role("link", name="退出登录").click()
    expect(page.get_by_role("status")).to_contain_text("已退出")
    assert len(page.context.pages) == 1
    page.go_back()
    expect(page.get_by_label("登录名")).to_be_visible()


def test_a_disabled_account_is_out_at_its_next_click(server, visit):
    target = serving.account(server.engine, "leaver", Role.MANAGER)
    page = visit("leaver", "/my_account")
    perform(server.engine, accounts.disable, target, by=1, now=datetime.now(UTC))
    page.get_by_role("button", name="退出所有设备").click()
    page.get_by_role("button", name="确认退出所有设备").click()
    expect(page.get_by_text("登录已失效").first).to_be_visible()
    page.get_by_role("link", name="重新登录").click()
    expect(page.get_by_label("登录名")).to_be_visible()


def test_a_first_sign_in_leads_to_a_new_password(server, page: Page):
    serving.account(server.engine, "fresh", Role.MANAGER, ready=False)
    page.goto("/my_account")
    sign_in(page, "fresh")
    expect(page.get_by_role("heading", name="修改密码")).to_be_visible()
    page.goto("/my_account")
    expect(page.get_by_role("heading", name="修改密码")).to_be_visible()
    page.get_by_label("临时密码").fill(serving.PASSWORD)
    page.get_by_label("新密码", exact=True).fill("Other-Horse-88")
    page.get_by_label("再输入一次新密码").fill("Other-Horse-88")
    page.get_by_role("button", name="保存新密码").click()
    page.goto("/my_account")
    expect(page.get_by_role("heading", name="我的账号")).to_be_visible()


def test_no_english_of_streamlit_is_left_on_the_accounts_page(visit):
    page = visit(serving.ADMIN, "/people")
    expect(page.get_by_role("heading", name="人员与权限")).to_be_visible()
    words = page.evaluate(
        """() => [...document.querySelectorAll('[aria-label],[placeholder],[title]')]
        .flatMap(e => ['aria-label', 'placeholder', 'title'].map(a => e.getAttribute(a)))
        .filter(t => t && /^[A-Z][a-z]+( [a-z]+)*[.…]*$/.test(t))"""
    )
    assert sorted(set(words)) == []


def test_nothing_is_fetched_from_elsewhere(server, page: Page):
    elsewhere = []
    page.on(
        "request",
        lambda request: (
            request.url.startswith((server.url, "data:", "blob:")) or elsewhere.append(request.url)
        ),
    )
    page.goto("/people")
    sign_in(page, serving.ADMIN)
    expect(page.get_by_role("heading", name="人员与权限")).to_be_visible()
    page.get_by_text("新建账号", exact=True).click()
    page.wait_for_timeout(500)
    assert elsewhere == []
