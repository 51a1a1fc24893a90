"""疑似重复: pairs of results that may be one, beside each other, with what may be said of them."""

from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.moment import Moment
from pilot.domain.people import Actor, may
from pilot.domain.vocabulary import Term
from pilot.reports import duplicates, exports
from pilot.reports.duplicates import Found, Side, Twins
from pilot.reports.exports import Format
from pilot.reports.tables import TABLES
from pilot.screens import merge_panel, pick
from pilot.services import merging
from pilot.services.similar_titles import BATCH, BLOCK, MOST


class How(Term):
    """Which pairs are looked at."""

    CERTAIN = "certain", "编号、合同或名称相同"
    NEAR = "near", "名称相近"


_BOUND = (
    f"同一持有方的成果名称两两比较（一次最多 {BLOCK} 个，更多的按名称次序与前后相邻的比较），"
    f"列出最相近的 {MOST:,} 对；成果超过 {BATCH:,} 项的，按持有方分批比较。名称相近只是提示。"
)
_TABLES = {How.CERTAIN: "duplicates", How.NEAR: "similar_titles"}


def section(actor: Actor, view: Moment) -> None:
    """One page of pairs across all years and units; a link to take them all away."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        how = pick.word("依据", "how", list(How), default=How.CERTAIN)
    found = _near(actor, view) if how is How.NEAR else _certain(actor, view)
    if not found.pairs:
        st.success(
            "没有需要处理的疑似重复。编号相同的在登记时就不能保存；说明过“不是同一项”的不再列出。",
            icon=":material/check_circle:",
        )
        return
    _head(actor, view, how, found)
    for pair in found.pairs:
        with st.container(border=True):
            _pair(pair, actor, view, found.many_bases)
    pick.paging(found.total, duplicates.PAGE)


def _certain(actor: Actor, view: Moment) -> Found:
    with ui.reading() as session:
        return duplicates.certain(session, actor, view, pick.page())


def _near(actor: Actor, view: Moment) -> Found:
    """Near titles with their bound; which batch is in the address, where there are several."""
    st.caption(_BOUND)
    batch = max(pick.number("batch") or 1, 1)
    with ui.reading() as session:
        found = duplicates.near(session, actor, view, pick.page(), batch)
    if found.batches > 1:
        name = f"batch-{batch}"
        st.selectbox(
            "持有方分批", range(1, found.batches + 1), min(batch, found.batches) - 1, key=name,
            format_func=lambda one: f"第 {one} / {found.batches} 批", width=200,
            on_change=_turn, args=(name,),
        )  # fmt: skip
    return found


def _turn(name: str) -> None:
    pick.put("batch", st.session_state[name])
    pick.put("p", None)


def _head(actor: Actor, view: Moment, how: How, found: Found) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"共 {found.total:,} 对，跨所有年度和单位", width="content")
        if may(actor, "report.export"):
            with ui.reading() as session:
                table = TABLES[_TABLES[how]]
                export = exports.asked(session, actor, table.name, view)
            st.link_button(
                "导出 CSV", exports.address(export, Format.CSV), icon=":material/download:"
            )


def _pair(pair: Twins, actor: Actor, view: Moment, many_bases: bool) -> None:
    with st.container(horizontal=True):
        colour = "orange" if pair.certain else "gray"
        st.badge(pair.ground, color=colour, icon=":material/content_copy:")
        if many_bases:
            st.caption(ui.plain(pair.base))
    for place, side in zip(st.columns(2), (pair.one, pair.other), strict=True):
        with place:
            _side(side)
    if may(actor, "result.merge") and view.live and pair.base_id == actor.base_id:
        _answer(pair, view)


def _side(side: Side) -> None:
    ui.link(f"{ui.plain(side.code)} {ui.plain(side.title)}", "results", id=side.id)
    lines = {"持有方": side.holders, "计入情况": side.counts, **side.facts}
    ui.facts({name: value for name, value in lines.items() if value})


def _answer(pair: Twins, view: Moment) -> None:
    """Merge either way, or say that they differ; drawn when it is opened."""
    key = f"{pair.one.id}-{pair.other.id}"
    opened: Any = st.expander(
        "是同一项：合并", icon=":material/merge:", key=f"same-{key}", on_change="rerun"
    )
    if opened.open:
        with opened:
            sides = {pair.one.id: (pair.one, pair.other), pair.other.id: (pair.other, pair.one)}
            stands, gone = sides[_stands(pair, key)]
            merge_panel.form(
                (gone.id, gone.rev, gone.code), (stands.id, stands.code), pair.base_id, view
            )
    with (
        st.form(f"differ-{key}", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        reason = ui.line(
            "不是同一项，因为…", most=300, key=f"why-{key}", width=360,
            placeholder="如：配方不同，用于另一种原料",
        )  # fmt: skip
        sent = st.form_submit_button("不是同一项", icon=":material/call_split:")
    if sent:
        done = "已记下理由，不再询问这一对。"
        args = (merging.distinguish, pair.one.id, pair.other.id)
        if ui.act(*args, reason=reason or "", key=ui.once(f"differ-{key}"), done=done):
            st.rerun()


def _stands(pair: Twins, key: str) -> int:
    names = {side.id: f"{side.code}（{side.counts}）" for side in (pair.one, pair.other)}
    return st.radio(
        "哪一项存续", list(names), format_func=lambda one: ui.plain(names[one]), key=f"stands-{key}"
    )
