"""Look-alikes beside the form (疑似重复): each with its ground, and the author's answer."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.lookalikes import SAID_SAME
from pilot.domain.people import Actor
from pilot.reports import alike, submissions
from pilot.reports.alike import HOLDERS, NAME, Alike
from pilot.screens.submission_fields import Sheet
from pilot.services import lookalikes
from pilot.ui import saving


def read(session: Any, actor: Actor, on: Sheet) -> list[Alike]:
    """What the saved content resembles now."""
    row = submissions.row_of(session, actor, on.desk.id)
    return alike.told(session, row, on.desk.content)


def panel(on: Sheet, found: Sequence[Alike]) -> None:
    """Every look-alike with what may be answered; nothing where there is none."""
    if not found:
        return
    left = alike.unanswered(found)
    title = f"疑似重复 {len(found)} 项" + (f"，{left} 项需要说明" if left else "")
    st.markdown(f"**:material/content_copy: {title}**")
    st.caption("同一项成果只登记一次。请逐项说明；说明会给审核人看，以后不再询问。")
    for one in found:
        with st.container(border=True):
            _one(on, one)


def _one(on: Sheet, one: Alike) -> None:
    name = f"{one.code} {one.facts[NAME]}".strip()
    colour = "orange" if one.certain else "gray"
    st.markdown(f":{colour}-badge[{one.ground}] {ui.plain(name)}")
    st.caption("　".join(ui.plain(text) for text in (one.standing, one.facts[HOLDERS]) if text))
    if one.reason:
        st.markdown(f":green[:material/check: 已说明不是同一项：{ui.plain(one.reason)}]")
        return
    field = SAID_SAME[one.table]
    key = f"{on.form.key}-{one.table}-{one.id}"
    if one.same:
        st.markdown(":green[:material/check: 您已说明：是同一项]")
        if one.table == "result":
            st.caption("审核通过后不再新增成果；填写的转化记在这项成果下。")
        st.button(
            "改变说明", key=f"{key}-undo", on_click=saving.save, args=(on.form, {field: None})
        )
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            "是同一项", key=f"{key}-same", on_click=saving.save, args=(on.form, {field: one.id})
        )
        ui.line(
            "不是同一项，因为…", most=300, key=f"{key}-why", width=320,
            placeholder="如：配方不同，本项用于另一种原料",
        )  # fmt: skip
        st.button(
            "不是同一项", key=f"{key}-other", on_click=_differ, args=(on.desk.id, one, f"{key}-why")
        )


def _differ(submission_id: int, one: Alike, name: str) -> None:
    ui.act(
        lookalikes.distinguish, submission_id, one.table, one.id,
        reason=st.session_state[name] or "", key=ui.once(name), done="已记下不是同一项的理由。",
    )  # fmt: skip
