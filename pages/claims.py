"""指标明细: from the number on a card to every unit behind it, and to the proof of each."""

import streamlit as st

from pilot import ui
from pilot.domain.people import Role, may
from pilot.domain.vocabulary import Indicator, Scope, Standing, Term
from pilot.reports import claims, explanations
from pilot.reports.tables import Chosen
from pilot.screens import claim_list, claim_panel, pick
from pilot.services import verify


class Tab(Term):
    """What is listed: the units of one standing, or every change."""

    COUNTED = "counted", "计入"
    PENDING = "pending", "待核"
    EXCLUDED = "excluded", "不计入"
    RECORD = "record", "变动记录"


reader = ui.require(Role.ADMIN, Role.MANAGER, Role.REVIEWER, Role.OFFICER, Role.PROVINCE)
title = st.container()
view = ui.strip()

with st.container(horizontal=True):
    indicator = pick.word("指标", "indicator", list(Indicator), default=Indicator.NEW_PILOT)
    scope = pick.word("统计范围", "scope", [Scope.CITY, Scope.BASE], default=Scope.CITY)
tab = pick.asked("standing", list(Tab), Tab.COUNTED)
standing = None if tab is Tab.RECORD else Standing(tab.value)
chosen = Chosen(indicator=indicator, scope=scope, standing=standing)

with ui.reading() as session:
    number = claims.numbers(session, reader, view, chosen)

counts = {Tab(one.value): n for one, n in number.card.items()} | {Tab.RECORD: number.entries}
title.title(f"{indicator.label} · {scope.label} · {view.year} = {number.card[Standing.COUNTED]}")
pick.word(
    "清单", "standing", list(Tab), default=Tab.COUNTED,
    shown=lambda one: f"{one.label} {counts[one]}", hidden=True,
)  # fmt: skip

if standing is None:
    page = pick.pages(number.entries, claims.PAGE, "page")
    with ui.reading() as session:
        record = claims.ledger(session, reader, view, chosen, page)
    claim_list.record(record)
    st.stop()

claim_list.check_line(number, standing, view)
page = pick.pages(number.rows, claims.PAGE, "page")
with ui.reading() as session:
    rows = claims.lines(session, reader, view, chosen, page)
picked = claim_list.units(rows, standing, many_bases=number.bases > 1)

if picked is not None:
    with ui.reading() as session:
        found = explanations.explanation(session, reader, picked, view)
        agrees = verify.agrees(session, found.base_id, found.unit) if view.live else None
    claim_panel.panel(found, agrees=agrees, may_download=may(reader, "attachment.read"))
elif not rows.empty:
    st.caption("点选一行，查看它为什么计入、依据是什么、谁在什么时候登记。")
