"""People in front of the real server: sockets, a form filled in, a pause, again."""

import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Engine
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection

from pilot.services import projects
from pilot.services.command import perform
from pilot.services.projects import ProjectDraft
from pilot.store.engine import reading
from pilot.store.queries_door import account_named
from tests import serving
from tests.web.client import Browser

LOGIN, BUTTON, FIELD = "manager", "保存进展", "进展 *"
ARRIVE = 3.0  # seconds in which everybody comes
THINK = (5.0, 15.0)  # seconds in which a person fills in the form again
_FINISHED_TO_RERUN = 2


@dataclass(slots=True)
class Seen:
    """What the visitors saw together."""

    commands: list[float] = field(default_factory=list)
    openings: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def people(engine: Engine, count: int) -> None:
    """A project for each visitor."""
    serving.people(engine)
    with reading(engine) as session:
        who = account_named(session, LOGIN).id
    for number in range(count):
        draft = ProjectDraft(name=f"示例项目 {number}")
        perform(engine, projects.register, draft, by=who, now=datetime.now(UTC))


def visit(server: serving.Server, count: int, seconds: float) -> Seen:
    """So many visitors work for so long, each on a project of theirs."""
    browsers = [Browser(server) for _ in range(count)]
    for browser in browsers:
        browser.sign_in(LOGIN)
    seen, end = Seen(), time.monotonic() + seconds
    visitors = [
        threading.Thread(target=_visitor, args=(browser, number + 1, end, seen))
        for number, browser in enumerate(browsers)
    ]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    return seen


def _visitor(browser: Browser, project: int, end: float, seen: Seen) -> None:
    dice = random.Random(project)
    time.sleep(dice.uniform(0, ARRIVE))
    try:
        with browser.socket() as socket:
            start = time.monotonic()
            shown = list(_run(socket, project))
            seen.openings.append(time.monotonic() - start)
            while time.monotonic() < end:
                start = time.monotonic()
                after = list(_run(socket, project, _filled(shown, f"示例进展 {start}")))
                seen.commands.append(time.monotonic() - start)
                seen.errors += _errors(after)
                shown = after
                time.sleep(min(dice.uniform(*THINK), max(0, end - time.monotonic())))
    except Exception as error:  # noqa: BLE001 - whatever a visitor meets is an error shown
        seen.errors.append(repr(error)[:300])


def _run(
    socket: ClientConnection, project: int, widgets: list[tuple[str, str | None]] = ()
) -> Iterator[ForwardMsg]:
    """Run the page of a project with what was typed; yields what is drawn until it stands."""
    message = BackMsg()
    message.rerun_script.page_name = "project"
    message.rerun_script.query_string = f"id={project}"
    for name, text in widgets:
        state = message.rerun_script.widget_states.widgets.add(id=name)
        if text is None:
            state.trigger_value = True
        else:
            state.string_value = text
    socket.send(message.SerializeToString())
    while True:
        got = ForwardMsg()
        got.ParseFromString(socket.recv(timeout=60))
        kind = got.WhichOneof("type")
        if kind == "delta":
            yield got
        elif kind == "script_finished" and got.script_finished != _FINISHED_TO_RERUN:
            return


def _filled(shown: list[ForwardMsg], text: str) -> list[tuple[str, str | None]]:
    """The form of an update, filled in and sent: the field's text, the button's click.

    Each text is new: the same one again within three seconds is taken for a double click.
    """
    elements = [message.delta.new_element for message in shown]
    buttons = [one.button for one in elements if one.WhichOneof("type") == "button"]
    button = [one for one in buttons if one.label == BUTTON][-1]
    fields = [one.text_area for one in elements if one.WhichOneof("type") == "text_area"]
    area = [one for one in fields if one.label == FIELD and one.form_id == button.form_id][-1]
    return [(area.id, text), (button.id, None)]


def _errors(shown: list[ForwardMsg]) -> list[str]:
    """What a visitor would take for an error: exceptions and red messages."""
    elements = [message.delta.new_element for message in shown]
    bugs = [str(one.exception.message) for one in elements if one.WhichOneof("type") == "exception"]
    alerts = [one.alert for one in elements if one.WhichOneof("type") == "alert"]
    return bugs + [one.body for one in alerts if one.format == one.ERROR]
