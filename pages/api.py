"""数据接口: which other systems read from here, with which token."""

from datetime import UTC, datetime

import streamlit as st

from pilot import ui
from pilot.domain.people import Role
from pilot.reports import api_tokens
from pilot.screens import token_panel

admin = ui.require(Role.ADMIN)
st.title("数据接口")
st.markdown(
    "省级平台和其他系统可凭令牌只读取数：指标汇总、三项指标明细、项目台账、成果清单、成果转化明细，"
    "与页面和导出同一套数。"
)

with ui.reading() as session:
    lines = api_tokens.token_lines(session, admin, datetime.now(UTC))

token_panel.told_once()
listed, new, how = st.tabs([f"令牌（{len(lines)}）", "新建令牌", "怎么用"])
with listed:
    token_panel.listed(lines)
with new:
    token_panel.form()
with how:
    token_panel.manual()
