"""The floor's pages, by `?shape=`: empty; a table as large as the list's; that and four charts."""

import pandas as pd
import streamlit as st

ROWS = 50
_COLUMNS = {
    "项目编号": "ZS-2026-{0:03d}",
    "项目名称": "示例己二腈连续加氢制备技术{0}中试项目",
    "阶段": "中试验证",
    "状态": "进行中",
    "预警": "● 黄",
    "原因": "G2 计划 2026-05-0{1}，已逾期 12 天；缺材料 D05、D13",
    "下一门": "G2",
    "计划日期": "2026-05-0{1}",
    "材料": "{1}/9",
    "本阶段天数": "1{0}",
    "技术领域": "催化剂",
    "项目经理": "示例赵{0}",
    "最近更新": "2026-05-0{1}",
}


@st.cache_data
def table() -> pd.DataFrame:
    """Fifty rows of thirteen columns."""
    return pd.DataFrame(
        {
            name: [text.format(number, number % 9 + 1) for number in range(ROWS)]
            for name, text in _COLUMNS.items()
        }
    )


@st.cache_data
def months() -> pd.DataFrame:
    """What a chart shows."""
    return pd.DataFrame({"month": range(1, 13), "counted": [number * 3 for number in range(12)]})


SPEC = {
    "mark": {"type": "line", "interpolate": "step-after"},
    "encoding": {
        "x": {"field": "month", "type": "quantitative"},
        "y": {"field": "counted", "type": "quantitative"},
    },
}

shape = st.query_params.get("shape", "empty")
if shape == "empty":
    st.write("ok")
else:
    st.text_input("搜索", key="q")
    st.dataframe(table(), hide_index=True, key="rows")
if shape == "charts":
    for number in range(4):
        st.vega_lite_chart(months(), SPEC, key=f"chart-{number}")
