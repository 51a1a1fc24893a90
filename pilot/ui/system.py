"""What an administrator is told about the installation itself (系统状态)."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from pilot.config import settings
from pilot.domain.errors import PilotError
from pilot.domain.people import Actor, Role
from pilot.services import doctor, jobs
from pilot.services.doctor import Check
from pilot.services.mail import delivery
from pilot.store.engine import shared
from pilot.ui.words import plain

_FRESH = timedelta(minutes=1)  # long enough to cost nothing, short enough to be believed


def checks() -> list[Check]:
    """What the doctor finds, a minute old at most."""
    return _checks(settings().url)


def alarm(reader: Actor) -> None:
    """Above every page of an administrator, while the last backup is older than 26 hours."""
    if settings().demo or not reader.is_any(Role.ADMIN):
        return
    if overdue := _overdue(settings().url):
        st.error(plain(f"{overdue}，超过 26 小时；请查看系统状态。"), icon=":material/backup:")


def mail_server() -> str:
    """The mail server and the sender in words; '' where mail is not set, or set wrongly."""
    try:
        post = delivery.post_of(settings())
    except PilotError:
        return ""
    return f"{post.server.shown}，发件人 {post.server.sender}" if post else ""


@st.cache_data(ttl=_FRESH, show_spinner=False)
def _checks(url: str) -> list[Check]:
    return doctor.examine(shared(url), settings(), datetime.now(UTC))


@st.cache_data(ttl=_FRESH, show_spinner=False)
def _overdue(url: str) -> str:
    age = jobs.backup_age(shared(url), datetime.now(UTC))
    return age.sentence if age.overdue else ""
