"""What the machine of submissions believes: who handed in what, who judged it, what counts."""

from dataclasses import dataclass, field, replace

from pilot.domain.vocabulary import SubmissionState as State
from tests.proofs.model import NO, need

OPEN, WRITABLE = {State.WAITING, State.SECOND}, {State.DRAFT, State.RETURNED}


@dataclass
class Sub:
    """A submission; `version` is of its content, `sent` that of its last round."""

    id: int
    author: str
    transfer: bool
    version: int
    sent: int | None = None
    state: State = State.DRAFT
    reviewer: str | None = None
    votes: set[tuple[str, int]] = field(default_factory=set)
    package: int | None = None  # the submission whose acceptance made the result
    event: int | None = None  # the same of the transfer
    changes: int | None = None
    decisive: bool = False  # a change of what the transfer rests on

    @property
    def voters(self) -> set[str]:
        """Who verified this very content."""
        return {who for who, version in self.votes if version == self.sent}


@dataclass
class Submissions:
    """Every submission, and which transfers of which package are verified."""

    subs: dict[int, Sub] = field(default_factory=dict)
    events: dict[int, tuple[int, bool]] = field(default_factory=dict)

    def counts(self) -> int:
        """Distinct packages with a qualifying event."""
        return len({package for package, verified in self.events.values() if verified})

    def start(self, row_id: int, author: str, transfer: bool, version: int) -> None:
        self.subs[row_id] = Sub(row_id, author, transfer, version)

    def submit(self, s: Sub, by: str) -> None:
        need(s.author == by and s.state in WRITABLE)
        need(s.changes is None or not self._changing(s))
        s.state, s.sent = State.WAITING, s.version
        if s.event is not None and s.decisive:
            self.events[s.event] = (self.events[s.event][0], False)

    def _changing(self, s: Sub) -> bool:
        """Whether another change of the same result waits already: one at a time."""
        changes = (one for one in self.subs.values() if one.changes is not None)
        return any(one.package == s.package and one.state in OPEN for one in changes)

    def withdraw(self, s: Sub, by: str) -> None:
        need(s.author == by and s.state in OPEN | WRITABLE)
        s.state, s.reviewer = State.WITHDRAWN, None

    def change(self, s: Sub, by: str, row_id: int) -> None:
        need(s.author == by and s.state is State.ACCEPTED)
        draft = Sub(row_id, by, s.transfer, s.version, package=s.package, event=s.event)
        self.subs[row_id] = replace(draft, changes=s.id)

    def claim(self, s: Sub, by: str) -> None:
        _judged(s, by)
        need(s.reviewer in (None, by))
        s.reviewer = by

    def release(self, s: Sub, by: str) -> None:
        need(s.sent is not None and s.state in OPEN and s.reviewer == by)
        s.reviewer = None

    def send_back(self, s: Sub, by: str) -> None:
        _decided(s, by)
        s.state, s.reviewer = State.RETURNED, None

    def refuse(self, s: Sub, by: str) -> None:
        _decided(s, by)
        s.state, s.reviewer = State.REFUSED, None

    def accept(self, s: Sub, by: str) -> None:
        _decided(s, by)
        if not self._enough(s, by, 2 if s.transfer else 1):
            return
        s.package = s.package or s.id
        self._take_in(s)
        s.state, s.reviewer = State.ACCEPTED, None

    def join(self, s: Sub, package: int, by: str) -> None:
        _decided(s, by)
        if not self._enough(s, by, 2 if s.transfer else 1):
            return
        s.package = package
        self._take_in(s)
        s.state, s.reviewer = State.DUPLICATE, None

    def _enough(self, s: Sub, by: str, needed: int) -> bool:
        """Whether this is the last verification; a first one sends it to somebody else."""
        enough = len(s.voters | {by}) >= needed
        if not enough:
            need(s.state is State.WAITING)
            s.state, s.reviewer = State.SECOND, None
        s.votes.add((by, s.sent))
        return enough

    def _take_in(self, s: Sub) -> None:
        if s.transfer:
            s.event = s.event or s.id
            self.events[s.event] = (s.package, True)


def _judged(s: Sub, by: str) -> None:
    """Sent, by somebody else of another unit, not verified by the same person before."""
    need(s.sent is not None)
    need(by != s.author, NO)
    need(not (by == "near" and s.author == "w1"), NO)
    need(not (s.state is State.SECOND and by in s.voters), NO)
    need(s.state in OPEN)


def _decided(s: Sub, by: str) -> None:
    _judged(s, by)
    need(s.reviewer == by)
