"""Whose session it is: stolen ids, planted cookies, guesses, rights lost with the page open."""

import contextlib
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from sqlalchemy import func
from sqlmodel import select
from websockets.exceptions import InvalidStatus

from pilot.domain.people import Role
from pilot.services import accounts
from pilot.services.command import perform
from pilot.store.engine import reading
from pilot.store.models import Person
from pilot.store.queries_door import account_named
from tests import serving
from tests.proofs import stage
from tests.proofs.plan import Effort, Finding, at_most, none
from tests.serving import Server
from tests.web.client import Answer, Browser
from tests.web.tab import Tab

WRONG = "Planted-Guess-77"
_OUT = "登录已失效"


def sessions(server: Server, effort: Effort) -> Iterator[Finding]:
    """Everything about sessions that the product's own pages can show."""
    yield none("stolen session ids that gave a page", _hijacked(server), 4)
    yield none("planted or ended tokens that were accepted", _fixed(server), 4)
    yield from _guessed(server)
    yield from _enumerated(server, effort.of(9, 25))


def _hijacked(server: Server) -> int:
    """A victim's open page, resumed without a cookie, with an invented and with others' ones."""
    victim = Browser(server)
    victim.sign_in("manager")
    taken = 0
    with Tab(victim, "my_account").open() as tab:
        for cookies in ({}, {"pilot_session": "x" * 43}):
            with contextlib.suppress(InvalidStatus), Browser(server, cookies).socket(tab.session):
                taken += 1
        for login in ("officer", serving.ADMIN):
            thief = Browser(server)
            thief.sign_in(login)
            with Tab(thief, "my_account", resume=tab.session).open() as other:
                taken += other.session == tab.session or _name(tab.text) == _name(other.text)
        before = tab.session
        taken += tab.act({}).session != before or _OUT in tab.text
    return taken


def _name(text: str) -> str:
    return text.partition("**")[2].partition("**")[0]


def _fixed(server: Server) -> int:
    """Tokens set before the sign-in, left behind by it, ended by signing out, by a new password."""
    planted = Browser(server, {"pilot_session": "planted" * 7})
    planted.sign_in("manager")
    tokens = ["planted" * 7, planted.cookies["pilot_session"]]
    planted.page("/auth/password")
    fields = {"login": "manager", "password": serving.PASSWORD}
    planted.post("/auth/login", fields | {"form": planted.cookies["pilot_form"]})
    tokens.append(planted.cookies["pilot_session"])
    planted.post("/auth/logout", {})
    serving.account(server.engine, "changer", Role.MANAGER)
    changer = Browser(server)
    changer.sign_in("changer")
    tokens.append(changer.cookies["pilot_session"])
    fields = changer.form("/auth/password") | {"current": serving.PASSWORD}
    changer.post("/auth/password", fields | {"new": "Other-Horse-88", "again": "Other-Horse-88"})
    return sum(_is_in(Browser(server, {"pilot_session": token})) for token in tokens)


def _is_in(browser: Browser) -> bool:
    return browser.send("GET", "/_stcore/host-config").status == 200


def _guessed(server: Server) -> Iterator[Finding]:
    """Parallel guesses at one login, guesses at many logins, and what they cost the owner."""
    serving.account(server.engine, "guessed", Role.MANAGER)
    owner = Browser(server, address="127.0.3.1")
    owner.sign_in("guessed")
    answers = _at_once(server, [("guessed", "127.0.3.2")] * 16)
    yield at_most("guesses at one login that were looked at", _looked_at(answers), 5)
    late = Browser(server, address="127.0.3.3").sign_in("guessed")
    yield none("doors open to the right password during the pause", int(late.status == 303), 1)
    again = Browser(server, address="127.0.3.1").sign_in("guessed")
    yield none("owners locked out of where they had signed in", int(again.status != 303), 1)
    sprayed = _at_once(server, [(f"nobody{number}", "127.0.3.4") for number in range(45)])
    yield at_most("guesses from one address that were looked at", _looked_at(sprayed), 30)


def _at_once(server: Server, tries: list[tuple[str, str]]) -> list[Answer]:
    with ThreadPoolExecutor(8) as pool:
        visitors = [Browser(server, address=address) for _, address in tries]
        logins = [login for login, _ in tries]
        return list(pool.map(lambda who, login: who.sign_in(login, WRONG), visitors, logins))


def _looked_at(answers: list[Answer]) -> int:
    return sum("不正确" in answer.body for answer in answers)


def _enumerated(server: Server, pairs: int) -> Iterator[Finding]:
    """A login that exists, none, and a closed one: the same text in the same time."""
    logins = [f"member{number}" for number in range(-(-pairs // 4))]
    for login in logins:
        serving.account(server.engine, login, Role.MANAGER)
    serving.account(server.engine, "closed", Role.MANAGER)
    _as_admin(server, accounts.disable, _number(server, "closed"))
    known, unknown, texts = [], [], set()
    for pair in range(pairs):
        visitor = Browser(server, address=f"127.0.4.{pair // 8 + 1}")
        for login, times in ((logins[pair // 4], known), (f"no-one{pair}", unknown)):
            text, seconds = _timed(visitor, login)
            times.append(seconds)
            texts.add(text)
    texts.add(_timed(Browser(server, address="127.0.4.99"), "closed")[0])
    yield none("answers that tell a login from none", len(texts) - 1, 2 * pairs + 1)
    middle = statistics.median(known)
    gap = abs(middle - statistics.median(unknown))
    noise = statistics.median(abs(one - middle) for one in known)
    share = f"{gap / middle:.0%}, {gap / noise:.1f} × noise"
    holds = gap < 0.3 * middle or gap < 4 * noise
    yield Finding("difference in time between them", "< 30 % or < 4 × noise", share, holds)


def _timed(visitor: Browser, login: str) -> tuple[str, float]:
    form = visitor.form("/auth/login")
    begun = time.perf_counter()
    answer = visitor.post("/auth/login", {"login": login, "password": WRONG} | form)
    seconds = time.perf_counter() - begun
    return f"{answer.status} {answer.body.replace(form['form'], '').replace(login, '')}", seconds


def revoked(probe: Server) -> Iterator[Finding]:
    """Disabled, lowered, password changed, with the page open: the next thing one does."""
    ways: dict[str, Callable[[Browser, Tab, Tab], bool]] = {
        "rerun": lambda _browser, _tab, part: _OUT not in part.act({}).text,
        "callback": lambda _browser, tab, _part: _saved(probe, tab, "直接保存"),
        "button": lambda _browser, tab, _part: _saved(probe, tab, "保存"),
        "fragment": lambda _browser, _tab, part: _fragment(probe, part),
        "export": lambda browser, *_tabs: browser.send("GET", "/export/projects.csv").status == 200,
        "socket": lambda browser, *_tabs: _opens(browser),
    }
    changes = [
        (accounts.disable, ()),
        (accounts.set_roles, ([Role.PROVINCE],)),
        (accounts.reset, ("Other-Horse-88",)),
        (None, ()),
    ]
    acted = []
    for number, (change, rest) in enumerate(changes):
        login = f"loser{number}"
        serving.account(probe.engine, login, Role.MANAGER)
        browser = Browser(probe)
        browser.sign_in(login)
        with Tab(browser, "double").open() as tab, Tab(browser, "part").open() as part:
            if change:
                _as_admin(probe, change, _number(probe, login), *rest)
            did = [way for way, act in ways.items() if act(browser, tab, part)]
        if change:
            acted += [(change.__name__, way) for way in did]
        elif len(did) != len(ways):  # with rights all of them act: the check can tell
            acted.append(("nothing changed", f"only {did} acted"))
    stage.tell("edge", acted)
    yield none("things done after the right was lost", len(acted), 3 * len(ways))


def _saved(probe: Server, tab: Tab, button: str) -> bool:
    before = people(probe)
    with contextlib.suppress(LookupError):
        tab.click(button)
    return people(probe) > before


def _fragment(probe: Server, part: Tab) -> bool:
    before = people(probe)
    with contextlib.suppress(LookupError):
        part.click("片段保存")
    return people(probe) > before


def _opens(browser: Browser) -> bool:
    try:
        browser.socket().close()
    except InvalidStatus:
        return False
    return True


def media(probe: Server) -> Iterator[Finding]:
    """The address of a file that a page offered, in other hands and after signing out."""
    owner, other = Browser(probe), Browser(probe)
    owner.sign_in("manager")
    with Tab(owner, "widgets").open() as tab:
        address = tab.files[0]
        mine = owner.send("GET", address)
        got = [Browser(probe).send("GET", address), Browser(probe).page(address)]
        got.append(Browser(probe, {"pilot_session": "x" * 43}).send("GET", address))
        kept = Browser(probe, dict(owner.cookies))
        owner.post("/auth/logout", {})
        got.append(kept.send("GET", address))
    got.append(other.send("GET", address))
    served = sum(answer.status == 200 for answer in got) + (mine.body != "abc")
    yield none("files of a page served without its session", served, len(got))


def people(server: Server) -> int:
    """How many persons the database has."""
    with reading(server.engine) as session:
        return session.exec(select(func.count()).select_from(Person)).one()


def _number(server: Server, login: str) -> int:
    with reading(server.engine) as session:
        return account_named(session, login).id


def _as_admin(server: Server, verb: Callable, *args: object) -> None:
    now = datetime.now(UTC)
    perform(server.engine, verb, *args, by=_number(server, serving.ADMIN), now=now)
