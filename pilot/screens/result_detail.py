"""One result on the page: what it is, how it changed hands, what may be done with it."""

from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.moment import Moment
from pilot.domain.people import Actor, may
from pilot.reports import registry
from pilot.reports.result_detail import Detail
from pilot.screens import result_form, transfer_panel
from pilot.services import results
from pilot.services.command import Seen


def panel(detail: Detail, actor: Actor, view: Moment) -> None:
    """The whole result; what writes is shown to those who may, and only for today."""
    writable = view.live and detail.base_id == actor.base_id and not detail.voided
    st.subheader(f"{ui.plain(detail.code)} {ui.plain(detail.title)}")
    if detail.voided:
        st.error(f"已作废：{ui.plain(detail.voided)}", icon=":material/block:")
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.table(
            {name: ui.plain(value) for name, value in detail.facts.items()}, border="horizontal"
        )
    with right:
        _related(detail)
        if detail.lacks and not detail.voided:
            lines = "\n".join(f"- {ui.plain(one)}" for one in detail.lacks)
            st.info(f"**登记还可完善**\n{lines}", icon=":material/edit_note:")
    transfer_panel.lines(detail, actor, writable)
    if writable and (may(actor, "transfer.record") or may(actor, "result.save")):
        _work(detail, actor)


def _related(detail: Detail) -> None:
    for title, page, rows in (
        ("所属成果包", "results", (detail.package,) if detail.package else ()),
        ("包内成果", "results", detail.parts),
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
    with st.container(horizontal=True):
        _apart(detail)
        _void(detail)


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
        reason = st.text_area("理由 *", max_chars=500)
        sent = st.form_submit_button("确认" + title)
    if sent:
        options: dict[str, Any] = {} if detail.split else {"own_price": _money(price)}
        _do(detail, verb, f"已{title}。", reason=reason or "", **options)


def _void(detail: Detail) -> None:
    with st.popover("作废成果"), st.form(f"void-{detail.id}", border=False):
        st.text("只用于录错的成果：它的编号可以再用，日志里仍有记录。")
        reason = st.text_area("理由 *", max_chars=500)
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
