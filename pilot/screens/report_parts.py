"""What stands beside one report: its rows, corrections, thread, packs and exceptions."""

import streamlit as st

from pilot import ui
from pilot.domain.filings import Side
from pilot.domain.preflight import Sheet
from pilot.reports.filing_detail import Detail
from pilot.screens import report_checks, report_days, report_list
from pilot.services import filings

_SHOWN = 200


def parts(shown: Detail) -> None:
    """The tabs of a report; only those that this reader has something in."""
    tabs = {"存档与解锁": _archive, "补报与核减": _late, "期限": report_days.days}
    if shown.judged is not None:
        tabs = {"检查": report_checks.checks, "数据": _rows, **tabs}
    if shown.line.id is not None and "comment" not in shown.refusals:
        tabs["意见"] = _thread
    for tab, draw in zip(st.tabs(list(tabs)), tabs.values(), strict=True):
        with tab:
            draw(shown)


def _rows(shown: Detail) -> None:
    _sheet(shown.judged.sheet, "这期报表没有行；零报告也要提交。")


def _late(shown: Detail) -> None:
    st.caption("已上报的各期之后才知道的变动；它们属于本期，原来报出的数不变。")
    _sheet(shown.late, "没有补报或核减。")


def _sheet(sheet: Sheet, empty: str) -> None:
    if not sheet.rows:
        st.info(empty, icon=":material/inbox:")
        return
    st.dataframe(
        [{key: row.get(key) for key in sheet.headings} for row in sheet.rows[:_SHOWN]],
        hide_index=True, placeholder="", column_config=dict(sheet.headings), alt="报表数据",
    )  # fmt: skip
    more = f"前 {_SHOWN} 行，" if len(sheet.rows) > _SHOWN else ""
    st.caption(f"{more}共 {len(sheet.rows)} 行")


def _thread(shown: Detail) -> None:
    for one in shown.thread:
        with st.container(border=True):
            st.caption(f"**{ui.plain(one.who)}** · {one.at} · {one.act}")
            if one.text != one.act:  # a move without a word
                st.markdown(ui.plain(one.text))
    if not shown.thread:
        st.caption("还没有意见。")
    name = f"say-{shown.line.id}-{len(shown.thread)}"
    with st.form(name, border=False):
        text = ui.area("意见", most=1000, key=f"{name}-text", height=80)
        sent = st.form_submit_button("写下意见", icon=":material/add_comment:")
    if sent:
        key = ui.daily(f"say-{shown.line.id}-{shown.line.state}")
        if ui.act(filings.comment, shown.line.id, text or "", key=key, done="已写下意见。"):
            st.rerun()


def _archive(shown: Detail) -> None:
    if not shown.editions:
        st.caption("还没有签发。签发后，这里可以下载冻结的报表包。")
    for one in shown.editions:
        with st.container(border=True):
            signed = " · ".join(f"{side.label} {ui.plain(one.signers[side])}" for side in Side)
            st.markdown(f"**第 {one.number} 次签发** · {one.frozen_at} · 数据截止 {one.cut_off}")
            st.caption(signed)
            if "comment" not in shown.refusals:
                ui.link(
                    "与现在比较", "report_templates", icon=":material/difference:",
                    section="packs", pack=one.pack_id,
                )  # fmt: skip
            with st.container(horizontal=True):
                stem = shown.line.template
                for label, member, icon in (
                    ("Excel", f"{stem}.xlsx", "table_view"),
                    ("CSV", f"{stem}.csv", "csv"),
                    ("打印页", "print.html", "print"),
                    ("整包（zip）", "zip", "folder_zip"),
                ):
                    st.link_button(
                        label, f"/pack/{one.pack_id}/{member}", icon=f":material/{icon}:"
                    )
    if shown.editions and "comment" not in shown.refusals:
        ui.link(
            "冻结后的变动和更正说明",
            "report_templates",
            section="packs",
            icon=":material/difference:",
        )
    st.markdown("**解锁例外**")
    report_list.listed_exceptions(shown.exceptions, titled=False)
