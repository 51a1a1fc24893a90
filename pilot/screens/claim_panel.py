"""One claim on the page (为什么计入): rule, definition, grounds, who and when, history."""

import streamlit as st

from pilot.domain.vocabulary import Standing
from pilot.reports.explanations import Explanation
from pilot.reports.grounds import Ground
from pilot.ui import link, plain

_TITLES = {
    Standing.COUNTED: "为什么计入",
    Standing.PENDING: "为什么待核，还缺什么",
    Standing.EXCLUDED: "为什么不计入",
}
_BADGES = {
    Standing.COUNTED: (":material/check_circle:", "green"),
    Standing.PENDING: (":material/hourglass_empty:", "orange"),
    Standing.EXCLUDED: (":material/block:", "gray"),
}
_MISSING = {
    Standing.COUNTED: "注明",
    Standing.PENDING: "还缺",
    Standing.EXCLUDED: "原因",
}
_MARKS = {
    "〔法〕": "法律条文已有规定。",
    "〔定〕": "本系统的设计，不涉及口径。",
    "〔提案〕": "没有现成的官方规定，由本系统提出，须由省、市主管部门确认。",
}
HISTORY = {
    "id": st.column_config.NumberColumn("台账号", width=60, format="%d"),
    "recorded_at": st.column_config.TextColumn("登记时间", width=130),
    "what": st.column_config.TextColumn("变动"),
    "sign": st.column_config.TextColumn("增减", width=50),
    "standing": st.column_config.TextColumn("计入情况", width=70),
    "year": st.column_config.NumberColumn("年度", width=60, format="%d"),
    "code": st.column_config.TextColumn("单元编号", width=120),
    "name": st.column_config.TextColumn("单元名称"),
    "effective_on": st.column_config.DateColumn("生效日期", width=95, format="YYYY-MM-DD"),
    "rule": st.column_config.TextColumn("规则", width=70),
    "reason": st.column_config.TextColumn("缘由"),
    "who": st.column_config.TextColumn("登记人"),
}


def panel(found: Explanation, *, agrees: bool | None, may_download: bool) -> None:
    """The whole explanation; `agrees` says how judging the unit anew came out, None if not done."""
    with st.container(border=True, key="claim-panel"):
        _head(found)
        left, right = st.columns([3, 2], gap="large")
        with left:
            st.markdown("##### 依据")
            for ground in found.grounds:
                _ground(ground, may_download)
            if not found.grounds:
                st.text("没有可显示的依据。")
        with right:
            _rule(found)
            _record(found, agrees)
        st.markdown("##### 这一单元在本指标下的全部变动")
        _history(found)


def _head(found: Explanation) -> None:
    icon, color = _BADGES[found.standing]
    st.subheader(f"{_TITLES[found.standing]}：{plain(found.code)} {plain(found.name)}")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(found.standing.label, icon=icon, color=color)
        st.text(
            f"{found.indicator.label} · {found.scope.label} · {found.year} 年度，"
            f"事件日期 {found.effective_on}"
        )
    if found.missing:
        lines = "\n".join(f"- {plain(sentence)}" for sentence in found.missing)
        box = st.warning if found.standing is Standing.PENDING else st.info
        box(f"**{_MISSING[found.standing]}**\n{lines}")


def _ground(ground: Ground, may_download: bool) -> None:
    with st.container(border=True):
        st.markdown(f"**{ground.what}**")
        st.text(ground.says)
        if ground.vouched:
            st.caption(plain(ground.vouched))
        with st.container(horizontal=True):
            if ground.page:
                label = "查看评审" if ground.page == "gate" else "查看原记录"
                link(label, ground.page, icon=":material/open_in_new:", **dict(ground.query))
            if ground.file_id and may_download:
                _file(ground.file_id, "下载证明文件")
            for file_id, words in ground.papers if may_download else ():
                _file(file_id, plain(words))


def _file(file_id: int, label: str) -> None:
    st.link_button(label, f"/files/{file_id}", icon=":material/attach_file:")


def _rule(found: Explanation) -> None:
    st.markdown(f"##### 规则 {found.rule.number}")
    st.markdown(
        f"**{plain(found.rule.title)}** {found.rule.mark}", help=_MARKS.get(found.rule.mark)
    )
    for text in (found.rule.text, *found.rule.examples):
        if text:
            st.text(text)
    st.markdown(f"##### 口径第 {found.version.number} 版（{found.version.valid}）")
    st.text(found.version.text)
    st.caption(plain(found.version.parameters))


def _record(found: Explanation, agrees: bool | None) -> None:
    st.markdown("##### 登记")
    for what, value in (
        ("登记时间", found.recorded_at),
        ("登记人", found.recorded_by),
        ("核实人", found.verifier or "尚无"),
        ("台账", f"第 {found.claim_id} 条"),
    ):
        st.text(f"{what}：{value}")
    if agrees:
        st.success("刚才已由现有事实重新判定这一单元，与台账一致。", icon=":material/verified:")
    elif agrees is False:
        st.error(
            "由现有事实重新判定的结果与台账不一致，请通知系统管理员运行核对。",
            icon=":material/error:",
        )


def _history(found: Explanation) -> None:
    shown = [column for column in HISTORY if column not in ("code", "name")]
    st.dataframe(
        found.history,
        hide_index=True,
        column_order=shown,
        column_config=HISTORY,
        alt="这一单元的全部变动",
    )
