"""成果 and 成果转化明细: filters that stand in the address, pages made by the database."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.moment import Moment
from pilot.domain.people import Actor, may
from pilot.domain.vocabulary import Scope, Term
from pilot.reports import registry, result_detail, results
from pilot.reports.results import Page, Wanted
from pilot.screens import pick, result_form
from pilot.screens import result_detail as detail_screen
from pilot.screens.kept import kept


class Moved(Term):
    """Whether a result has changed hands."""

    ANY = "any", "全部"
    YES = "yes", "已有转化"
    NO = "no", "储备（无转化）"

    @property
    def flag(self) -> bool | None:
        """As the list asks for it."""
        return {Moved.YES: True, Moved.NO: False}.get(self)


_RESULTS = {
    "base": st.column_config.TextColumn("基地"),
    "code": st.column_config.TextColumn("成果编号", width=125),
    "title": st.column_config.TextColumn("成果名称", width=260),
    "transfers": st.column_config.NumberColumn("转化", width=55, format="%d"),
    "kind": st.column_config.TextColumn("类型", width=100),
    "field": st.column_config.TextColumn("技术领域", width=120),
    "holders": st.column_config.TextColumn("持有方", width=230),
    "package": st.column_config.TextColumn("所属成果包", width=130),
}
_NARROW = "没有符合条件的成果；请放宽筛选。"
_NONE_YET = (
    "还没有成果。由基地管理人员在本页“登记成果”或从“导入”带入；科研人员填报的，审核通过后列在这里。"
)
_TRANSFERS = {
    "base": st.column_config.TextColumn("基地"),
    "result_code": st.column_config.TextColumn("成果编号", width=120),
    "title": st.column_config.TextColumn("成果名称", width=220),
    "event_on": st.column_config.TextColumn("转化日期", width=95),
    "standing": st.column_config.TextColumn("是否计入", width=75),
    "missing": st.column_config.TextColumn("不计入或待核原因", width=180),
    "receiver": st.column_config.TextColumn("受让方", width=190),
    "amount": st.column_config.NumberColumn("金额（万元）", width=105, format="%.2f"),
    "mode": st.column_config.TextColumn("转化方式", width=170),
    "contract_no": st.column_config.TextColumn("合同编号", width=170),
    "holders": st.column_config.TextColumn("持有方", width=190),
    "verified": st.column_config.TextColumn("核实", width=55),
}


def section(actor: Actor, view: Moment) -> None:
    """The results with their filter; the one in the address in full below."""
    with ui.reading() as session:
        fields, kinds = results.code_labels(session, actor, "fields", "result_kinds")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = pick.text("搜索", "q", "名称、编号、专利号、持有方")
        field = pick.several("技术领域", "field", fields)
        kind = pick.several("成果类型", "kind", kinds)
        moved = pick.word("转化情况", "moved", list(Moved), default=Moved.ANY)
    wanted = Wanted(text, field, kind, moved.flag)
    with ui.reading() as session:
        page = kept(results.results, session, actor, view, wanted, pick.page())
    picked = table(page, _RESULTS, "id", "成果清单", _NARROW if wanted != Wanted() else _NONE_YET)
    pick.paging(page.total, results.PAGE)
    if picked is not None:
        with ui.reading() as session:
            shown = result_detail.detail(session, actor, picked, view)
        with st.container(border=True):
            detail_screen.panel(shown, actor, view)
    if may(actor, "result.save") and view.live:
        _new(actor)


def transfers(actor: Actor, view: Moment) -> None:
    """成果转化明细 of the year: every transfer with whether it counts and why not."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = pick.text("搜索", "q", "成果、合同编号、受让方、持有方")
        scope = pick.word("统计范围", "scope", [Scope.CITY, Scope.BASE], default=Scope.CITY)
    with ui.reading() as session:
        page = kept(results.transfers, session, actor, view, text, scope, pick.page())
    empty = f"{view.year} 年还没有转化事件。在成果详情中登记，或更换年度。"
    picked = table(page, _TRANSFERS, "event", "成果转化明细", empty)
    pick.paging(page.total, results.PAGE)
    if picked is not None:
        ui.link("打开这项成果", "results", icon=":material/arrow_forward:", id=picked)


def table(page: Page, columns: Mapping[str, Any], key: str, alt: str, empty: str) -> int | None:
    """A page of a list; the id of the row that was chosen, kept in the address under `key`."""
    if page.rows.empty:
        st.info(empty, icon=":material/info:")
        return pick.number(key)
    order = [name for name in columns if name != "base" or page.many_bases]
    st.caption(f"共 {page.total:,} 条")
    return pick.row(page.rows, key, columns, order=order, alt=alt)


def _new(actor: Actor) -> None:
    opened: Any = st.expander(
        "登记成果", icon=":material/add:", key="new-result", on_change="rerun"
    )
    if opened.open:
        with ui.reading() as session:
            known = registry.choices(session, actor.base_id)
        with opened:
            result_form.new(known)
