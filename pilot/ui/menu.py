"""The pages of the product, as one table: file, title, section, icon, roles (菜单)."""

import copy
import functools
from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pilot.config import ROOT
from pilot.domain.people import Role

PAGES = ROOT / "pages"

ANYONE = frozenset(Role)
READERS = frozenset({Role.ADMIN, Role.MANAGER, Role.REVIEWER, Role.OFFICER, Role.PROVINCE})
REPORTERS = frozenset({Role.ADMIN, Role.MANAGER, Role.OFFICER, Role.PROVINCE})
DEFINERS = frozenset({Role.ADMIN, Role.MANAGER, Role.OFFICER})
AUTHORS = frozenset({Role.RESEARCHER})
REVIEWERS = frozenset({Role.REVIEWER})
MANAGERS = frozenset({Role.MANAGER})
ADMINS = frozenset({Role.ADMIN})
IMPORTERS = frozenset({Role.ADMIN, Role.MANAGER})


@dataclass(frozen=True, slots=True)
class Entry:
    """One page; a hidden one has an address but no line in the menu."""

    file: str
    title: str
    section: str
    icon: str
    roles: frozenset[Role]
    hidden: bool = False


MENU = (
    Entry("overview", "总览", "", "dashboard", READERS),
    Entry("projects", "项目台账", "项目", "list_alt", READERS),
    Entry("project", "项目详情", "项目", "article", READERS, hidden=True),
    Entry("gate", "阶段门", "项目", "fact_check", READERS),
    Entry("review", "审核", "项目", "rate_review", REVIEWERS),
    Entry("waiting", "等谁办理", "项目", "hourglass_top", MANAGERS),
    Entry("results", "成果与转化", "项目", "science", READERS),
    Entry("claims", "指标明细", "指标", "functions", READERS),
    Entry("reports", "上报", "指标", "outbox", REPORTERS),
    Entry("exports", "报表导出", "指标", "download", REPORTERS),
    Entry("report_templates", "报表模板", "指标", "table_view", DEFINERS),
    Entry("definitions", "口径与目标", "指标", "rule", DEFINERS),
    Entry("submissions", "我的提交", "填报", "assignment", AUTHORS),
    Entry("submission", "填报", "填报", "edit_note", AUTHORS, hidden=True),
    Entry("imports", "导入", "管理", "upload_file", IMPORTERS),
    Entry("people", "人员与权限", "管理", "group", ADMINS),
    Entry("api", "数据接口", "管理", "api", ADMINS),
    Entry("system", "系统状态", "管理", "monitor_heart", ADMINS),
    Entry("notices", "通知", "管理", "notifications", ANYONE),
    Entry("my_account", "我的账号", "管理", "account_circle", ANYONE),
)


def entries(roles: frozenset[Role]) -> list[Entry]:
    """What holders of `roles` may open, in the menu's order."""
    return [entry for entry in MENU if not entry.roles.isdisjoint(roles)]


def pages(roles: frozenset[Role], unread: int = 0) -> dict[str, list[StreamlitPage]]:
    """The same for `st.navigation`, by section, and the start page that leads to the first.

    `unread` notices are told in the menu. Copies, because a run marks the page that it opens.
    """
    built = _pages(roles, unread)
    return {section: list(map(copy.copy, found)) for section, found in built.items()}


@functools.lru_cache(maxsize=256)
def _pages(roles: frozenset[Role], unread: int) -> dict[str, list[StreamlitPage]]:
    """Looking for a page's file costs more than many a page: once for each menu."""
    sections: dict[str, list[StreamlitPage]] = {}
    for entry in entries(roles):
        told = f"（{unread}）" if unread and entry.file == "notices" else ""
        page = st.Page(
            PAGES / f"{entry.file}.py",
            title=f"{entry.title}{told}",
            icon=f":material/{entry.icon}:",
            url_path=entry.file,
            visibility="hidden" if entry.hidden else "visible",
        )
        sections.setdefault(entry.section, []).append(page)
    first = next(iter(sections.values()))[0]
    return {"": [_start(first), *sections.pop("", [])], **sections}


@functools.lru_cache(maxsize=64)
def targets(roles: frozenset[Role]) -> dict[str, StreamlitPage]:
    """What links of holders of `roles` may lead to, by file: pages that lend a link no icon."""
    return {
        entry.file: st.Page(PAGES / f"{entry.file}.py", title=entry.title, url_path=entry.file)
        for entry in entries(roles)
    }


def _start(first: StreamlitPage) -> StreamlitPage:
    """The page at `/`: a default page would have no address of its own, so it only leads on."""
    return st.Page(lambda: st.switch_page(first), title="首页", default=True, visibility="hidden")
