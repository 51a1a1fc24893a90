"""Submissions and results that stand just before the step that a proof takes with them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine, text
from sqlmodel import Session

from pilot.domain.drafts import TransferDraft
from pilot.domain.vocabulary import TransferMode
from pilot.services import transfers
from pilot.services.command import perform
from pilot.store.engine import writing
from tests import factories_registry as registry
from tests import factories_submissions as made
from tests.factories import NOON, Team
from tests.factories_submissions import Author

DRAFT = "示例草稿 "  # and the number of the save: in the title, in the summary, in the row
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose submissions, who judges them, and what waits for its next step.

    `writing` are two drafts that stay drafts, one for each process that saves; `drafts` are
    complete; `seconds` have one verification and are claimed for the next; `joining` are such ones
    with the result that they are found to be; `pairs` are two results that count, to be merged.
    """

    author: int
    reviewer: int
    second: int
    writing: tuple[int, int]
    drafts: tuple[Pair, ...]
    seconds: tuple[Pair, ...]
    joining: tuple[Pair, ...]
    pairs: tuple[Pair, ...]


def lay(engine: Engine, people: Team, each: int, merges: int) -> Desk:
    """So many to send and to accept, to join and to merge, reached by the real verbs.

    What counts went through the command layer: the journal has it.
    """
    with writing(engine) as session:
        writer = made.author(session, people)
        contents = _contents(writer, registry.organisation(session, people))
        drafts = [made.draft(session, writer, next(contents)).id for _ in range(each)]
        seconds = [_second(session, people, writer, next(contents)) for _ in range(each + merges)]
        sales = [_sale(session, people) for _ in range(3 * merges)]
        saved = [_draft(session, writer) for _ in range(2)]
    counted = [_counted(engine, people, sale) for sale in sales]
    return Desk(
        author=writer.actor.id,
        reviewer=people.one.id,
        second=people.other.id,
        writing=(saved[0], saved[1]),
        drafts=tuple((one, 0) for one in drafts),
        seconds=tuple((one, 0) for one in seconds[:each]),
        joining=tuple(zip(seconds[each:], counted[:merges], strict=True)),
        pairs=tuple(zip(counted[merges : 2 * merges], counted[2 * merges :], strict=True)),
    )


def _contents(writer: Author, buyer) -> Iterator[dict]:
    """Complete submissions with a sale, each under a contract of its own."""
    number = 0
    while True:
        number += 1
        terms = {"no": f"SB-{number}", "registration_no": f"2026211100{number:06}"}
        content = made.transfer_content(writer, buyer, **terms)
        content["result"]["title"] = f"示例成果第 {number} 号"
        yield content


def _second(session: Session, people: Team, writer: Author, content: dict) -> int:
    """Sent, verified by one reviewer and claimed by the other."""
    row = made.accepted(session, made.sent(session, writer, content), people.one)
    return made.claimed(session, row, people.other).id


def _sale(session: Session, people: Team) -> TransferDraft:
    """A result and the contract that sells it."""
    result, contract = registry.result(session, people), registry.contract(session, people)
    told = {"result_id": result.id, "contract_id": contract.id}
    return TransferDraft(mode=TransferMode.TRANSFER, **told)


def _counted(engine: Engine, people: Team, sale: TransferDraft) -> int:
    """The result of a sale that was entered and verified, and counts."""
    told = {"now": NOON + timedelta(hours=1)}
    done = perform(engine, transfers.record_transfer, sale, by=people.manager.id, **told)
    perform(engine, transfers.verify_transfer, done.subject_id, by=people.one.id, **told)
    return sale.result_id


def _draft(session: Session, writer: Author) -> int:
    content = {"result": {"title": f"{DRAFT}0", "summary": f"{DRAFT}0"}}
    return made.draft(session, writer, content).id


def saved_key(draft: int, number: int) -> str:
    """What a save of a draft is known by; it has no key in the journal."""
    return f"write-{draft}-{number}"


def saves(session: Session) -> dict[int, int]:
    """The number of the save that each draft in writing holds; −1 if it holds parts of two."""
    query = text("SELECT id, title, content FROM submission WHERE title LIKE :like")
    found = {}
    for draft, title, content in session.execute(query, {"like": f"{DRAFT}%"}):
        said = json.loads(content)["result"]
        whole = title == said["title"] == said["summary"]
        found[draft] = int(title.removeprefix(DRAFT)) if whole else -1
    return found
