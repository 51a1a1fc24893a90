"""One result on the page: what it is, how it changed hands, what may be done with it."""

from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.moment import Moment
from pilot.domain.people import Actor, may
from pilot.reports import alike, registry, result_detail
from pilot.reports.result_detail import Detail, Merged
from pilot.screens import merge_panel, result_form, transfer_panel
from pilot.services import results
from pilot.services.command import Seen


def panel(detail: Detail, actor: Actor, view: Moment) -> None:
    """The whole result; what writes is shown to those who may, and only for today."""
    own = view.live and detail.base_id == actor.base_id
    writable = own and not detail.voided
    st.subheader(f"{ui.plain(detail.code)} {ui.plain(detail.title)}")
    if detail.merged:
        _merged(detail, detail.merged, own and may(actor, "result.merge"))
    elif detail.voided:
        st.error(f"已作废：{ui.plain(detail.voided)}", icon=":material/block:")
    left, right = st.columns([3, 2], gap="large")
    with left:
        ui.facts(detail.facts)
    with right:
        _related(detail)
        if detail.lacks and not detail.voided:
            lines = "\n".join(f"- {ui.plain(one)}" for one in detail.lacks)
            st.info(f"**登记还可完善**\n{lines}", icon=":material/edit_note:")
    transfer_panel.lines(detail, actor, writable)
    if writable and may(actor, "result.save"):
        _work(detail, actor)
    if writable and may(actor, "result.merge"):
        _same(detail, actor, view)
    if writable and may(actor, "result.split"):
        _apart(detail)


def _related(detail: Detail) -> None:
    for title, page, rows in (
        ("所属成果包", "results", (detail.package,) if detail.package else ()),
        ("包内成果", "results", detail.parts),
        ("并入的成果", "results", detail.absorbed),
        ("中试项目", "project", detail.projects),
    ):
        if rows:
            st.markdown(f"**{title}**")
        for row_id, name in rows:
            ui.link(ui.plain(name), page, icon=":material/arrow_forward:", id=row_id)


def _work(detail: Detail, actor: Actor) -> None:
    """Forms are drawn when they are opened."""
    with ui.reading() as session:
        known = registry.choices(session, actor.base_id)
    opened: Any = st.expander(
        "登记转化事件", icon=":material/swap_horiz:", key=f"record-{detail.id}", on_change="rerun"
    )
    if opened.open:
        with opened:
            transfer_panel.record(detail, known)
    opened = st.expander(
        "修改成果", icon=":material/edit:", key=f"edit-{detail.id}", on_change="rerun"
    )
    if opened.open:
        with opened:
            result_form.change(detail, known)
    _void(detail)


def _merged(detail: Detail, merged: Merged, may_undo: bool) -> None:
    st.info(f"已并入另一项成果。{ui.plain(merged.told)}", icon=":material/merge:")
    ui.link(
        ui.plain(merged.into_name), "results", icon=":material/arrow_forward:", id=merged.into_id
    )
    if may_undo:
        merge_panel.back((detail.id, detail.rev, detail.code), merged)


def _same(detail: Detail, actor: Actor, view: Moment) -> None:
    """Merge into the result that is named by its code."""
    opened: Any = st.expander(
        "与另一项是同一成果：合并", icon=":material/merge:", key=f"same-{detail.id}",
        on_change="rerun",
    )  # fmt: skip
    if not opened.open:
        return
    with opened:
        code = st.text_input(
            "并入的成果编号", max_chars=32, key=f"into-{detail.id}", placeholder="如 CG-2026-0001"
        )
        if not (code or "").strip():
            return
        with ui.reading() as session:
            into = result_detail.by_code(session, actor, code)
            facts = alike.results_told(session, [into[0]])[into[0]][1] if into else {}
        if into is None:
            st.error("没有找到这个编号的成果，请核对编号。")
            return
        st.markdown(f"并入 **{ui.plain(into[1])}**")
        ui.facts({name: text for name, text in facts.items() if text and name != alike.NAME})
        gone = (detail.id, detail.rev, detail.code)
        merge_panel.form(gone, (into[0], into[1].split(" ")[0]), detail.base_id, view)


def _apart(detail: Detail) -> None:
    """Count a part by itself, or with its package again."""
    if detail.package is None:
        return
    verb = results.rejoin if detail.split else results.split
    title = "撤销拆分" if detail.split else "拆分计数"
    with st.popover(title), st.form(f"apart-{detail.id}", border=False):
        price = None
        if not detail.split:
            st.text("有单独价格或单独登记号的成果可以从成果包中拆出，单独计 1 项。")
            price = st.number_input("单独价格（万元）", 0.0, value=None, format="%.2f")
        reason = ui.area("理由 *", most=500)
        sent = st.form_submit_button("确认" + title)
    if sent:
        options: dict[str, Any] = {} if detail.split else {"own_price": _money(price)}
        _do(detail, verb, f"已{title}。", reason=reason or "", **options)


def _void(detail: Detail) -> None:
    with st.popover("作废成果"), st.form(f"void-{detail.id}", border=False):
        st.text("只用于录错的成果：它的编号可以再用，日志里仍有记录。")
        reason = ui.area("理由 *", most=500)
        sent = st.form_submit_button("确认作废")
    if sent:
        _do(detail, results.void_result, f"已作废 {detail.code}。", reason=reason or "")


def _do(detail: Detail, verb: Any, done: str, **options: Any) -> None:
    seen = Seen("result", detail.id, detail.rev)
    key = ui.once(f"{verb.__name__}-{detail.id}")
    if ui.act(verb, detail.id, seen=seen, key=key, done=done, **options):
        st.rerun()


def _money(value: float | None) -> Any:
    return None if value is None else transfer_panel.exact(f"{value:.2f}")
