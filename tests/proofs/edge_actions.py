"""What clicks do: once however often they come, wholly however they end, nothing when forged."""

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any

from sqlalchemy import func
from sqlmodel import select

from pilot.domain.people import Role
from pilot.store.engine import reading
from pilot.store.models import Person
from tests import serving
from tests.fingerprint import by_table, fingerprint
from tests.proofs import places, stage
from tests.proofs.plan import Effort, Finding, every, none
from tests.serving import Server
from tests.web.client import Browser
from tests.web.tab import Click, Tab, Widget

GAPS = (0, 0.05, 0.15, 0.4, 0.9)  # seconds between clicks
_FORGERS = (Role.PROVINCE, Role.REVIEWER, Role.OFFICER, Role.RESEARCHER)


# --- twice, half ---------------------------------------------------------------------------------


def clicks(probe: Server, effort: Effort) -> Iterator[Finding]:
    """Three clicks are one record; an action under way is done wholly, whatever happens next."""
    cells = list(product(("保存", "直接保存"), GAPS))
    with ThreadPoolExecutor(5) as pool:
        records = list(pool.map(lambda cell: _thrice(probe, *cell), cells))
    stage.tell("edge", [cell for cell in zip(cells, records, strict=True) if cell[1] != 1])
    yield every("three clicks that made one record", records.count(1), len(cells))
    trials = range(effort.of(8, 48))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: _interrupted(probe, number), trials))
    begun, whole, half = _ended(probe)
    yield none("actions left half done by a touch or a closed tab", half, begun)
    yield every("actions begun that were finished", whole, begun)


def _thrice(probe: Server, button: str, gap: float) -> int:
    """Click three times; how many records there are afterwards."""
    name = f"{button} {gap}"
    browser = Browser(probe)
    browser.sign_in("manager")
    with Tab(browser, "double").open() as tab:
        filled = {tab.find("姓名").id: name}
        tab.act(filled)
        clicked = filled | {tab.find(button, "button").id: Click}
        for _ in range(3):
            tab.send(clicked)
            time.sleep(gap)
        end = time.monotonic() + 15
        while not _count(probe, name) and time.monotonic() < end:
            time.sleep(0.05)
        tab.act(filled)  # whatever the other clicks asked for has run before this
    return _count(probe, name)


def _interrupted(probe: Server, number: int) -> None:
    """Begin an action of two steps and, after a while, touch something else or close the tab."""
    browser = Browser(probe)
    browser.sign_in("manager")
    button = ("两步", "两步直接")[number % 2]
    with Tab(browser, "pair", query=f"name=trial{number}").open() as tab:
        tab.send({tab.find(button, "button").id: Click})
        time.sleep(0.02 + 0.06 * (number // 4 % 6))
        if number // 2 % 2:
            tab.act({tab.find("别的", "checkbox").id: True})


def _ended(probe: Server, seconds: float = 20) -> tuple[int, int, int]:
    """Actions begun, finished and half done, once no more of them is under way."""
    end = time.monotonic() + seconds
    while True:
        names = set((probe.folder / "started").read_text().split())
        found = [_count(probe, name) for name in names]
        if found.count(2) == len(names) or time.monotonic() > end:
            return len(names), found.count(2), found.count(1)
        time.sleep(0.2)


def _count(probe: Server, name: str) -> int:
    with reading(probe.engine) as session:
        query = select(func.count()).select_from(Person).where(Person.name == name)
        return session.exec(query).one()


# --- forged --------------------------------------------------------------------------------------


def forged(server: Server) -> Iterator[Finding]:
    """Press what others may press, and send for one's own widgets what no browser would."""
    before, sent, changed = fingerprint(server.engine), 0, []
    pressed, shut = _buttons_of(server)
    acted = fingerprint(server.engine) != before
    before = by_table(server.engine)
    for role in _FORGERS:
        browser = Browser(server)
        browser.sign_in(role.value)
        for place in places.start_pages(role):
            with _open(browser, place) as tab:
                others = pressed - {one.id for one in tab.widgets}
                values = dict.fromkeys(others, Click) | _nonsense(tab.widgets) | _edits(tab)
                tab.act(values)
                sent += len(values)
        if (now := by_table(server.engine)) != before:
            changed.append((role, [name for name in now if now[name] != before[name]]))
            before = now
    stage.tell("edge", changed)
    yield none("rows changed by forged widgets", len(changed), sent)
    yield none("disabled buttons that acted", int(acted), shut)


def _open(browser: Browser, place: str) -> Tab:
    page, _, query = place.removeprefix("/").partition("?")
    return Tab(browser, page, query).open()


def _buttons_of(server: Server) -> tuple[set[str], int]:
    """The ids of all buttons of the manager and the administrator; the disabled are pressed."""
    found, pressed = set(), 0
    for login, role in (("manager", Role.MANAGER), (serving.ADMIN, Role.ADMIN)):
        browser = Browser(server)
        browser.sign_in(login)
        whole = places.of_role(server.engine, role, whole=False)
        for place in whole if role is Role.MANAGER else ["/people"]:
            with _open(browser, place) as tab:
                found |= {one.id for one in tab.widgets if one.kind == "button"}
                if shut := {one.id: Click for one in tab.widgets if one.disabled}:
                    pressed += len(shut)
                    tab.act(shut)
    return found, pressed


def _nonsense(widgets: list[Widget]) -> dict[str, Any]:
    """A value of a wrong kind, size or choice for each widget that is no button."""
    kinds = (10**9, "x" * 5000, [999, -1], "\0\ud7ff<script>", True, -1.5)
    plain = [one for one in widgets if one.kind not in ("button", "block")]
    return {one.id: kinds[number % len(kinds)] for number, one in enumerate(plain)}


def _edits(tab: Tab) -> Mapping[str, Any]:
    """Edits, as of a table that could be edited, for every table on the page."""
    edits = (
        b'{"edited_rows":{"0":{"id":999,"amount":-5}},"added_rows":[{"id":1}],"deleted_rows":[0]}'
    )
    return {one.id: edits for one in tab.widgets if one.kind == "dataframe"}
