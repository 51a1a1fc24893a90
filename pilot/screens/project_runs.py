"""The form of a run on the line (登记运行批次)."""

from decimal import Decimal

import streamlit as st

from pilot import ui
from pilot.domain.moment import Moment
from pilot.reports.project import Head
from pilot.services import projects


def record(shown: Head, view: Moment, *, allowed: bool) -> None:
    """One run: days, hours, stops, closure, yield, purity."""
    why = None if allowed else "只有中试验证阶段的项目才有运行批次"
    with st.popover("登记运行批次", icon=":material/add:", disabled=not allowed, help=why):
        if not allowed:
            return
        with st.form(f"run-{shown.id}", border=False):
            run_no = st.text_input("批次号 *", max_chars=32)
            left, right = st.columns(2)
            with left:
                start = ui.day("开始 *", view.as_of)
                hours = st.number_input("连续运行（小时）", 0.0, value=None, format="%.1f")
                closure = st.number_input("物料衡算闭合（%）", 0.0, 999.0, None, format="%.2f")
            with right:
                end = ui.day("结束 *", view.as_of)
                stops = st.number_input("非计划停车（次）", 0, value=None)
                yields = st.number_input("收率（%）", 0.0, 100.0, None, format="%.2f")
            purity = st.number_input("纯度（%）", 0.0, 100.0, None, format="%.2f")
            compared = st.checkbox("已与目标值对比")
            if st.form_submit_button("保存批次", type="primary"):
                done = ui.act(
                    projects.record_run, shown.id, run_no=run_no, started_on=start, ended_on=end,
                    continuous_hours=_exact(hours, 1), stops=stops,
                    closure_percent=_exact(closure, 2), yield_percent=_exact(yields, 2),
                    purity_percent=_exact(purity, 2), targets_compared=compared,
                    key=ui.once(f"run-{shown.id}"), done=f"已登记批次 {run_no}。",
                )  # fmt: skip
                if done:
                    st.rerun()


def _exact(value: float | None, places: int) -> Decimal | None:
    return None if value is None else Decimal(f"{value:.{places}f}")
