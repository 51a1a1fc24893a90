"""A small portfolio to try things on, and real actions with once-only keys to try on it."""

import hashlib
import logging
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Engine

from pilot.domain.import_columns import ImportKind
from pilot.domain.vocabulary import Conclusion, Gate
from pilot.services import attachments, decisions, evidence, importing, projects
from pilot.services.command import Done, perform
from pilot.services.sheets import read_table
from pilot.store import queries_gates, schema
from pilot.store.engine import reading, writing
from pilot.store.models import Project
from tests import factories

logging.getLogger("pilot").addHandler(logging.NullHandler())  # refusals are what is looked for
NOW = factories.NOON + timedelta(days=1)  # the command layer adds what order needs
HELD = date(2026, 5, 20)
LIMIT = 2 * 1024 * 1024
PAPERS = ("D20", "D21", "D22", "D23")  # no gate that is decided here asks for them
PAGE = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a laid portfolio holds: accounts, rounds that wait for a decision, projects."""

    manager: int
    deciders: tuple[int, ...]
    rounds: tuple[int, ...]
    projects: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing somebody does once: its key, its kind and what it is done to."""

    key: str
    kind: str
    target: int
    amount: int = 0


def lay(engine: Engine, rounds: int, *, gate: Gate = Gate.G1, deciders: int = 1) -> Ground:
    """Migrate a database and bring that many projects to a proven round at a gate."""
    schema.upgrade(engine)
    with writing(engine) as session:
        people = factories.team(session)
        more = [factories.actor(session, people.base) for _ in range(deciders - 1)]
        open_rounds = [factories.at_gate(session, people, gate) for _ in range(rounds)]
        for review in open_rounds:
            factories.prove(session, people, review)
            if gate is Gate.G1:  # with the agreement, a pass admits the project and counts it
                factories.paper(session, people, session.get_one(Project, review.project_id), "D06")
        return Ground(
            people.manager.id,
            (people.decider.id, *(one.id for one in more)),
            tuple(review.id for review in open_rounds),
            tuple(review.project_id for review in open_rounds),
        )


def actions(ground: Ground, kinds: tuple[str, ...], seed: int) -> Iterator[Action]:
    """An endless mix of actions; the same seed gives the same ones."""
    dice, number = random.Random(seed), 0
    rounds = list(ground.rounds)
    dice.shuffle(rounds)
    while True:
        number += 1
        kind = dice.choice(kinds)
        if kind == "decide" and not rounds:
            kind = "correct"
        target = rounds.pop() if kind == "decide" else dice.choice(ground.projects)
        size = dice.choice((6, 10, 20, 20, 200))
        amount = {"import": dice.randint(5, size), "attach": dice.randint(2_000, LIMIT // 2)}
        yield Action(f"{kind}-{seed}-{number}", kind, target, amount.get(kind, 0))


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
    lines = [f"{action.key}-{n},示例导入 {action.key} {n}" for n in range(action.amount)]
    text = "\r\n".join(["项目编号,项目名称", *lines, ""])
    table = read_table(text.encode("utf-8-sig"), "projects.csv")
    told = {"reason": "示例导入", "key": action.key}
    return _run(engine, importing.apply, ImportKind.PROJECTS, table, by=ground.manager, **told)


def _attach(engine: Engine, folder: Path, ground: Ground, action: Action) -> Done:
    stored = attachments.keep(folder, page(action), shown_name="示例.pdf", limit_bytes=LIMIT)
    code = PAPERS[action.amount % len(PAPERS)]
    told = {"title": "示例材料", "file": stored, "key": action.key}
    return _run(engine, evidence.submit, action.target, code, by=ground.manager, **told)


def _note(engine: Engine, _folder: Path, ground: Ground, action: Action) -> Done:
    return _run(engine, projects.note, action.target, "进展", by=ground.manager, key=action.key)


def page(action: Action) -> bytes:
    """A file of its own for every action, the same when it is tried again."""
    filling = hashlib.sha256(action.key.encode()).hexdigest().encode()
    return PAGE + b"%" + filling * (action.amount // len(filling) + 1)


_DO = {
    "decide": _decide,
    "correct": _correct,
    "import": _import,
    "attach": _attach,
    "note": _note,
}
