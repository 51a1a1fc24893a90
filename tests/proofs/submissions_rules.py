"""The moves of submissions at random: authors and reviewers, right and wrong, old pages, clicks."""

import copy
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from sqlalchemy import Engine, func, select
from sqlmodel import Session

from pilot.domain.people import Role
from pilot.domain.vocabulary import Indicator, Scope, Standing
from pilot.domain.vocabulary import SubmissionState as State
from pilot.services import submission_reviews, submissions, verify_journal
from pilot.services.command import Seen, perform
from pilot.store.engine import writing
from pilot.store.models import Account, Base, Claim, JournalHead, Submission
from tests import factories
from tests import factories_registry as registry
from tests import factories_submissions as made
from tests.proofs.machine_base import OK, REPEATED, _answer
from tests.proofs.model import NO, STALE, Refuse
from tests.proofs.submissions_model import OPEN, WRITABLE, Sub, Submissions

WHY = "示例理由"
AUTHORS, REVIEWERS = ("w1", "w2"), ("r1", "r2", "near")
WHICH, MOSTLY = st.integers(0, 30), st.sampled_from([True, True, True, False])
PEOPLE = st.sampled_from([*AUTHORS, *REVIEWERS, "officer"])


class Ground:
    """A base with two researchers of two institutes, three reviewers, one of them of the first."""

    def __init__(self, engine: Engine) -> None:
        with writing(engine) as session:
            team = factories.team(session)
            self.base, self.begun = team.base.id, factories.NOON
            self.writers = {name: made.author(session, team) for name in AUTHORS}
            near = factories.actor(session, team.base, Role.REVIEWER)
            session.get_one(Account, near.id).organisation_id = self.writers["w1"].home.id
            officer = factories.actor(session, team.base, Role.OFFICER)
            actors = {"r1": team.one, "r2": team.other, "near": near, "officer": officer}
            actors |= {name: writer.actor for name, writer in self.writers.items()}
            self.accounts = {name: actor.id for name, actor in actors.items()}
            self.buyer = registry.organisation(session, team)
            session.flush()
            session.expunge_all()


class Machine(RuleBasedStateMachine):
    """Submissions of one base; after every step the rows and the ledger are the model's."""

    engine: Engine
    ground: Ground
    tried = refused = 0  # over all runs

    def __init__(self) -> None:
        super().__init__()
        self.connection = self.engine.connect()
        self.connection.begin()
        self.connection.begin_nested()
        self.model, self.count, self.now = Submissions(), 0, self.ground.begun
        self.sequence, self.revs = self._head().sequence, {}
        self.keys: set[tuple[str, str]] = set()

    def teardown(self) -> None:
        """Look at the chain once, then forget the run."""
        with Session(self.connection) as session:
            broken = verify_journal.walk(session, session.get(Base, self.ground.base)).broken
        self.connection.rollback()
        self.connection.close()
        assert broken == []

    def do(
        self, verb: Callable, *args: Any, by: str, may: tuple[str, ...], then: Callable,
        key: str | None = None, seen: Seen | None = None, **options: Any,
    ) -> int | None:  # fmt: skip
        """One command, held against the model; the id of its row if it was done."""
        expected = self._expected(by, may, then, key, seen)
        options |= {"by": self.ground.accounts[by], "now": self.now, "key": key, "seen": seen}
        answer, done = _answer(lambda: perform(self.connection, verb, *args, **options))
        Machine.tried += 1
        Machine.refused += answer != OK
        assert answer == expected, f"{verb.__name__} by {by}: {answer}, not {expected}"
        if answer == OK:
            then(self.model, done.subject_id)
            self.sequence += 1
            self.keys |= {(by, key)} if key else set()
        self.compare()
        return done.subject_id if answer == OK else None

    def _expected(self, by, may, then, key, seen) -> str:
        if (by, key) in self.keys:
            return REPEATED
        if by not in may:
            return NO
        if seen and self.revs[seen.id] != seen.rev:
            return STALE
        try:
            then(copy.deepcopy(self.model), -1)
        except Refuse as error:
            return error.args[0]
        return OK

    def compare(self) -> None:
        """States, reviewers, the journal, and one claim for each package that counts."""
        names = {number: name for name, number in self.ground.accounts.items()}
        columns = (Submission.id, Submission.state, Submission.reviewer_id, Submission.rev)
        query = select(*columns).where(Submission.base_id == self.ground.base)
        rows = list(self.connection.execute(query))
        ours = {(s.id, s.state, s.reviewer) for s in self.model.subs.values()}
        assert {(row.id, row.state, names.get(row.reviewer_id)) for row in rows} == ours
        self.revs = {row.id: row.rev for row in rows}
        assert self._head().sequence == self.sequence, "the journal and the commands differ"
        assert self._claims() == self.model.counts(), "the claims are not the packages that count"

    def _claims(self) -> int:
        query = select(func.coalesce(func.sum(Claim.sign), 0)).where(
            Claim.base_id == self.ground.base,
            Claim.indicator == Indicator.TRANSFERRED,
            Claim.scope == Scope.CITY,
            Claim.standing == Standing.COUNTED,
        )
        return self.connection.scalar(query)

    def _head(self) -> Any:
        query = select(JournalHead.sequence).where(JournalHead.base_id == self.ground.base)
        return self.connection.execute(query).one()

    def pick(self, which: int, states: set[State], right: bool) -> Sub | None:
        """One of those in these states, or, wrongly, any."""
        ours = [s for s in self.model.subs.values() if not right or s.state in states]
        return ours[which % len(ours)] if ours else None

    def on(self, verb, s: Sub, *args, by, may, **options) -> int | None:
        """A command about a submission; the model has a move of the same name."""
        name = verb.__name__

        def then(model: Submissions, _row_id: int) -> None:
            getattr(model, name)(model.subs[s.id], *args, by)

        return self.do(verb, s.id, by=by, may=may, then=then, **options)

    # --- the author ---

    @rule(author=st.sampled_from(AUTHORS), transfer=MOSTLY, send=MOSTLY)
    def hand_in(self, author, transfer, send) -> None:
        """Begin one and fill it in; most are sent at once, some twice by a double click."""
        self.count += 1
        version, name = self.count, author
        number = self.do(
            submissions.start, by=author, may=AUTHORS,
            then=lambda m, i: m.start(i, name, transfer, version),
        )  # fmt: skip
        self._save(number, author, transfer)
        if send:
            for _ in range(1 + version % 2):
                self._send(self.model.subs[number], author, f"send-{version}")

    def _save(self, number: int, author: str, transfer: bool) -> None:
        writer = self.ground.writers[author]
        terms = {"no": f"SB-{number}", "registration_no": f"2026211100{number:06}"}
        whole = made.transfer_content(writer, self.ground.buyer, **terms)
        content = whole if transfer else made.result_content(writer)
        content["result"]["title"] = f"示例成果第 {self.count} 号"
        by = self.ground.accounts[author]
        submissions.save(self.connection, number, content, by=by, now=self.now)

    def _send(self, s: Sub, by: str, key: str | None = None) -> None:
        self.on(submissions.submit, s, by=by, may=AUTHORS, key=key)

    @precondition(lambda self: self.model.subs)
    @rule(which=WHICH, by=PEOPLE, right=MOSTLY, anew=st.booleans())
    def send(self, which, by, right, anew) -> None:
        """Send it, or send it again after a return, corrected or as it was."""
        s = self.pick(which, WRITABLE, right)
        if s is None:
            return
        if anew and s.state in WRITABLE and s.changes is None:
            self.count += 1
            s.version = self.count
            self._save(s.id, s.author, s.transfer)
        self._send(s, s.author if right else by)

    @precondition(lambda self: self.model.subs)
    @rule(which=WHICH, by=PEOPLE, right=MOSTLY, stale=st.integers(0, 3))
    def withdraw(self, which, by, right, stale) -> None:
        s = self.pick(which, OPEN | WRITABLE, right)
        if s is None or which % 3:
            return
        seen = Seen("submission", s.id, self.revs[s.id] - (stale == 0))
        by = s.author if right else by
        self.on(submissions.withdraw, s, by=by, may=AUTHORS, reason=WHY, seen=seen)

    @precondition(lambda self: any(s.package for s in self.model.subs.values()))
    @rule(which=WHICH, by=PEOPLE, right=MOSTLY, decisive=st.booleans())
    def ask_change(self, which, by, right, decisive) -> None:
        """Ask for a change of what was accepted, and send it."""
        s = self.pick(which, {State.ACCEPTED}, right)
        if s is None:
            return
        by = s.author if right else by
        number = self.do(
            submissions.ask_change, s.id, by=by, may=AUTHORS,
            then=lambda m, i: m.change(m.subs[s.id], by, i),
        )  # fmt: skip
        if number is None:
            return
        self.count += 1
        change = self.model.subs[number]
        change.version, change.decisive = self.count, decisive
        fields = {"result.summary": f"示例简介 {self.count}"}
        if decisive and s.transfer:
            fields |= {"contract.amount": str(10 + self.count % 80)}
        by_id = self.ground.accounts[by]
        submissions.save(self.connection, number, fields, by=by_id, now=self.now)
        self._send(change, by)

    # --- the reviewer ---

    @precondition(lambda self: self.model.subs)
    @rule(
        which=WHICH, by=st.sampled_from(REVIEWERS), other=PEOPLE, right=MOSTLY,
        stale=st.integers(0, 5),
        what=st.sampled_from(["accept"] * 5 + ["join", "send_back", "refuse", "release"]),
    )  # fmt: skip
    def judge(self, which, by, other, right, stale, what) -> None:
        """Claim and decide; `other` is who decides where something is to go wrong."""
        s = self.pick(which, OPEN, right)
        if s is None:
            return
        self.on(submission_reviews.claim, s, by=by, may=REVIEWERS)
        who = by if right else other
        seen = Seen("submission", s.id, self.revs[s.id] - (stale == 0))
        options = {"by": who, "may": REVIEWERS, "seen": seen}
        if what == "join":
            self._join(s, which, options)
            return
        reason = {} if what == "release" else {"reason": WHY}
        self.on(getattr(submission_reviews, what), s, **options, **reason)

    @precondition(lambda self: self.model.subs)
    @rule(which=WHICH, join=st.booleans())
    def settle(self, which, join) -> None:
        """The right way to the end: one reviewer and, where two are needed, another."""
        s = self.pick(which, OPEN, right=True)
        for by in ("r1", "r2"):
            if s is None or s.state not in OPEN:
                return
            by = {"r1": "r2", "r2": "r1"}[by] if by in s.voters else by
            self.on(submission_reviews.claim, s, by=by, may=REVIEWERS)
            options = {"by": by, "may": REVIEWERS}
            if join:
                self._join(s, which, options)
            else:
                self.on(submission_reviews.accept, s, **options)

    def _join(self, s: Sub, which: int, options: dict) -> None:
        """Into a package that was accepted, mostly one that counts; never a change of another."""
        known = sorted({one.package for one in self.model.subs.values() if one.package})
        if not known or s.changes is not None:
            return
        counted = {package for package, verified in self.model.events.values() if verified}
        known = sorted(counted) if counted and which % 3 else known
        package = known[which % len(known)]
        query = select(Submission.result_id).where(Submission.id == package)
        result = self.connection.scalar(query)
        self.do(
            submission_reviews.join, s.id, result, reason=WHY, **options,
            then=lambda m, _: m.join(m.subs[s.id], package, options["by"]),
        )  # fmt: skip

    @rule(hours=st.sampled_from([1, 24, 24 * 40, -3, -48]))
    def clock(self, hours) -> None:
        """Time goes on, jumps, or goes back, within the year."""
        later: datetime = self.now + timedelta(hours=hours)
        self.now = later if later.year == self.ground.begun.year else self.now
