"""Display: what people typed is shown as text on every page, and does nothing (rows 18 to 21)."""

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Page, Request
from playwright.sync_api import Error as BrowserError

from pilot.domain.people import Role
from tests import hostile, serving
from tests.browser.chromium import profile, sign_in
from tests.browser.reruns import Reruns
from tests.hostile import Planted
from tests.proofs import places, stage
from tests.proofs.plan import Effort, Finding, at_least, every, none
from tests.serving import Server

TITLE = "display"
_MARK = re.compile(r"Q[0-9]{5}Q")
# To an address as “back” leads there: a page that is loaded anew costs four times as much.
_BACK_TO = """address => {
  history.pushState({}, '', address); dispatchEvent(new PopStateEvent('popstate')); }"""
_JOINER = "\u2060"
# All that a page shows or says: texts, what stands in fields, names for readers of screens.
_TEXTS = """() => [document.body.textContent,
  ...[...document.querySelectorAll('input, textarea')].map(e => e.value),
  ...[...document.querySelectorAll('[aria-label], [title], [alt], [placeholder]')].flatMap(
    e => ['aria-label', 'title', 'alt', 'placeholder'].map(a => e.getAttribute(a) || ''))]"""
# What a text would become if it were more than a text.
_LIVE = """() => [...document.querySelectorAll([
  'a[href*="evil"]:not([href^="#"])', 'a[href^="javascript" i]', 'a[href^="data:" i]',
  'a[href^="mailto" i]',
  '[src*="evil"]', '[srcdoc]', 'iframe', 'object', 'embed', 'base', 'video', 'math', '.katex',
  'meta[http-equiv="refresh" i]', 'link[href*="evil"]', 'form[action*="evil"]',
  '[onerror]', '[onload]', '[ontoggle]', '[onfocus]', '[style*="inset:"]',
].join(','))].map(e => e.outerHTML.slice(0, 200))"""


@dataclass
class Seen:
    """What a tour came across."""

    server: Server
    planted: dict[str, Planted]
    pages: int = 0
    shown: int = 0
    altered: list[tuple[str, str, str]] = field(default_factory=list)
    live: list[tuple[str, str]] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    columns: set[str] = field(default_factory=set)

    def watch(self, context: BrowserContext) -> None:
        """Note every request that leaves the host and every script that speaks up."""
        context.on("request", self._asked)
        context.on("dialog", lambda dialog: (self.ran.append(dialog.message), dialog.dismiss()))

    def judge(self, page: Page) -> None:
        """Compare every marked text on the page with what is stored."""
        where = page.url.removeprefix(self.server.url)
        for text in map(_even, page.evaluate(_TEXTS)):
            for found in _MARK.finditer(text):
                self._compare(text, found.end(), self.planted.get(found.group()), where)
        self.live += [(where, html) for html in page.evaluate(_LIVE)]

    def _compare(self, text: str, end: int, one: Planted | None, where: str) -> None:
        if one is None:
            return
        wanted = _even(one.text)
        self.shown += 1
        self.columns.add(one.place.split()[0])
        if not text[:end].endswith(wanted):
            self.altered.append((where, one.place, f"{wanted!r} as {text[:end][-len(wanted) :]!r}"))

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.server.url, "data:", "blob:")):
            self.elsewhere.append(request.url)


def prove(effort: Effort) -> Iterator[Finding]:
    """Tour every page as every role, on texts that are dealt out anew for each round."""
    server = stage.product()
    seen = Seen(server, {})
    for turn in range(1, effort.of(2, 4)):
        seen.planted = {one.mark: one for one in hostile.plant(server.engine, turn)}
        for role in Role if turn == 1 else [Role.MANAGER]:
            _tour(seen, role, _addresses(server, role, effort))
    noticed = _notices(seen)
    stage.tell("display", seen.altered, seen.live, seen.ran, seen.elsewhere)
    yield none("scripts run", len(seen.ran), seen.pages)
    yield none("requests to other hosts", len(seen.elsewhere), seen.pages)
    yield none("live links, pictures, frames, forms, overlays", len(seen.live), seen.pages)
    yield every("texts shown letter for letter", seen.shown - len(seen.altered), seen.shown)
    yield every("texts altered or alive on purpose that were noticed", noticed, 2)
    yield at_least("kinds of typed text that were on a page", len(seen.columns), 40)


def _addresses(server: Server, role: Role, effort: Effort) -> list[str]:
    """Every page of a role; in the short set each fifth of the manager's, some of the others'."""
    if effort.long:
        return places.of_role(server.engine, role, whole=role is Role.MANAGER)
    if role is Role.MANAGER:
        return places.of_role(server.engine, role)[::5]
    if role in (Role.RESEARCHER, Role.REVIEWER):
        mine = places.of_role(server.engine, role)
        return [place for place in mine if place.startswith(("/submission", "/review", "/notices"))]
    return ["/people"] if role is Role.ADMIN else places.start_pages(role)[:3]


def _notices(seen: Seen) -> int:
    """Put a planted text into a page as HTML and as Markdown would: the judge must see both."""
    other = Seen(seen.server, {"Q00000Q": Planted("Q00000Q", "**粗** <b>x</b> Q00000Q", "none")})
    page = stage.chromium().new_page()
    page.set_content("<p><strong>粗</strong> <b>x</b> Q00000Q</p>")
    other.judge(page)
    page.set_content("<p><a href='javascript:alert(1)'>**粗** &lt;b>x&lt;/b></a> Q00000Q</p>")
    other.judge(page)
    page.close()
    return len(other.altered) + len(other.live)


def _tour(seen: Seen, role: Role, addresses: Sequence[str]) -> None:
    """Open the addresses, and on each what opens at a click."""
    login = serving.ADMIN if role is Role.ADMIN else role.value
    context = profile(stage.chromium(), seen.server.url)
    seen.watch(context)
    tab = context.new_page()
    runs = Reruns(tab)
    tab.goto("/my_account")
    sign_in(tab, login)
    runs.idle()
    for address in addresses:
        with runs.rerun():
            tab.evaluate(_BACK_TO, address)
        _drawn(tab)
        seen.pages += 1
        seen.judge(tab)
        _open_all(seen, tab)
    context.close()


def _drawn(page: Page) -> None:
    """Tables are drawn last; their cells stand in the page for readers of screens."""
    page.wait_for_timeout(60)
    if page.get_by_test_id("stDataFrame").count():
        with contextlib.suppress(BrowserError):
            page.wait_for_selector("canvas td", state="attached", timeout=1500)


def _open_all(seen: Seen, page: Page) -> None:
    """What shows only when it is opened, four of a page: the others are like them."""
    shut = page.locator("[data-testid=stPopoverButton]:visible:not([disabled])")
    for button in shut.all()[:4]:
        with contextlib.suppress(BrowserError):
            button.click(timeout=500)
            page.wait_for_timeout(60)
            seen.judge(page)
            page.keyboard.press("Escape")


def _even(text: str) -> str:
    """A text without what is invisible by design: joiners against links, kept blanks."""
    return text.replace(_JOINER, "").replace("\u00a0", " ")
