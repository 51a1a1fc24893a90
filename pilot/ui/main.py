"""The main script of every page: who looks, which pages they have, what stands around them."""

import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import StopException

from pilot.config import settings
from pilot.domain.people import Role
from pilot.services import door, trace
from pilot.services.door import Limits, Visitor
from pilot.ui import flash, links, menu, system
from pilot.ui.strip import carry, past_banner, view
from pilot.ui.visitor import arrival, ask_to_sign_in, engine, staying
from pilot.ui.words import plain

PRODUCT = "中试项目组合"
STATIC = Path(__file__).parent / "static"
ICON, LOGO = STATIC / "icon.png", STATIC / "logo.svg"


def main() -> None:
    """One run: always through st.navigation, so that no page is ever found beside it."""
    # A local icon, named before the pages: theirs would be fetched from the icon font's site.
    st.set_page_config(page_title=PRODUCT, page_icon=str(ICON), layout="wide")
    st.logo(str(LOGO), size="large", icon_image=str(ICON))
    who, unread = arrival()
    if who is None:
        st.navigation(menu.pages(frozenset(Role)), position="hidden")
        flash.draw(st.container())  # what a person did to their own account ended this session
        ask_to_sign_in()
        return
    page = st.navigation(menu.pages(who.actor.roles, unread), expanded=True)
    st.set_page_config(page_title=f"{page.title} · {PRODUCT}")
    note_use(who)
    carry(page.url_path)
    sidebar(who)
    if settings().demo:
        st.badge("演示数据：全部为虚构", icon=":material/science:", color="orange")
    past_banner(view())
    system.alarm(who.actor)
    messages = st.container()
    shown = flash.draw(messages)
    with (
        contextlib.suppress(StopException),
        staying(who),
        links.leading(who.actor.roles, page.url_path),
    ):
        page.run()  # a page ends, its messages do not
    flash.draw(messages, after=shown)
    flash.clear()


def note_use(who: Visitor) -> None:
    """A run of a page is use of the session; what refreshes by itself does not come here."""
    chosen = settings()
    limits = Limits(timedelta(minutes=chosen.idle_minutes), timedelta(hours=chosen.session_hours))
    door.touch(engine(), who, now=datetime.now(UTC), limits=limits)


def sidebar(who: Visitor) -> None:
    """Who is signed in, and the way out."""
    with st.sidebar:
        roles = "、".join(role.label for role in Role if role in who.actor.roles)
        st.markdown(f"**{plain(who.actor.name)}**  \n{roles}")
        st.link_button("退出登录", "/auth/logout", icon=":material/logout:", width="stretch")


with trace.page_run():
    main()
