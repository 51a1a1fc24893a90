"""People in front of the real server: sockets, a form filled in, a pause, again."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Engine

from pilot.services import projects
from pilot.services.command import perform
from pilot.services.projects import ProjectDraft
from pilot.store.engine import reading
from pilot.store.queries_door import account_named
from tests import serving
from tests.web.client import Browser
from tests.web.tab import Tab

LOGIN, BUTTON, FIELD = "manager", "保存进展", "进展"
ARRIVE = 3.0  # seconds in which everybody comes
THINK = (5.0, 15.0)  # seconds in which a person fills in the form again


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
    at_once(_visitor, [(browser, number, end, seen) for number, browser in enumerate(browsers, 1)])
    return seen


def at_once(work: Callable, each: Sequence[tuple]) -> None:
    """A thread for each visitor, from the first to the last."""
    visitors = [threading.Thread(target=work, args=args) for args in each]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()


def _visitor(browser: Browser, project: int, end: float, seen: Seen) -> None:
    dice = random.Random(project)
    time.sleep(dice.uniform(0, ARRIVE))
    try:
        start = time.monotonic()
        with Tab(browser, "project", f"id={project}").open() as tab:
            seen.openings.append(time.monotonic() - start)
            while True:  # once at least, however slow the machine
                start = time.monotonic()
                # Each text is new: the same again within three seconds is taken for a double click.
                values = {tab.find(FIELD).id: f"示例进展 {start}"}
                tab.click(BUTTON, **values)
                seen.commands.append(time.monotonic() - start)
                seen.errors += tab.faults
                pause = dice.uniform(*THINK)
                if time.monotonic() + pause > end:
                    break
                time.sleep(pause)
    except Exception as error:  # noqa: BLE001 - whatever a visitor meets is an error shown
        seen.errors.append(repr(error)[:300])
