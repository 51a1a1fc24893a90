"""Who is responsible for a result (成果负责人): one of the holders' people, or asked for anew."""

from functools import partial

import streamlit as st

from pilot.domain.submission_people import FIELD, person_id
from pilot.screens.submission_fields import Sheet, troubles
from pilot.ui import saving


def person(on: Sheet) -> None:
    """A search-select of the people of the units that hold the result, and a name for a new one."""
    chosen = person_id(on.desk.content)
    gone = {} if chosen is None else {chosen: "不是持有方登记的人员"}
    people = gone | dict(on.desk.people)
    draw = partial(
        st.selectbox, "成果负责人", list(people), format_func=lambda one: people.get(one, str(one)),
        placeholder=_hint(on, bool(people)),
    )  # fmt: skip
    saving.kept(
        on.form, f"contact-{len(people)}", chosen, draw,
        blank={"index": None}, edit=lambda one: {"contact": {"id": one}},
    )  # fmt: skip
    asked = (on.value("contact") or {}).get("name") or ""
    saving.kept(
        on.form, "contact-name", asked,
        partial(
            st.text_input, "登记簿里没有这个人：申请新增（只填姓名）", max_chars=50,
            help="审核通过时登记为第一持有方的人员；联系方式不在这里填写。",
        ),
        edit=lambda name: {"contact": {"name": name}},
    )  # fmt: skip
    troubles(on, FIELD)


def _hint(on: Sheet, offered: bool) -> str:
    if offered:
        return "输入姓名搜索"
    if not on.value("result.holders"):
        return "请先添加持有方，再选择其人员"
    return "持有方在登记簿里还没有人员，请在下面申请新增"
