"""The reviewers' queue (审核队列): tabs with counts, the longest waiting first."""

from datetime import UTC, datetime
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.people import Actor
from pilot.domain.submissions import Tab
from pilot.reports import review_queue
from pilot.reports.review_queue import Queue
from pilot.screens import pick
from pilot.services import submission_reviews

_KEY = "review-queue"
_OPEN = f"{_KEY}-open"
_EMPTY = {
    Tab.MINE: "您没有认领中的填报。请到“待认领”里认领一份。",
    Tab.UNCLAIMED: "没有等待认领的填报。有新的填报时会通知您。",
    Tab.RETURNED: "没有退回补正中的填报。",
    Tab.DONE: "还没有办结的填报。",
}


def section(reader: Actor) -> None:
    """The tabs, the search, the table and the way to the next one."""
    now = datetime.now(UTC)
    tab = pick.asked("tab", list(Tab), Tab.UNCLAIMED)
    with ui.reading() as session:
        text = st.query_params.get("q", "")
        found = review_queue.queue(session, reader, tab, text, now, pick.page())
        upcoming = review_queue.next_for(session, reader, 0)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pick.word(
            "分栏", "tab", list(Tab), default=Tab.UNCLAIMED, hidden=True,
            shown=lambda one: f"{one.label} {found.counts[one]}",
        )  # fmt: skip
        pick.text("搜索", "q", "回执号、名称、单位")
    if upcoming is not None and tab in (Tab.MINE, Tab.UNCLAIMED):
        st.button(
            "认领并打开下一份", type="primary", icon=":material/arrow_forward:",
            on_click=take, args=(upcoming,), key="take-next", shortcut="n",
            help="先是您已认领的，再是等得最久的；快捷键 N",
        )  # fmt: skip
    if found.rows.empty:
        st.info(_EMPTY[tab], icon=":material/inbox:")
        return
    with st.container(key="wide"):
        _table(found)
    with st.container(key="narrow", gap="small"):
        for row in found.rows.itertuples():
            _line(row)
    st.caption(f"共 {found.total} 份")
    pick.paging(found.total, review_queue.PAGE)


def take(submission_id: int) -> None:
    """Claim one and open it; one that is claimed by somebody else meanwhile is only opened."""
    ui.act(submission_reviews.claim, submission_id, done="已认领，请审核。")
    for key in ("tab", "q", "p"):
        pick.put(key, None)
    pick.put("id", submission_id)


def _line(row: Any) -> None:
    """One submission on a phone, where a table would show two columns of ten."""
    facts = [
        row.state,
        f"{row.days} 天" if row.days is not None else "",
        f"第 {row.round} 轮" if row.round > 1 else "",
        f"提示 {row.warnings}" if row.warnings else "",
        f"疑似重复 {row.alike}" if row.alike else "",
        f"审核人 {row.reviewer}" if row.reviewer else "",
        row.receipt,
        f"{row.author} {row.organisation}",
    ]
    told = ui.plain(" · ".join(filter(None, facts)))
    ui.link(f"{ui.plain(row.title or row.receipt)} :gray[:small[{told}]]", "review", id=row.id)


def _table(found: Queue) -> None:
    column = st.column_config
    st.dataframe(
        found.rows,
        key=_KEY,
        hide_index=True,
        placeholder="",
        alt="审核队列：回执号、名称、状态、等待天数、填报人和单位、核对提示、疑似重复",
        column_order=[name for name in found.rows.columns if name != "id"],
        column_config={
            "receipt": column.ButtonColumn("回执号", type="tertiary", key=_OPEN, pinned=True),
            "title": column.TextColumn("成果名称", width=215),
            "state": column.TextColumn("状态", width=85),
            "days": column.NumberColumn("天数", help="轮到对方处理已有几天", width=50, format="%d"),
            "author": column.TextColumn("填报人", width=95),
            "organisation": column.TextColumn("单位", width=125),
            "round": column.NumberColumn("轮次", width=50, format="%d"),
            "warnings": column.NumberColumn(
                "提示", width=50, help="说明后通过的核对提示", format="%d"
            ),
            "alike": column.NumberColumn("疑似重复", width=75, format="%d"),
            "reviewer": column.TextColumn("审核人", width=90),
        },
    )
    if click := st.session_state.get(_OPEN):
        ui.go("review", id=found.rows.iloc[click["row"]]["id"])
