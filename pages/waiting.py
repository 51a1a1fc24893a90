"""等谁办理: what waits for whom in the base, and when its managers are told."""

from datetime import UTC, datetime

import streamlit as st

from pilot import ui
from pilot.domain.people import Role
from pilot.reports import waiting
from pilot.screens import waiting_list

manager = ui.require(Role.MANAGER)
st.title("等谁办理")

now = datetime.now(UTC)
with ui.reading() as session:
    found = waiting.waits(session, manager, now)
    chosen = waiting.reminder(session, manager)

waiting_list.tables(found, now)
waiting_list.reminder(chosen)
