"""Researchers in front of the real server: all fill in, save and send their submissions at once.

Each opens the form of a draft, types, goes to the check and clicks twice on sending, faster than
the page answers. Afterwards every submission must have been sent once, with what was typed last.
"""

import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Engine, text
from sqlmodel import select

from pilot.store.engine import reading, writing
from pilot.store.models import Account
from tests import factories_submissions as made
from tests import serving
from tests.pages.people_of import people_of
from tests.proofs.crowd import at_once
from tests.web.client import Browser
from tests.web.tab import Click, Tab

_SUMMARY = "成果简介"
_GAPS = (0, 0.05, 0.15, 0.4)  # seconds between two clicks


@dataclass(slots=True)
class Sent:
    """What the researchers did and saw together; `typed` is the last acknowledged text."""

    typed: dict[int, str] = field(default_factory=dict)
    saves: list[float] = field(default_factory=list)
    sendings: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database has of one submission: its text, its state, its rounds and entries."""

    summary: str
    state: str
    receipt: str | None
    rounds: int
    entries: int

    @property
    def once(self) -> bool:
        """Whether it was sent, and nothing of it twice."""
        return (self.state, self.rounds, self.entries) == ("waiting", 1, 1)


def researchers(engine: Engine, count: int, drafts: int) -> None:
    """Accounts that can sign in, each with so many drafts that lack only what is typed."""
    serving.people(engine)
    with writing(engine) as session:
        people, number = people_of(session), 0
        known = session.exec(select(Account).where(Account.login == "researcher")).one()
        for place in range(count):
            writer = made.author(session, people, login=f"writer{place}")
            account = session.get_one(Account, writer.actor.id)
            account.password_hash = known.password_hash  # hashing takes its time on purpose
            for _ in range(drafts):
                number += 1
                made.draft(session, writer, made.result_content(writer, title=f"示例{number}"))


def hand_in(server: serving.Server, count: int, saves: int, think: tuple[float, float]) -> Sent:
    """Everybody works through their drafts; `think` are the seconds between two inputs."""
    sent, mine = Sent(), _drafts(server.engine)
    browsers = [Browser(server) for _ in range(count)]
    for place, browser in enumerate(browsers):
        browser.sign_in(f"writer{place}")
    each = [
        (browser, mine[f"writer{place}"], saves, think, sent)
        for place, browser in enumerate(browsers)
    ]
    at_once(_researcher, each)
    return sent


def stored(engine: Engine) -> dict[int, Stored]:
    """Every submission as the database has it."""
    query = """SELECT s.id, s.content, s.state, s.receipt,
          (SELECT count(*) FROM submission_round r WHERE r.submission_id = s.id),
          (SELECT count(*) FROM journal_entry e
           WHERE e.subject = 'submission' AND e.subject_id = s.id)
        FROM submission s"""
    with reading(engine) as session:
        rows = session.execute(text(query)).all()
    return {row[0]: Stored(json.loads(row[1])["result"]["summary"], *row[2:]) for row in rows}


def _drafts(engine: Engine) -> dict[str, list[int]]:
    query = "SELECT a.login, s.id FROM submission s JOIN account a ON a.id = s.author_id"
    found: dict[str, list[int]] = {}
    with reading(engine) as session:
        for login, number in session.execute(text(query)):
            found.setdefault(login, []).append(number)
    return found


def _researcher(
    browser: Browser, drafts: list[int], saves: int, think: tuple[float, float], sent: Sent
) -> None:
    dice = random.Random(drafts[0])
    try:
        for draft in drafts:
            time.sleep(dice.uniform(*think))
            with Tab(browser, "submission", f"id={draft}&part=basics").open() as tab:
                for number in range(saves):
                    _type(tab, draft, f"示例简介 {draft}-{number}", sent)
                    time.sleep(dice.uniform(*think))
                tab.click("part-check")
                sent.errors += tab.faults
                _send_twice(tab, dice.choice(_GAPS), sent)
    except Exception as error:  # noqa: BLE001 - whatever somebody meets is an error shown
        sent.errors.append(repr(error)[:300])


def _type(tab: Tab, draft: int, summary: str, sent: Sent) -> None:
    start = time.monotonic()
    tab.act({tab.find(_SUMMARY).id: summary})
    sent.saves.append(time.monotonic() - start)
    sent.errors += tab.faults
    if "没有保存" not in tab.text:
        sent.typed[draft] = summary


def _send_twice(tab: Tab, gap: float, sent: Sent) -> None:
    """A double click, and a look at the page when both have been answered."""
    start = time.monotonic()
    clicked = {tab.find("submit", "button").id: Click}
    tab.send(clicked)
    time.sleep(gap)
    tab.send(clicked)
    tab.wait()
    sent.sendings.append(time.monotonic() - start)
    said = tab.faults
    tab.act({})
    sent.errors += said + tab.faults
    if "等待审核" not in tab.text:
        sent.errors.append(f"not told that it was sent: {tab.text[-200:]}")


def told(sent: Sent) -> Iterator[str]:
    """The 95th percentiles, in seconds."""
    for name, taken in (("save", sent.saves), ("sending", sent.sendings)):
        if taken:
            yield f"{name} {sorted(taken)[int(len(taken) * 0.95)]:.2f} s"
