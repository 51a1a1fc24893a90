"""指标明细: from the number on a card to every unit behind it, and to the proof of each."""

import streamlit as st

from pilot import ui
from pilot.domain.people import Role, may
from pilot.domain.vocabulary import Indicator, Scope, Standing
from pilot.reports import claims, explanations, exports
from pilot.reports.tables import Chosen
from pilot.screens import claim_list, claim_panel, pick
from pilot.screens.claim_list import Tab
from pilot.screens.kept import kept
from pilot.services import verify

reader = ui.require(Role.ADMIN, Role.MANAGER, Role.REVIEWER, Role.OFFICER, Role.PROVINCE)
title = st.container()
view = ui.strip()

with st.container(horizontal=True):
    indicator = pick.word("指标", "indicator", list(Indicator), default=Indicator.NEW_PILOT)
    scope = pick.word("统计范围", "scope", [Scope.CITY, Scope.BASE], default=Scope.CITY)
standing = pick.asked("standing", list(Tab), Tab.COUNTED).standing
chosen = Chosen(indicator=indicator, scope=scope, standing=standing)

with ui.reading() as session:
    number = kept(claims.numbers, session, reader, view, chosen)
title.title(f"{indicator.label} · {scope.label} · {view.year} = {number.card[Standing.COUNTED]}")
claim_list.tabs(number)

if standing is None:
    with ui.reading() as session:
        record = kept(claims.ledger, session, reader, view, chosen, pick.page())
    claim_list.record(record)
    pick.paging(number.entries, claims.PAGE)
    st.stop()

claim_list.check_line(number, standing, view)
with ui.reading() as session:
    rows = kept(claims.lines, session, reader, view, chosen, pick.page())
    export = None
    if may(reader, "report.export") and not rows.empty:
        asked = exports.asked(session, reader, "claims", view, chosen)
        export = exports.address(asked, exports.Format.XLSX)
picked = claim_list.units(rows, standing, number)
pick.paging(number.rows, claims.PAGE)
if export:
    st.link_button("下载这份清单（Excel）", export, icon=":material/download:")

found = None
if picked is not None:
    with ui.reading() as session:
        found = explanations.explanation(session, reader, picked, view)
        agrees = verify.agrees(session, found.base_id, found.unit) if view.live else None
if found and (found.indicator, found.scope, found.standing) == (indicator, scope, standing):
    claim_panel.panel(found, agrees=agrees, may_download=may(reader, "attachment.read"))
elif not rows.empty:
    st.caption("点选一行，查看它为什么计入、依据是什么、谁在什么时候登记。")
