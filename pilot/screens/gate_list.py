"""The rounds that wait for a decision (待评审), what wants something of the reader first."""

from collections.abc import Sequence

import streamlit as st

from pilot import ui
from pilot.reports.rounds import Waiting

_MOST = 40


def waiting(rows: Sequence[Waiting]) -> None:
    """One line a round; a click opens it."""
    mine = [row for row in rows if row.duty]
    others = [row for row in rows if not row.duty]
    if not rows:
        st.info(
            "没有等待结论的评审。项目材料齐备后，在项目详情页提交评审。",
            icon=":material/check_circle:",
        )
    for title, group in (("等您办理", mine), ("其他在评审的", others)):
        if group:
            st.subheader(f"{title}（{len(group)}）")
            for row in group[:_MOST]:
                _line(row)
            if len(group) > _MOST:
                st.caption(f"还有 {len(group) - _MOST} 个，办完前面的会依次列出。")


def _line(row: Waiting) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        gate = f":{'blue' if row.duty else 'gray'}-badge[◇ {row.gate.value}]"
        parts = (f"{row.opened_on} 由 {row.submitter} 提交", f"已等 {row.days} 天", row.progress)
        said = ui.plain(" · ".join(part for part in parts if part))
        name = f"**{ui.plain(row.code)}** {ui.plain(row.name)}"
        st.markdown(f"{gate} {name}  \n:gray[{said}]", width="stretch")
        label = row.duty or "查看"
        ui.link(label, "gate", review=row.review_id, icon=":material/arrow_forward:")
