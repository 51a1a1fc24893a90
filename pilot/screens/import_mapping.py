"""Which column each heading is (列名对应): proposed, never taken without being confirmed."""

import streamlit as st

from pilot import ui
from pilot.domain.arrangement import MOST_LEVELS, Arrangement, find, headings_of, propose
from pilot.domain.importing import BatchState
from pilot.reports.imports import Shown
from pilot.services import importing
from pilot.services.command import Seen
from pilot.ui import desk

_PASSED = "不导入"


def asked(shown: Shown) -> bool:
    """Whether the mapping is open: it must be confirmed, or somebody wants to change it."""
    if shown.state is BatchState.MAPPING:
        return True
    return shown.state is BatchState.CHECKED and st.toggle("修改列名对应", key=f"remap-{shown.id}")


def form(shown: Shown, *, writes: bool) -> None:
    """Where the headings stand, and a column for each."""
    st.subheader("确认列名对应")
    st.markdown(
        "文件的列名与模板不同。下面是建议，**请逐列核对**；确认一次，同一来源以后不再询问。"
    )
    where = _where(shown)
    rows = shown.layout[where.first - 1 :]
    headings = list(dict.fromkeys(name for name in headings_of(rows, where.levels) if name))
    columns = {column.key: column for column in shown.kind.columns}
    labels = {None: _PASSED} | {key: _label(column) for key, column in columns.items()}
    chosen: dict[str, str | None] = {}
    with st.container(border=True):
        for number, one in enumerate(propose(headings, shown.kind.columns)):
            chosen[one.heading] = st.selectbox(
                f"{ui.plain(one.heading)}　:small[:gray[{one.how.label}]]", list(labels),
                index=list(labels).index(one.key), format_func=labels.get,
                key=f"map-{shown.id}-{where.first}-{where.levels}-{number}",
            )  # fmt: skip
    source = ui.line(
        "来源名称 *", shown.source, most=100, key=f"source-name-{shown.id}",
        placeholder="如：科技局年度台账", help="同一来源的下一份文件直接使用这次的对应。",
    )  # fmt: skip
    if st.button("确认对应并检查", type="primary", key=f"map-{shown.id}", disabled=not writes):
        done = ui.act(
            importing.confirm_mapping, shown.id, source=source, where=where, columns=chosen,
            seen=Seen("import_batch", shown.id, shown.rev), key=ui.once(f"map-{shown.id}"),
            done="已确认列名对应，检查结果如下。",
        )  # fmt: skip
        if done is not None:
            with st.spinner("正在检查……"):
                desk.work(shown.id)
            st.rerun()


def _where(shown: Shown) -> Arrangement:
    found = find(shown.layout, shown.kind.columns)
    with st.container(horizontal=True):
        first = st.number_input(
            "列名从第几行开始", 1, max(len(shown.layout), 1), found.first, key=f"first-{shown.id}"
        )
        levels = st.number_input(
            "列名占几行", 1, MOST_LEVELS, found.levels, key=f"levels-{shown.id}"
        )
    top = shown.layout[: first + levels + 1]
    width = max(len(row) for row in top)
    padded = [[str(number), *row, *[""] * (width - len(row))] for number, row in enumerate(top, 1)]
    names = ["行", *[str(number) for number in range(1, width + 1)]]
    st.dataframe(
        [dict(zip(names, row, strict=True)) for row in padded], hide_index=True, placeholder="",
        alt="文件开头的几行", height="content",
    )  # fmt: skip
    return Arrangement(int(first), int(levels))


def _label(column) -> str:
    return f"{column.heading} *" if column.required else column.heading
