"""Tokens of the read-only interface (接口令牌): the list, a new one, how they are used."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import streamlit as st

from pilot import ui
from pilot.domain.api_tokens import LONGEST, ApiScope
from pilot.domain.moment import local_day
from pilot.reports import api_tokens as report
from pilot.reports.api_tokens import TokenLine
from pilot.services import api_tokens
from pilot.services.command import Seen

_MADE = "api-made"  # the token that was just made, until the page is left or it is put away
_EXAMPLE = """curl -H "Authorization: Bearer 令牌" \\
  "https://本系统地址/api/v1/projects?as_of=2026-06-30&known_on=2026-07-05"
"""


def told_once() -> None:
    """Show a token that was just made; it is not stored and cannot be shown again."""
    made = st.session_state.get(_MADE)
    if made is None:
        return
    with st.container(border=True):
        st.markdown("**新令牌**：请现在复制并妥善保存，关闭后不再显示。")
        st.code(made, language=None, wrap_lines=True)
        st.button("我已保存", key="put-away", on_click=st.session_state.pop, args=(_MADE,))


def listed(lines: Sequence[TokenLine]) -> None:
    """Every token, and a way to take one back."""
    if not lines:
        st.info("还没有令牌。要让其他系统取数，请在“新建令牌”里建一个。", icon=":material/key:")
        return
    st.dataframe(report.token_frame(list(lines)), hide_index=True, height="content", alt="令牌列表")
    live = {line.id: line for line in lines if line.live}
    if not live:
        return
    chosen = st.selectbox(
        "要撤销的令牌", live, index=None, format_func=lambda one: live[one].name,
        placeholder="选择一个在用的令牌", key="token",
    )  # fmt: skip
    if line := live.get(chosen):
        ui.confirm(
            "撤销令牌", "撤销后用它取数的系统立即被拒绝，不能恢复。", api_tokens.revoke, line.id,
            seen=Seen("api_token", line.id, line.rev), key="revoke", done=f"已撤销“{line.name}”。",
        )  # fmt: skip


def form() -> None:
    """Make a token: for whom, what it opens, until when."""
    number = st.session_state.setdefault("token-form", 0)
    today = local_day(datetime.now(UTC))
    with st.form(f"token-{number}", border=False):
        name = ui.line("给谁用 *", most=100, placeholder="如：省科技厅数据平台")
        scopes = st.pills(
            "可读取 *", list(ApiScope), selection_mode="multi", default=list(ApiScope),
            format_func=lambda scope: scope.label,
        )  # fmt: skip
        reach = st.radio("基地", ["本基地", "全部基地"], horizontal=True)
        until = ui.day(
            "有效至 *", today + timedelta(days=180), key=f"token-until-{number}",
            help=f"最长一年，不晚于 {today + LONGEST}；建立人的账号停用时令牌随之失效。",
        )  # fmt: skip
        sent = st.form_submit_button("建立令牌", type="primary")
    if sent:
        _made(name, scopes, until, reach == "全部基地")


def manual() -> None:
    """How the interface is asked, in few words."""
    st.code(_EXAMPLE, language="shell", wrap_lines=True)
    st.markdown(
        "- 地址：`/api/v1/` 加 "
        + "、".join(f"`{scope.value}`（{scope.label}）" for scope in ApiScope)
        + "；字段和参数见 `/api/v1/openapi.json`（OpenAPI 3.1，也凭令牌读取）。\n"
        "- 两个时间：`as_of` 截至日期，`known_on` 知悉日期；`year` 年度。缺省为今天。\n"
        "- 分页：`limit` 最多 1000；应答的 `next` 是下一页的地址，翻页期间的改动不会混进来。\n"
        "- `format=csv` 一次取整张表。应答的 `ETag` 放进 `If-None-Match`，没有变化时返回 304。\n"
        "- 每个令牌每分钟有次数上限，超过时返回 429 和应等的秒数。"
    )


def _made(name: str, scopes: Sequence[ApiScope], until, all_bases: bool) -> None:
    if until is None:
        st.error("请填写有效期的日期。", icon=":material/block:")
        return
    token = st.session_state.setdefault("token-fresh", api_tokens.fresh())
    made = ui.act(
        api_tokens.create, name, scopes, until, token, all_bases=all_bases,
        key=ui.once("token"), done=f"已建立令牌“{name}”。",
    )  # fmt: skip
    if made:
        st.session_state[_MADE] = st.session_state.pop("token-fresh")
        st.session_state["token-form"] += 1
        st.rerun()
