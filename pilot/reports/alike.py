"""Look-alikes for people (疑似重复): what each is, on which ground, and what was said about it.

One reading for both sides: a reviewer compares all of it, an author is told of another's
submission only its title, holders and state.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from pilot.domain.identifiers import IdentifierKind
from pilot.domain.lookalikes import Ground
from pilot.domain.submission_parts import Parts, parts
from pilot.services import lookalikes
from pilot.store import queries_lookalikes, queries_result_lists, queries_submissions
from pilot.store.models import Result, Submission

NAME, HOLDERS, NUMBERS, SUMMARY = "名称", "持有方", "编号", "简介"
_Key = tuple[str, int]  # table and id


@dataclass(frozen=True, slots=True)
class Alike:
    """One thing that may be the same; `facts` are the same headings for everything compared.

    `same` says that the author takes it for the same, `reason` why it is not, said by `said_by`;
    `certain` ones must be answered before sending.
    """

    table: str
    id: int
    code: str
    standing: str
    ground: str
    certain: bool
    facts: dict[str, str]
    same: bool
    reason: str
    said_by: str


@dataclass(frozen=True, slots=True)
class Beside:
    """A submission and its look-alikes, by the same headings."""

    own: dict[str, str]
    others: tuple[Alike, ...]


def beside(session: Session, submission_id: int, content: Mapping[str, Any]) -> Beside:
    """A submission beside everything it may be the same as, the strongest ground first."""
    row = session.get_one(Submission, submission_id)
    (own,) = _facts_of(session, [parts(content)])
    return Beside(own, tuple(_alike(session, row, content)))


def told(session: Session, row: Submission, content: Mapping[str, Any]) -> list[Alike]:
    """The same for the author of a content: nothing that only others may know."""
    return [
        replace(one, code=_code(one), facts={name: one.facts[name] for name in (NAME, HOLDERS)})
        for one in _alike(session, row, content)
    ]


def unanswered(found: Sequence[Alike]) -> int:
    """How many of them still have to be answered."""
    return sum(one.certain and not (one.same or one.reason) for one in found)


def results_told(
    session: Session, ids: Collection[int]
) -> dict[int, tuple[Result, dict[str, str]]]:
    """Results by id with what they are compared by; three queries."""
    held = queries_result_lists.holders_of(session, ids)
    numbers = queries_lookalikes.numbers(session, ids)
    return {
        row.id: (
            row,
            {
                NAME: row.title,
                HOLDERS: "、".join(holder.name for holder in held[row.id]),
                NUMBERS: _joined(numbers.get(row.id, ())),
                SUMMARY: row.summary or "",
            },
        )
        for row in queries_lookalikes.results(session, ids)
    }


def _alike(session: Session, row: Submission, content: Mapping[str, Any]) -> list[Alike]:
    found = lookalikes.found(session, row, content)
    said = lookalikes.distinguished(session, row)
    shown = _shown(session, [(each.table, each.id) for each in found])
    same = lookalikes.said_same(session, content)
    alike = []
    for each in found:
        key = each.table, each.id
        code, standing, facts = shown[key]
        words = each.ground.told(each.likeness), each.ground is not Ground.SIMILAR
        reason = said.get(key, ("", ""))
        alike.append(Alike(*key, code, standing, *words, facts, key in same, *reason))
    return alike


def _shown(session: Session, keys: Sequence[_Key]) -> dict[_Key, tuple[str, str, dict[str, str]]]:
    """Code, standing and facts of results and submissions."""
    results = results_told(session, [one for table, one in keys if table == "result"])
    ids = [one for table, one in keys if table == "submission"]
    rows = queries_lookalikes.submissions(session, ids)
    facts = _facts_of(session, [parts(json.loads(row.content)) for row in rows])
    return {
        ("result", one): (row.code, "已登记成果", said) for one, (row, said) in results.items()
    } | {
        ("submission", row.id): (row.receipt or "", f"他人填报，{row.state.label}", said)
        for row, said in zip(rows, facts, strict=True)
    }


def _facts_of(session: Session, contents: Sequence[Parts]) -> list[dict[str, str]]:
    """What submissions are compared by; one query for the units of all of them."""
    held = {one.organisation_id for read in contents for one in read.result.holders}
    ids = [one for one in held if isinstance(one, int)]
    known = {one.id: one.name for one in queries_submissions.holders_of(session, ids).values()}
    return [_facts(read, known) for read in contents]


def _facts(read: Parts, known: Mapping[int, str]) -> dict[str, str]:
    result = read.result
    names = known | {-place: one.name for place, one in enumerate(read.organisations, 1)}
    numbers = [(number.kind, number.number) for number in result.numbers]
    if result.registration_no:
        numbers.append((IdentifierKind.REGISTRATION, result.registration_no))
    held = [names.get(one.organisation_id) for one in result.holders]
    return {
        NAME: str(result.title or ""),
        HOLDERS: "、".join(filter(None, held)),
        NUMBERS: _joined(numbers),
        SUMMARY: str(result.summary or ""),
    }


def _joined(numbers: Sequence[tuple[str, str]]) -> str:
    return "；".join(f"{IdentifierKind(kind).label} {number}" for kind, number in numbers)


def _code(one: Alike) -> str:
    return one.code if one.table == "result" else ""
