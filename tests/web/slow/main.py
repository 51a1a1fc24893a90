"""One action of `seconds`, for the person `name`; the page says what came of it."""

import time
from datetime import datetime

import streamlit as st
from sqlmodel import Session

from pilot import ui
from pilot.domain.people import Actor
from pilot.services import trace
from pilot.services.command import verb
from pilot.store.models import Person
from pilot.ui import flash


@verb("person.save")
def add_slowly(session: Session, name: str, seconds: float, *, by: Actor, at: datetime) -> Person:
    """The row first, then the wait: a stop in between must not leave half of it."""
    row = Person(base_id=by.base_id, name=name, kind="other", recorded_at=at)
    session.add(row)
    session.flush()
    time.sleep(seconds)
    return row


with trace.page_run():
    if "boom" in st.query_params:
        raise ZeroDivisionError("示例")
    if name := st.query_params.get("name"):
        seconds = float(st.query_params.get("seconds", "0"))
        if done := ui.act(add_slowly, name, seconds):
            st.text(f"committed {done.sequence}")
        flash.draw(st.container())
    st.text("end of page")
