"""报表模板: what each report picks, how it looks now; what has changed since a freeze."""

import streamlit as st

from pilot import ui
from pilot.domain.people import Role, may
from pilot.reports import packs
from pilot.screens import pick, report_changes, report_templates, template_edit
from pilot.screens.report_templates import Section

actor = ui.require(Role.ADMIN, Role.MANAGER, Role.OFFICER)
st.title("报表模板")
view = ui.strip()
section = pick.word("内容", "section", list(Section), default=Section.TEMPLATES, hidden=True)

if section is Section.TEMPLATES:
    with ui.reading() as session:
        known = packs.templates_in_use(session, actor)
    chosen = report_templates.choose(known)
    if chosen is not None:
        period = report_templates.period_field(chosen, view)
        with ui.reading() as session:
            shown = report_templates.previewed(session, actor, chosen, period, view)
        report_templates.show(chosen, shown)
    else:
        st.info("还没有报表模板；请系统管理员运行 pilot migrate 装入随附的模板。")

elif section is Section.EDIT:
    if may(actor, "report_template.save") and view.live:
        template_edit.section(actor, view)
    else:
        st.info("新增或修改模板由系统管理员在今天的视图中进行。", icon=":material/info:")

elif section is Section.CHANGE:
    if may(actor, "report_template.save") and view.live:
        template = report_templates.upload()
        if template is not None:
            period = report_templates.period_field(template, view)
            with ui.reading() as session:
                names = packs.lists_known(session, actor)
                wrong = report_templates.unfit(template, names)
                fits = not wrong
                shown = report_templates.previewed(
                    session, actor, template, period if fits else None, view
                )
            report_templates.save(template, wrong, shown)
    else:
        st.info("新增或修改模板由系统管理员在今天的视图中进行。", icon=":material/info:")

else:
    with ui.reading() as session:
        kept = packs.kept(session, actor)
    pack = report_changes.choose(kept)
    if pack is not None:
        with ui.reading() as session:
            changes = report_changes.found(session, actor, pack, view)
        report_changes.show(changes)
        if changes and may(actor, "report.freeze") and view.live:
            report_changes.note_button(view, kept)
