"""The units behind a number, and the record of every change to it (指标明细)."""

from typing import Any

import streamlit as st

from pilot.domain.moment import Moment
from pilot.domain.vocabulary import Standing, Term
from pilot.reports.claims import Numbers
from pilot.screens import pick
from pilot.screens.claim_panel import HISTORY


class Tab(Term):
    """What is listed: the units of one standing, or every change."""

    COUNTED = "counted", "计入"
    PENDING = "pending", "待核"
    EXCLUDED = "excluded", "不计入"
    RECORD = "record", "变动记录"

    @property
    def standing(self) -> Standing | None:
        """The standing that is listed, if it is one."""
        return None if self is Tab.RECORD else Standing(self.value)


_EMPTY = {
    Standing.COUNTED: "还没有计入的单元。请看“待核”里缺什么，补齐后自动计入。",
    Standing.PENDING: "没有待核的单元：该有的证明都齐了。",
    Standing.EXCLUDED: "没有不计入的单元。",
}
_NO_UNITS = "这一年度还没有可以计数的单元：项目通过相应的阶段门、成果转化核实以后，自动列在这里。"
_LINES = {
    "base": st.column_config.TextColumn("基地"),
    "code": st.column_config.TextColumn("单元编号", width=120),
    "name": st.column_config.TextColumn("单元名称", width=220),
    "effective_on": st.column_config.DateColumn("事件日期", width=95, format="YYYY-MM-DD"),
    "recorded_at": st.column_config.TextColumn("登记时间", width=130),
    "rule": st.column_config.TextColumn("规则", width=150),
    "definition": st.column_config.TextColumn("口径", width=65),
    "verifier": st.column_config.TextColumn("核实人", width=95),
    "note": st.column_config.TextColumn("缺少或说明", width=280),
}


def check_line(number: Numbers, standing: Standing, view: Moment) -> None:
    """That the list and the card agree, said aloud; they come from one ledger by two ways."""
    card = number.card[standing]
    when = f"截至 {view.as_of:%Y-%m-%d}，{view.known_on:%Y-%m-%d} 所知"
    if card == number.rows:
        st.caption(
            f":material/check: 合计 = 卡片数字：清单 {number.rows} 行，台账之和 {card}（{when}）"
        )
    else:
        st.error(f"清单 {number.rows} 行与卡片数字 {card} 不一致，请通知系统管理员运行核对。")


def units(rows: Any, standing: Standing, number: Numbers) -> int | None:
    """The list with one row to choose; the claim that the address or the reader chose."""
    if rows.empty:
        text = _EMPTY[standing] if any(number.card.values()) else _NO_UNITS
        st.info(text, icon=":material/info:")
        return None
    order = [name for name in _LINES if name != "base" or number.bases > 1]
    if standing is not Standing.COUNTED:
        order.insert(order.index("effective_on"), order.pop(order.index("note")))
    return pick.row(rows, "claim", _LINES, order=order, alt="指标明细")


def tabs(number: Numbers) -> None:
    """What can be listed, with how much there is of each."""
    counts = {Tab(standing.value): n for standing, n in number.card.items()}
    counts[Tab.RECORD] = number.entries
    pick.word(
        "清单",
        "standing",
        list(Tab),
        default=Tab.COUNTED,
        shown=lambda tab: f"{tab.label} {counts[tab]}",
        hidden=True,
    )


def record(rows: Any) -> None:
    """Every entry of the year, reversals too."""
    if rows.empty:
        st.info("这一年度还没有任何变动。", icon=":material/info:")
        return
    order = ["recorded_at", "what", "sign", "code", "name", "effective_on", "reason", "who", "id"]
    st.dataframe(rows, hide_index=True, column_order=order, column_config=HISTORY, alt="变动记录")
