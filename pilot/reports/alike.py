"""Look-alikes for people (疑似重复): what each is, on which ground, and what was said about it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from pilot.domain.identifiers import IdentifierKind
from pilot.domain.lookalikes import Ground, LookAlike
from pilot.domain.submission_parts import parts
from pilot.services import lookalikes
from pilot.store import queries_alike, queries_result_lists, queries_submissions
from pilot.store.models import Submission

_SAME = {"result": "same_as", "submission": "same_submission"}  # where an author says so


@dataclass(frozen=True, slots=True)
class Alike:
    """One look-alike beside a submission; `facts` are the same headings for both sides."""

    table: str
    id: int
    code: str
    ground: Ground
    likeness: int
    facts: dict[str, str]
    said: str  # who said that it is not the same, and why; empty while nobody has
    same: bool  # the author says it is the same


@dataclass(frozen=True, slots=True)
class Beside:
    """A submission and its look-alikes, by the same headings."""

    own: dict[str, str]
    others: tuple[Alike, ...]


def beside(session: Session, submission_id: int, content: Mapping[str, Any]) -> Beside:
    """A submission beside everything it may be the same as."""
    row = session.get_one(Submission, submission_id)
    return Beside(facts_of(session, content), tuple(alike(session, row, content)))


def facts_of(session: Session, content: Mapping[str, Any]) -> dict[str, str]:
    """What a submission is compared by."""
    read = parts(content)
    held = [one.organisation_id for one in read.result.holders if one.organisation_id]
    known = queries_submissions.holders_of(session, held)
    asked = {-place: one.name for place, one in enumerate(read.organisations, 1)}
    names = [known[one].name if one in known else asked.get(one, "") for one in held]
    numbers = [f"{number.kind.label} {number.number}" for number in read.result.numbers]
    if read.result.registration_no:
        numbers.append(f"{IdentifierKind.REGISTRATION.label} {read.result.registration_no}")
    return {
        "名称": str(read.result.title or ""),
        "持有方": "、".join(filter(None, names)),
        "编号": "；".join(numbers),
        "简介": str(read.result.summary or ""),
    }


def alike(session: Session, row: Submission, content: Mapping[str, Any]) -> list[Alike]:
    """The look-alikes of a submission, the strongest ground first; at most ten."""
    found = lookalikes.found(session, row, content)
    said = _said(session, row)
    shown = _results(session, found) | _submissions(session, found)
    return [
        Alike(
            table=each.table,
            id=each.id,
            code=shown[each.table, each.id][0],
            ground=each.ground,
            likeness=each.likeness,
            facts=shown[each.table, each.id][1],
            said=said.get((each.table, each.id), ""),
            same=each.id == content.get(_SAME[each.table]),
        )
        for each in found
        if (each.table, each.id) in shown
    ]


def _said(session: Session, row: Submission) -> dict[tuple[str, int], str]:
    words = {}
    for one, name in queries_submissions.distinctions(session, row.id):
        place = (
            ("result", one.other_result_id)
            if one.other_result_id is not None
            else ("submission", one.other_submission_id)
        )
        words[place] = f"{name}：{one.reason}"
    return words


def _results(
    session: Session, found: Sequence[LookAlike]
) -> dict[tuple[str, int], tuple[str, dict[str, str]]]:
    ids = [each.id for each in found if each.table == "result"]
    holders = queries_result_lists.holders_of(session, ids)
    numbers = queries_alike.numbers(session, ids)
    return {
        ("result", row.id): (
            row.code,
            {
                "名称": row.title,
                "持有方": "、".join(holder.name for holder in holders[row.id]),
                "编号": "；".join(
                    f"{IdentifierKind(kind).label} {number}"
                    for kind, number in numbers.get(row.id, ())
                ),
                "简介": row.summary or "",
            },
        )
        for row in queries_alike.results(session, ids)
    }


def _submissions(
    session: Session, found: Sequence[LookAlike]
) -> dict[tuple[str, int], tuple[str, dict[str, str]]]:
    ids = [each.id for each in found if each.table == "submission"]
    return {
        ("submission", row.id): (row.receipt or "", facts_of(session, json.loads(row.content)))
        for row in queries_alike.submissions(session, ids)
    }
