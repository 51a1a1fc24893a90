"""负责的成果: what a person is responsible for, and handing all of it to another."""

from collections.abc import Mapping

import streamlit as st

from pilot import ui
from pilot.domain.people import Actor
from pilot.reports import registry
from pilot.services import result_leads

_SHOWN = 20


def panel(actor: Actor, person_id: int, people: Mapping[int, str]) -> None:
    """The results of a person, each with its link; managers hand them over together."""
    with ui.reading() as session:
        led = registry.led(session, actor, person_id)
    if not led:
        st.caption("不是任何成果的负责人。")
        return
    name = people[person_id].partition("　")[0]
    with st.expander(f"{ui.plain(name)}负责的成果（{len(led)} 项）", icon=":material/science:"):
        for result_id in list(led)[:_SHOWN]:
            ui.link(ui.plain(led[result_id]), "results", id=result_id)
        if len(led) > _SHOWN:
            st.caption(f"另有 {len(led) - _SHOWN} 项；成果清单的导出里有全部名单。")
        _hand_over(person_id, led, {one: people[one] for one in people if one != person_id})


def _hand_over(person_id: int, led: Mapping[int, str], others: Mapping[int, str]) -> None:
    st.caption("离开或调换单位前，把以上成果全部移交给另一位人员；只移交其中一项的，请修改该成果。")
    key = f"hand-over-{person_id}-{len(led)}"
    with st.form(key, border=False):
        to = st.selectbox(
            "移交给", list(others), None, format_func=others.get, key=f"{key}-to",
            placeholder="选择人员；没有的请先登记",
        )  # fmt: skip
        reason = ui.line("移交理由", most=result_leads.LONGEST_REASON, key=f"{key}-why")
        sent = st.form_submit_button("移交全部", icon=":material/move_group:")
    if sent and to is None:
        st.error("请选择接手的人员。")
    elif sent:
        done = f"已移交 {len(led)} 项成果。"
        options = {"result_ids": list(led), "reason": reason or ""}
        if ui.act(result_leads.hand_over, person_id, to, key=ui.once(key), done=done, **options):
            st.rerun()
