"""报表导出: choose a list, see its first rows, take it away as a file."""

import streamlit as st

from pilot import ui
from pilot.domain.people import Role
from pilot.reports import exports
from pilot.reports.exports import Encoding, Format
from pilot.reports.tables import TABLES, Chosen
from pilot.screens.kept import kept

reader = ui.require(Role.MANAGER, Role.OFFICER, Role.PROVINCE, Role.ADMIN)
st.title("报表导出")
view = ui.strip()
SHOWN = 20  # rows

with st.container(horizontal=True, vertical_alignment="bottom"):
    titles = {name: table.title for name, table in TABLES.items()}
    name = st.segmented_control(
        "表", titles, default="projects", format_func=titles.get, required=True,
        key="table", bind="query-params", wrap=True,
    )  # fmt: skip
    table = TABLES[name or "projects"]
    scopes = {scope.label if scope else "不限": scope for scope in table.scopes}
    scope = "不限"
    if len(scopes) > 1:
        scope = st.segmented_control("统计范围", scopes, default=next(iter(scopes)), required=True)
    kind = st.segmented_control(
        "格式", list(Format), default=Format.XLSX, format_func=lambda one: one.label, required=True
    )
    encoding = Encoding.UTF8
    if kind is Format.CSV:
        encoding = st.segmented_control(
            "编码", list(Encoding), default=encoding, format_func=lambda one: one.label,
            required=True, help="旧版软件只认国标编码时选 GB18030；WPS 和 Excel 用 UTF-8。",
        )  # fmt: skip

with ui.reading() as session:
    chosen = Chosen(scope=scopes.get(scope))
    export = exports.asked(session, reader, table.name, view, chosen)
    rows, number = kept(exports.beginning, session, table.name, *export.place, SHOWN)
    about = exports.metadata(session, export, number)

with st.container(horizontal=True):
    st.link_button(
        f"下载{table.title}（{about['行数']:,} 行）", exports.address(export, kind, encoding),
        type="primary", icon=":material/download:",
    )  # fmt: skip
    st.link_button("元数据（JSON）", exports.address(export, "json", encoding))

if rows.empty:
    st.info("此视图下没有记录；请更换年度、日期或统计范围。下载的文件只有列名。")
else:
    more = "" if len(rows) == about["行数"] else f"，全部 {about['行数']:,} 行在文件中"
    st.caption(f"前 {len(rows)} 行{more}")
    st.dataframe(
        rows, hide_index=True, column_config=table.headings, height="content", placeholder="",
        alt=f"{table.title}前 {len(rows)} 行",
    )  # fmt: skip

st.subheader("文件说明")
about["知悉时刻"] = about["知悉时刻"][:19].replace("T", " ")  # to the microsecond in the files
ui.facts(dict(exports.shown(about)))
