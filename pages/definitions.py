"""口径与目标: how each indicator is counted, what was promised, what has been reported."""

import streamlit as st

from pilot import ui
from pilot.domain.people import Role, may
from pilot.domain.vocabulary import Gate, HazardClass
from pilot.reports import code_lists, definitions, review_policy
from pilot.screens import definition_form, goal_forms, list_forms, pick, review_rules
from pilot.screens.definition_sections import Section

actor = ui.require(Role.ADMIN, Role.MANAGER, Role.OFFICER)
st.title("口径与目标")
view = ui.strip()
section = pick.word("内容", "section", list(Section), default=Section.DEFINITIONS, hidden=True)

if section is Section.DEFINITIONS:
    with ui.reading() as session:
        rows, latest = (
            definitions.versions(session, actor, view),
            definitions.latest(session, actor),
        )
    definition_form.versions(rows)
    if may(actor, "definition.save") and view.live:
        definition_form.form(actor, latest, view)

elif section is Section.TARGETS:
    with ui.reading() as session:
        rows = definitions.targets(session, actor)
    goal_forms.target_table(rows)
    if may(actor, "target.save") and view.live:
        goal_forms.target_form(rows, view)

elif section is Section.FILINGS:
    with ui.reading() as session:
        rows = definitions.filings(session, actor, view)
    goal_forms.filing_table(rows)
    if may(actor, "year.file") and view.live:
        goal_forms.filing_form(rows, view)

elif section is Section.CHECKLISTS:
    with st.container(horizontal=True):
        gate = pick.word("阶段门", "gate", list(Gate), default=Gate.G1)
        kinds = [HazardClass.GENERAL, HazardClass.HAZARDOUS]
        hazard = pick.word("项目类别", "hazard", kinds, default=HazardClass.GENERAL)
    with ui.reading() as session:
        rows, papers = code_lists.checklist(session, actor), code_lists.papers(session, actor)
    may_edit = may(actor, "checklist.save") and view.live
    list_forms.checklist(rows, papers, gate, hazard, may_edit)

elif section is Section.REVIEW:
    with ui.reading() as session:
        rules = review_policy.policy(session, actor)
    review_rules.told(rules)
    if may(actor, "review_policy.save") and view.live:
        review_rules.form(rules)

else:
    with ui.reading() as session:
        names = code_lists.list_names(session, actor)
    name = st.selectbox("代码表", names, format_func=names.get, key="list", width=320)
    if name:
        with ui.reading() as session:
            rows = code_lists.codes(session, actor, name)
        list_forms.code_list(rows, name, names[name], may(actor, "code.save") and view.live)
    else:
        st.info("还没有代码表；初始化基地时会装入。", icon=":material/info:")
