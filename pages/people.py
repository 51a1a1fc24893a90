"""人员与权限: who can sign in, what they may do, and how others come in."""

from datetime import UTC, datetime

import streamlit as st

from pilot import ui
from pilot.domain.people import Role
from pilot.reports import joining, mail, people, registry
from pilot.screens import account_list, account_mail, account_panel, invitations, pick
from pilot.screens import registrations as requests
from pilot.screens.account_list import Part

admin = ui.require(Role.ADMIN)
st.title("人员与权限")

with ui.reading() as session:
    waiting = joining.waiting(session, admin)
    units = registry.organisation_names(session, admin.base_id)
part = account_list.parts(waiting)

if part is Part.ACCOUNTS:
    with ui.reading() as session:
        lines = people.account_lines(session, admin)
        mailboxes = mail.addresses(session, admin)
    if line := account_list.choice(lines):
        account_panel.panel(line, units)
        if ui.mail_server():
            account_mail.field(line, mailboxes)

if part is Part.NEW:
    account_list.new()

if part is Part.INVITATIONS:
    with ui.reading() as session:
        found = joining.invitations(session, admin, datetime.now(UTC), pick.page())
    invitations.new(units)
    invitations.listed(found)

if part is Part.REQUESTS:
    with ui.reading() as session:
        policy = joining.policy(session, admin)
    requests.switch(policy)
    shown = requests.choice(waiting)
    with ui.reading() as session:
        asked = joining.requests(
            session, admin, waiting=shown is requests.Shown.WAITING, page=pick.page()
        )
    requests.listed(asked, shown, units)
