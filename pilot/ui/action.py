"""The one way from a page to a verb: the actor from the cookie, a once-only key, a sentence."""

import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from pilot.config import settings
from pilot.domain.errors import Conflict, PilotError
from pilot.services import attachments, trace
from pilot.services.attachments import Quota, StoredFile, Upload
from pilot.services.command import Done, Seen, perform
from pilot.ui import flash, visitor
from pilot.ui.strip import view

PAST = "现在看到的是过去的情况，不能修改；请先回到今天。"
_PREFIX = "once-"
_DOUBLE_CLICK = 3.0  # seconds in which the same content again is the same click


def act(
    verb: Callable,
    *args: Any,
    key: str | None = None,
    seen: Seen | None = None,
    done: str = "已保存。",
    upload: UploadedFile | None = None,
    of_project: int | None = None,
    **options: Any,
) -> Done | None:
    """Run a verb for the signed-in person and say how it went; None when it was refused.

    As `on_click` or inline. `key` is `once(name)` of the form; `seen` the version it showed.
    An `upload`, for the project `of_project`, is safe on disk before the verb runs, which gets it
    as `file`.
    Nothing typed is lost by a refusal: the form keeps its values, the reasons stand above it.
    """
    trace.begin()
    try:
        if not view().live:
            raise Conflict(PAST)
        if upload is not None:
            options["file"] = keep_upload(upload, verb, of_project)
        result = perform(
            visitor.engine(),
            verb,
            *args,
            by=visitor.token(),
            now=datetime.now(UTC),
            key=key and content_key(key, verb, args, options),
            seen=seen,
            **options,
        )
    except PilotError as error:
        flash.refused(error)
        return None
    finally:
        visitor.look_again()
    flash.succeeded(done)
    if key:
        _spend(key)
    return result


def folder() -> str | Path:
    """Where stored files lie, for verbs that keep one of their own making."""
    return settings().attachments


def keep_upload(upload: UploadedFile, verb: Callable, project_id: int | None = None) -> StoredFile:
    """An upload safe on disk; Invalid if it is not taken."""
    chosen = settings()
    most = chosen.max_import_mb if verb.action == "import.stage" else chosen.max_upload_mb
    return attachments.accept(
        visitor.engine(),
        chosen.attachments,
        Upload(upload.name, upload.getvalue(), project_id),
        verb,
        by=visitor.token(),
        now=datetime.now(UTC),
        quota=Quota(most, chosen.project_quota_mb, chosen.person_quota_mb),
    )


def once(name: str) -> str:
    """The key of one filled-in form: the same until its action succeeded, then a new one.

    A spent key lives on for a moment, so that the second click of a double click finds it.
    """
    state = st.session_state.get(_PREFIX + name)
    if state is None or (state[1] and time.monotonic() - state[1] > _DOUBLE_CLICK):
        state = (uuid4().hex, 0.0)
        st.session_state[_PREFIX + name] = state
    return state[0]


def daily(name: str) -> str:
    """The key of words about something: the same ones again that day are the same ones.

    No form knows it, so that a page that was loaded anew, because an answer was lost, finds it.
    """
    return f"{name}-{view().as_of}"


def _spend(key: str) -> None:
    for name, state in st.session_state.items():
        if str(name).startswith(_PREFIX) and state[0] == key:
            st.session_state[name] = (key, time.monotonic())


def content_key(key: str, verb: Callable, args: tuple, options: dict[str, Any]) -> str:
    """One form and one content are one key: other content is another action at any speed."""
    digest = hashlib.sha256(f"{key}{verb.__qualname__}".encode())
    for value in (*args, *sorted(options.items())):
        if isinstance(value, set | frozenset):
            value = sorted(value)
        digest.update(value if isinstance(value, bytes) else repr(value).encode())
    return digest.hexdigest()
