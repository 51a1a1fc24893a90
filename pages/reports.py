"""上报: the reporting calendar, and one report from its first row to its frozen pack."""

from datetime import UTC, datetime

import streamlit as st

from pilot import ui
from pilot.domain.moment import local_day
from pilot.domain.people import Role
from pilot.reports import filing_detail, filing_lines
from pilot.screens import (
    pick,
    report_deadlines,
    report_head,
    report_list,
    report_parts,
    report_rules,
)
from pilot.screens.report_sections import Section

reader = ui.require(Role.ADMIN, Role.MANAGER, Role.OFFICER, Role.PROVINCE)
now = datetime.now(UTC)
today = local_day(now)
asked, base = pick.number("id"), pick.number("base")
template, period = (st.query_params.get(key) for key in ("report", "period"))

if asked is not None or (template and period):
    with ui.reading() as session:
        shown = (
            filing_detail.by_id(session, reader, asked, now, ui.folder())
            if asked is not None
            else filing_detail.by_period(session, reader, template, period, now, ui.folder(), base)
        )
    report_head.head(shown, today)
    report_head.moves(shown, today)
    report_parts.parts(shown)
else:
    st.title("上报")
    view = ui.strip()
    section = pick.word("内容", "section", list(Section), default=Section.LINES, hidden=True)
    with ui.reading() as session:
        bases = {one.id: one.name for one in filing_lines.bases(session, reader)}
    if len(bases) > 1:
        names = list(bases)
        base = st.selectbox(
            "基地", names, names.index(base) if base in bases else 0, format_func=bases.get,
            key="report-base", on_change=lambda: pick.put("base", st.session_state["report-base"]),
        )  # fmt: skip
    if section is Section.DEADLINES:
        report_deadlines.section(reader, view, now, base)
    elif section is Section.RULES:
        report_rules.section(reader, view, now, base)
    else:
        report_list.section(reader, view, now, base)
