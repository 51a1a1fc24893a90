"""成果与转化: results, how they changed hands, contracts, units and persons."""

import streamlit as st

from pilot import ui
from pilot.domain.people import Role
from pilot.screens import contract_panel, duplicate_list, pick, registry_panel, result_list
from pilot.screens.result_sections import Section

actor = ui.require(Role.ADMIN, Role.MANAGER, Role.REVIEWER, Role.OFFICER, Role.PROVINCE)
st.title("成果与转化")
view = ui.strip()
sections = [one for one in Section if one is not Section.REGISTRY or not actor.sees_all_bases]
section = pick.word("内容", "section", sections, default=Section.RESULTS, hidden=True)

if section is Section.RESULTS:
    result_list.section(actor, view)
elif section is Section.TRANSFERS:
    result_list.transfers(actor, view)
elif section is Section.CONTRACTS:
    contract_panel.section(actor, view)
elif section is Section.DUPLICATES:
    duplicate_list.section(actor, view)
else:
    registry_panel.section(actor, view)
