"""合并: one result into another, with what it would change in the counts; and back again."""

import streamlit as st

from pilot import ui
from pilot.domain.moment import Moment
from pilot.reports import effect
from pilot.reports.result_detail import Merged
from pilot.services import merging
from pilot.services.command import Seen

_FOLLOWS = (
    "合并后只有一项存续：转化事件、合同、编号、附带成果、项目关联和填报都归到存续的一项，"
    "两家持有方都署名；另一项留作历史，可以凭理由撤销合并。"
)


def form(gone: tuple[int, int, str], into: tuple[int, str], base_id: int, view: Moment) -> None:
    """Merge `gone` (id, page version, code) into `into` (id, code), after a look at the effect."""
    gone_id, rev, code = gone
    into_id, into_code = into
    key = f"merge-{gone_id}-{into_id}"
    st.caption(_FOLLOWS)
    tried = ui.rehearse(merging.merge, gone_id, into_id, reason="预演")
    if tried.reasons:
        lines = "\n".join(f"- {ui.plain(one)}" for one in tried.reasons)
        st.error(f"**现在还不能合并**\n{lines}", icon=":material/block:")
        return
    with ui.reading() as session:
        words = effect.told(session, base_id, view, tried.entries)
    lines = "\n".join(f"- {ui.plain(one)}" for one in words)
    st.info(f"**合并会改变什么**\n{lines}", icon=":material/visibility:")
    with st.form(key, border=False):
        reason = ui.line("理由 *", most=500, key=f"{key}-reason")
        label = f"确认：{code} 并入 {into_code}"
        sent = st.form_submit_button(ui.plain(label), type="primary", icon=":material/merge:")
    if sent:
        seen = Seen("result", gone_id, rev)
        done = f"{code} 已并入 {into_code}。"
        verb = merging.merge
        once = ui.once(key)
        if ui.act(verb, gone_id, into_id, reason=reason or "", seen=seen, key=once, done=done):
            st.rerun()


def back(gone: tuple[int, int, str], merged: Merged) -> None:
    """Take a merge back, for a reason."""
    gone_id, rev, code = gone
    with st.popover("撤销合并"), st.form(f"unmerge-{gone_id}", border=False):
        st.text("这项成果重新单独存续，当时随它移动的都移回来；计数重新判定。")
        reason = ui.area("理由 *", most=500)
        sent = st.form_submit_button("确认撤销合并")
    if sent:
        seen = Seen("result", gone_id, rev)
        done = f"已撤销：{code} 不再并入 {merged.into_name}。"
        key = ui.once(f"unmerge-{gone_id}")
        if ui.act(merging.undo, gone_id, reason=reason or "", seen=seen, key=key, done=done):
            st.rerun()
