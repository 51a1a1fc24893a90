"""Who looks at the page: the cookie's session, looked up in the database once for every run.

A rerun of a fragment is a run of its own, without the main script: it looks up again.
"""

import contextlib
import contextvars
from collections.abc import Iterator
from datetime import UTC, datetime

import streamlit as st
from sqlalchemy import Engine
from sqlmodel import Session

from pilot.config import settings
from pilot.domain.errors import NotAllowed, PilotError
from pilot.domain.people import Actor, Role
from pilot.services import door, notices, security
from pilot.services.door import Visitor
from pilot.store import engine as store
from pilot.ui.words import plain

SIGN_IN_AGAIN = "登录已失效，请重新登录。没有提交的内容不会保存。"
_here: contextvars.ContextVar[Visitor | None] = contextvars.ContextVar("here", default=None)
# What this run has asked once and every session of it knows: where the journals end.
_asked: contextvars.ContextVar[dict | None] = contextvars.ContextVar("asked", default=None)


def engine() -> Engine:
    """The one engine of this process."""
    return store.shared(settings().url)


def token() -> str:
    """The session token that the browser sent when it opened the page's socket."""
    return st.context.cookies.get(settings().cookie, "")


def arrival() -> tuple[Visitor | None, int]:
    """Who stands behind the page now, and how many notices wait for them.

    None once the session or the account has ended.
    """
    with store.reading(engine()) as session:
        who = door.visitor(session, token(), datetime.now(UTC))
        if who is None or who.must_change:
            return None, 0
        return who, notices.unread(session, who.actor.id)


@contextlib.contextmanager
def staying(who: Visitor) -> Iterator[None]:
    """Inside the block the visitor is known: nobody is looked up twice in one run."""
    before, asked_before = _here.set(who), _asked.set({})
    try:
        yield
    finally:
        _here.reset(before)
        _asked.reset(asked_before)


def look_again() -> None:
    """An action in the middle of a run may have ended the session: the rest looks up anew."""
    _here.set(None)
    _asked.set(None)


def require(*roles: Role) -> Actor:
    """The signed-in person, if they hold one of `roles` (any, when none is named).

    The first line of every page; otherwise the page says why it stays empty and ends.
    """
    who = _here.get() or arrival()[0]
    if who is None:
        ask_to_sign_in()
        st.stop()
    if roles and not who.actor.is_any(*roles):
        wanted = "、".join(role.label for role in roles)
        refusal = NotAllowed(f"您的角色不能查看此页；需要{wanted}角色。")
        security.refused(refusal, "page", who.actor.id)
        st.error(plain(refusal.message))
        st.stop()
    return who.actor


@contextlib.contextmanager
def reading() -> Iterator[Session]:
    """A session to read from; the signed-in person is looked up unless this run has done so.

    A refusal raised inside is shown as its sentence and ends the page.
    """
    account_id = None
    try:
        with store.reading(engine()) as session:
            who = _here.get() or door.visitor(session, token(), datetime.now(UTC))
            if who is None:
                raise NotAllowed(SIGN_IN_AGAIN)
            account_id, asked = who.actor.id, _asked.get()
            session.info.update(asked or {})
            yield session
            if asked is not None:
                asked.update(session.info)
    except PilotError as error:
        security.refused(error, "read", account_id)
        st.error(plain(error.message))
        st.stop()


def ask_to_sign_in() -> None:
    """Say that the session has ended, and where to sign in again."""
    st.warning(SIGN_IN_AGAIN, icon=":material/lock:")
    st.link_button("重新登录", "/auth/login", type="primary")
