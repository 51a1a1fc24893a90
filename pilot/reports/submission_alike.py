"""Look-alikes of a submission in words (疑似重复): what it resembles, why, and what was said."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from pilot.domain.lookalikes import Ground, LookAlike
from pilot.domain.submission_parts import parts
from pilot.services import lookalikes
from pilot.store import queries_alike, queries_result_lists, queries_submissions
from pilot.store.models import Submission

_Named = tuple[str, str, str]  # its name, its holders, where it stands


@dataclass(frozen=True, slots=True)
class Alike:
    """One thing that may be the same; of another's submission only title, holders and state.

    `same` says that the author takes it for the same, `reason` why it is not; `certain` ones must
    be answered before sending.
    """

    table: str
    id: int
    ground: str
    certain: bool
    name: str
    holders: str
    standing: str
    same: bool
    reason: str
    said_by: str


def alike(session: Session, row: Submission, content: Mapping[str, Any]) -> list[Alike]:
    """What a content resembles, the strongest ground first, and what it was said to be."""
    found = lookalikes.found(session, row, content)
    said = {
        ("result", one.other_result_id)
        if one.other_result_id is not None
        else ("submission", one.other_submission_id): (one.reason, name)
        for one, name in queries_submissions.distinctions(session, row.id)
    }
    named = _results(session, found) | _submissions(session, found)
    same = {("result", one) for one in lookalikes.family_of(session, content.get("same_as"))}
    same.add(("submission", content.get("same_submission")))
    return [_told(one, named[one.table, one.id], same, said) for one in found]


def unanswered(found: Sequence[Alike]) -> int:
    """How many of them still have to be answered."""
    return sum(one.certain and not (one.same or one.reason) for one in found)


def _told(
    one: LookAlike,
    named: _Named,
    same: Collection[tuple[str, int | None]],
    said: Mapping[tuple[str, int], tuple[str, str]],
) -> Alike:
    reason, said_by = said.get((one.table, one.id), ("", ""))
    certain = one.ground is not Ground.SIMILAR
    ground = one.ground.label if certain else f"{one.ground.label}（{one.likeness}%）"
    return Alike(
        one.table, one.id, ground, certain, *named, (one.table, one.id) in same, reason, said_by
    )


def _results(session: Session, found: Sequence[LookAlike]) -> dict[tuple[str, int], _Named]:
    ids = [one.id for one in found if one.table == "result"]
    held = queries_result_lists.holders_of(session, ids)
    return {
        ("result", row.id): (
            f"{row.code} {row.title}",
            "、".join(holder.name for holder in held[row.id]),
            "已登记成果",
        )
        for row in queries_alike.results(session, ids)
    }


def _submissions(session: Session, found: Sequence[LookAlike]) -> dict[tuple[str, int], _Named]:
    ids = [one.id for one in found if one.table == "submission"]
    return {
        ("submission", row.id): (
            row.title,
            _holders(session, row),
            f"他人填报，{row.state.label}",
        )
        for row in queries_alike.submissions(session, ids)
    }


def _holders(session: Session, other: Submission) -> str:
    """The holders as they were sent; units that are only asked for are left out."""
    sent = queries_submissions.latest_round(session, other)
    read = parts(json.loads(sent.content)) if sent else None
    ids = [held.organisation_id for held in read.result.holders] if read else []
    known = queries_submissions.holders_of(session, [one for one in ids if isinstance(one, int)])
    return "、".join(known[one].name for one in ids if one in known)
