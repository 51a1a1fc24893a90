"""The further receivers of a contract (其他受让方): picked from the registry one by one."""

import streamlit as st

from pilot import ui
from pilot.domain import submission_edits as edits
from pilot.screens.submission_fields import Sheet, troubles
from pilot.ui import saving

_CHOOSE = "一份合同有几个受让方的，逐个添加；仍只计 1 项"


def receivers(on: Sheet) -> None:
    """Who receives the result under the same contract besides its buyer, and one more to choose."""
    named = on.value("receivers") or []
    for one in named:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"其他受让方：{ui.plain(on.desk.units.get(one, '登记簿中没有的单位'))}")
            st.button(
                "移除", icon=":material/delete:", key=f"{on.form.key}-receiver-{one}-out",
                on_click=saving.save, args=(on.form, edits.receiver_removed(one)),
            )  # fmt: skip
    taken = {*named, on.value("contract.buyer_id")}
    left = {one: name for one, name in on.desk.units.items() if one not in taken}
    name = f"{on.form.key}-receiver-{len(named)}-{len(on.desk.units)}"
    st.selectbox(
        "添加其他受让方", list(left), None, format_func=lambda one: left.get(one, str(one)),
        placeholder=_CHOOSE, key=name, on_change=_add, args=(on.form, name),
    )  # fmt: skip
    troubles(on, "receivers")


def _add(form: saving.Form, name: str) -> None:
    chosen = st.session_state[name]
    if chosen is not None:
        saving.save(form, edits.receiver_added(chosen))
