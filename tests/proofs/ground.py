"""A small portfolio to try things on, and real actions with once-only keys to try on it."""

import hashlib
import logging
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Engine

from pilot.domain.errors import Conflict
from pilot.domain.import_columns import ImportKind
from pilot.domain.importing import BatchState
from pilot.domain.vocabulary import Conclusion, Gate
from pilot.services import (
    attachments,
    decisions,
    evidence,
    importing,
    merging,
    projects,
    submission_reviews,
    submissions,
)
from pilot.services.command import Done, perform
from pilot.services.sheets import read_table
from pilot.store import queries_gates, schema
from pilot.store.engine import reading, writing
from pilot.store.models import ImportBatch, Project
from tests import factories
from tests.proofs import desk as desks
from tests.proofs.desk import Desk

logging.getLogger("pilot").addHandler(logging.NullHandler())  # refusals are what is looked for
NOW = factories.NOON + timedelta(days=1)  # the command layer adds what order needs
HELD = date(2026, 5, 20)
LIMIT = 2 * 1024 * 1024
PAPERS = ("D20", "D21", "D22", "D23")  # no gate that is decided here asks for them
WHY = "示例理由"
_INSTEAD = {"decide": "correct"}  # when nothing of a kind is left; else a draft is saved
_SEEDS = 1_000_000  # more actions than any seed ever has
PAGE = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a laid portfolio holds: accounts, rounds that wait for a decision, projects."""

    manager: int
    deciders: tuple[int, ...]
    rounds: tuple[int, ...]
    projects: tuple[int, ...]
    desk: Desk | None = None

    def waiting(self) -> dict[str, list[tuple[int, int]]]:
        """What each kind of action that can be done once to a record is done to."""
        found = {"decide": [(review, 0) for review in self.rounds]}
        if self.desk:
            found |= {"send": list(self.desk.drafts), "accept": list(self.desk.seconds)}
            found |= {"join": list(self.desk.joining), "merge": list(self.desk.pairs)}
        return found


@dataclass(frozen=True, slots=True)
class Action:
    """One thing somebody does once: its key, its kind and what it is done to."""

    key: str
    kind: str
    target: int
    amount: int = 0


def lay(
    engine: Engine,
    rounds: int,
    *,
    gate: Gate = Gate.G1,
    deciders: int = 1,
    submissions: int = 0,
    merges: int = 0,
) -> Ground:
    """Migrate a database, bring that many projects to a proven round at a gate, submissions too."""
    schema.upgrade(engine)
    with writing(engine) as session:
        people = factories.team(session)
        more = [factories.actor(session, people.base) for _ in range(deciders - 1)]
        open_rounds = [factories.at_gate(session, people, gate) for _ in range(rounds)]
        for review in open_rounds:
            factories.prove(session, people, review)
            if gate is Gate.G1:  # with the agreement, a pass admits the project and counts it
                factories.paper(session, people, session.get_one(Project, review.project_id), "D06")
        session.flush()
        session.expunge_all()
    return Ground(
        people.manager.id,
        (people.decider.id, *(one.id for one in more)),
        tuple(review.id for review in open_rounds),
        tuple(review.project_id for review in open_rounds),
        desks.lay(engine, people, submissions, merges) if submissions else None,
    )


def actions(ground: Ground, kinds: tuple[str, ...], seed: int) -> Iterator[Action]:
    """An endless mix of actions; the same seed gives the same ones."""
    dice, number = random.Random(seed), 0
    waiting = ground.waiting()
    for targets in waiting.values():
        dice.shuffle(targets)
    while True:
        number += 1
        kind = dice.choice(kinds)
        if kind in waiting and not waiting[kind]:
            kind = _INSTEAD.get(kind, "write")
        if kind in waiting:
            yield Action(f"{kind}-{seed}-{number}", kind, *waiting[kind].pop())
        elif kind == "write":  # two processes save, each its own draft, and later seeds later texts
            draft, version = ground.desk.writing[seed % 2], seed * _SEEDS + number
            yield Action(desks.saved_key(draft, version), kind, draft, version)
        else:
            amount = _amount(kind, dice)
            yield Action(f"{kind}-{seed}-{number}", kind, dice.choice(ground.projects), amount)


def _amount(kind: str, dice: random.Random) -> int:
    """Rows of an import, bytes of a file."""
    if kind in ("import", "batch"):
        return dice.randint(5, dice.choice((6, 10, 20, 20, 200 if kind == "import" else 20)))
    return dice.randint(2_000, LIMIT // 2) if kind == "attach" else 0


def do(engine: Engine, folder: Path, ground: Ground, action: Action) -> Done:
    """Run an action through the command layer, with its key, as its person."""
    return _DO[action.kind](engine, folder, ground, action)


def _run(engine: Engine, verb, *args, by: int, key: str, **options) -> Done:
    return perform(engine, verb, *args, by=by, now=NOW, key=key, **options)


def _decide(engine: Engine, _folder: Path, ground: Ground, action: Action) -> Done:
    told = {"reason": "示例结论", "held_on": HELD, "key": action.key}
    who = ground.deciders[0]
    return _run(engine, decisions.decide, action.target, Conclusion.PASS, by=who, **told)


def _correct(engine: Engine, _folder: Path, ground: Ground, action: Action) -> Done:
    """Turn a decision round: a pass takes its claim back, or a hold gets one again."""
    with reading(engine) as session:
        made = queries_gates.standing(queries_gates.decisions(session, action.target))
        last = next((one for one in made if one.gate is Gate.G1), None)
    if last is None:  # not decided yet: there is nothing to turn
        return _note(engine, _folder, ground, action)
    other = Conclusion.HOLD if last.conclusion is Conclusion.PASS else Conclusion.PASS
    told = {"reason": "示例更正", "held_on": HELD, "key": action.key}
    return _run(engine, decisions.correct, last.id, other, by=ground.deciders[0], **told)


def _import(engine: Engine, _folder: Path, ground: Ground, action: Action) -> Done:
    table = read_table(_rows(action), "projects.csv")
    told = {"reason": "示例导入", "key": action.key}
    return _run(engine, importing.apply, ImportKind.PROJECTS, table, by=ground.manager, **told)


def _batch(engine: Engine, folder: Path, ground: Ground, action: Action) -> Done:
    """Bring a file, have it checked, ask for it to be applied, and have that done: four steps."""
    stored = attachments.keep(folder, _rows(action), shown_name="示例.csv", limit_bytes=LIMIT)
    told = {"by": ground.manager, "file": stored, "key": f"{action.key}-brought"}
    batch_id = _run(engine, importing.stage, ImportKind.PROJECTS, **told).subject_id
    _work(engine, folder, batch_id)
    done = _run(engine, importing.queue, batch_id, by=ground.manager, key=action.key)
    batch = _work(engine, folder, batch_id)
    if batch.state is not BatchState.APPLIED:
        raise Conflict(f"{batch.state.label}：{batch.message}")
    return done


def _work(engine: Engine, folder: Path, batch_id: int) -> ImportBatch:
    """What the server's importer does; where another died at it, once its lease has run out."""
    with reading(engine) as session:
        lease = session.get_one(ImportBatch, batch_id).leased_until
    now = max(NOW, lease + timedelta(seconds=1)) if lease else NOW
    importing.work(engine, folder, batch_id, lambda: now)
    with reading(engine) as session:
        return session.get_one(ImportBatch, batch_id)


def _rows(action: Action) -> bytes:
    """A file of new projects that no other action brings."""
    lines = [f"{action.key}-{n},示例导入 {action.key} {n}" for n in range(action.amount)]
    return "\r\n".join(["项目编号,项目名称", *lines, ""]).encode("utf-8-sig")


def _attach(engine: Engine, folder: Path, ground: Ground, action: Action) -> Done:
    stored = attachments.keep(folder, page(action), shown_name="示例.pdf", limit_bytes=LIMIT)
    code = PAPERS[action.amount % len(PAPERS)]
    told = {"title": "示例材料", "file": stored, "key": action.key}
    return _run(engine, evidence.submit, action.target, code, by=ground.manager, **told)


def _note(engine: Engine, _folder: Path, ground: Ground, action: Action) -> Done:
    return _run(engine, projects.note, action.target, "进展", by=ground.manager, key=action.key)


def _write(engine: Engine, _folder: Path, ground: Ground, action: Action) -> Done:
    """Save two fields of a draft. It has no key and no entry: its number does what those do."""
    with reading(engine) as session:
        before = desks.saves(session).get(action.target)
    text = f"{desks.DRAFT}{action.amount}"
    fields = {"result.title": text, "result.summary": text}
    submissions.save(engine, action.target, fields, by=ground.desk.author, now=NOW)
    return Done("submission", action.target, action.amount, repeated=before == action.amount)


def _send(engine: Engine, _folder: Path, ground: Ground, action: Action) -> Done:
    who = ground.desk.author
    return _run(engine, submissions.submit, action.target, by=who, key=action.key)


def _accept(engine: Engine, _folder: Path, ground: Ground, action: Action) -> Done:
    """The second verification: the result, its contract and its transfer come to be, and count."""
    who = ground.desk.second
    return _run(engine, submission_reviews.accept, action.target, by=who, key=action.key)


def _join(engine: Engine, _folder: Path, ground: Ground, action: Action) -> Done:
    told = {"by": ground.desk.second, "reason": WHY, "key": action.key}
    return _run(engine, submission_reviews.join, action.target, action.amount, **told)


def _merge(engine: Engine, _folder: Path, ground: Ground, action: Action) -> Done:
    told = {"by": ground.desk.reviewer, "reason": WHY, "key": action.key}
    return _run(engine, merging.merge, action.target, action.amount, **told)


def page(action: Action) -> bytes:
    """A file of its own for every action, the same when it is tried again."""
    filling = hashlib.sha256(action.key.encode()).hexdigest().encode()
    return PAGE + b"%" + filling * (action.amount // len(filling) + 1)


_DO = {
    "decide": _decide,
    "correct": _correct,
    "import": _import,
    "batch": _batch,
    "attach": _attach,
    "note": _note,
    "write": _write,
    "send": _send,
    "accept": _accept,
    "join": _join,
    "merge": _merge,
}
