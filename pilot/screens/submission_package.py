"""A result under a contract that has passed on another already: part of its package (成果包)."""

from functools import partial

import streamlit as st

from pilot import ui
from pilot.domain.people import Actor
from pilot.reports import earlier_contracts
from pilot.screens.submission_fields import Sheet, troubles
from pilot.services.shared_contracts import FIELD
from pilot.ui import saving


def package(on: Sheet, actor: Actor) -> None:
    """Which package it belongs to; nothing where the contract has passed on no result yet."""
    with ui.reading() as session:
        known = earlier_contracts.packages(session, actor, on.value("contract.no"))
    chosen = on.value(FIELD)
    if not known and chosen is None:
        return
    codes = [*known, *([chosen] if chosen is not None and chosen not in known else [])]
    draw = partial(
        st.selectbox, f"归入这份合同的成果包{on.star(FIELD)}", codes, placeholder="请选择",
        format_func=lambda one: known.get(one, "不是按这份合同转化的成果"),
        help="一份合同转化的几项成果是一个包，只计 1 项；应当分开计数的由审核人写明理由拆分。",
    )  # fmt: skip
    saving.kept(on.form, FIELD, chosen, draw, blank={"index": None})
    troubles(on, FIELD)
