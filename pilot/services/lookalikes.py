"""Look-alikes of a submission (疑似重复), found in the registry and among what others have sent."""

import functools
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rapidfuzz import fuzz, process
from sqlmodel import Session

from pilot.domain.errors import Conflict, Invalid
from pilot.domain.identifiers import IdentifierKind, title_key
from pilot.domain.lookalikes import (
    LIKE,
    NUMBERED,
    SAID_SAME,
    Ground,
    LookAlike,
    Marks,
    ground,
    in_order,
    marks,
)
from pilot.domain.people import Actor
from pilot.domain.problems import Problem
from pilot.domain.submission_parts import Parts, follows, parts
from pilot.services.command import verb
from pilot.services.submission_access import discussed, sent
from pilot.store import queries, queries_lookalikes, queries_results, queries_submissions
from pilot.store.models import Distinction, Result, Submission

_MOST = 10
_TABLES = {"result": "成果", "submission": "填报"}
_key = functools.lru_cache(maxsize=200_000)(title_key)


def found(session: Session, row: Submission, content: Mapping[str, Any]) -> list[LookAlike]:
    """What may be the same as a submission, the strongest ground first; at most ten.

    What follows on a contract says itself which registered result it is about; a part of a package
    shares its contract.
    """
    if follows(content):
        return []
    read = parts(content)
    mine = _marks(session, {row.id: read})[row.id]
    titles = queries_submissions.result_titles(session, row.base_id)
    results = _known(session, row, mine, titles)
    others = _sent(session, row, mine)
    own = _own(session, row)
    alike = [each for each in in_order([*results, *others]) if (each.table, each.id) not in own]
    joined = {("result", one) for one in family_of(session, read.result.package_id)}
    return [
        each
        for each in alike
        if each.ground is not Ground.CONTRACT or (each.table, each.id) not in joined
    ][:_MOST]


def unanswered(
    session: Session, row: Submission, content: Mapping[str, Any], alike: Sequence[LookAlike]
) -> list[Problem]:
    """Look-alikes on certain grounds about which nobody has said yet whether they are the same."""
    answered = set(distinguished(session, row)) | said_same(session, content)
    return [
        Problem(
            "lookalikes",
            "lookalike",
            f"与已有的{_TABLES[each.table]}疑似重复：{each.ground.label}。",
            "请说明是同一项成果，或写明不是同一项的理由。",
        )
        for each in alike
        if each.ground is not Ground.SIMILAR and (each.table, each.id) not in answered
    ]


def other_change(session: Session, row: Submission) -> list[Problem]:
    """One change (变更申请) of a result at a time: a second one waits until the first has ended."""
    if row.changes_id is None:
        return []
    receipt = queries_lookalikes.change_under_way(session, row)
    if receipt is None:
        return []
    message = f"同一项成果的变更申请 {receipt} 还在审核，一次只能提交一份变更。"
    remedy = f"请等 {receipt} 审核结束后再提交，或先撤回它；已填写的内容不会丢失。"
    return [Problem("change", "change-under-way", message, remedy)]


@verb("submission.distinguish")
def distinguish(
    session: Session,
    submission_id: int,
    table: str,
    other_id: int,
    *,
    by: Actor,
    at: datetime,
    reason: str,
) -> Distinction:
    """Say that a look-alike is not the same (不是同一项), and why; it is not asked again."""
    row = discussed(session, submission_id, by)
    if not 2 <= len(reason.strip()) <= 300:
        raise Invalid("reason", "请写明不是同一项的理由（2 至 300 字）。")
    other = _known_other(session, by.base_id, table, other_id)
    said = queries_lookalikes.distinction(session, row.id, table, other.id)
    if said is not None:
        raise Conflict("已经说明过这一项不是同一成果，不需要重复说明。")
    said = Distinction(
        base_id=row.base_id,
        submission_id=row.id,
        other_result_id=other.id if table == "result" else None,
        other_submission_id=other.id if table == "submission" else None,
        reason=reason.strip(),
        by_id=by.id,
        recorded_at=at,
    )
    session.add(said)
    session.flush()
    return said


def _known_other(session: Session, base_id: int, table: str, other_id: int) -> Result | Submission:
    """A result, or a submission that was sent: a draft of another is nobody's to know of."""
    if table == "result":
        return queries.one(session, Result, base_id, other_id)
    return sent(session, base_id, other_id)


def distinguished(session: Session, row: Submission) -> dict[tuple[str, int], tuple[str, str]]:
    """What a submission was said not to be the same as: reason and who said it, by table and id.

    Said of what a change is about it holds for the change; said of another's submission it holds
    for the result that came of it.
    """
    said: dict[tuple[str, int], tuple[str, str]] = {}
    ids = [one for one in (row.changes_id, row.id) if one is not None]
    for one, name, became in queries_submissions.distinctions(session, ids):
        others = [("result", one.other_result_id), ("result", became)]
        others.append(("submission", one.other_submission_id))
        said |= {(table, other): (one.reason, name) for table, other in others if other is not None}
    return said


def family_of(session: Session, result_id: int | None) -> frozenset[int]:
    """A result with its package and the parts of it: saying “the same” of one says it of all."""
    if result_id is None:
        return frozenset()
    return frozenset(queries_results.family(session, [result_id]))


def said_same(session: Session, content: Mapping[str, Any]) -> set[tuple[str, int | None]]:
    """Table and id of everything that an author says the content is the same as."""
    results = family_of(session, content.get(SAID_SAME["result"]))
    return {("submission", content.get(SAID_SAME["submission"])), *(("result", x) for x in results)}


def _own(session: Session, row: Submission) -> set[tuple[str, int]]:
    """A change, the package it is about and what it changes are no look-alikes of each other."""
    own = family_of(session, row.result_id)
    return {("submission", row.changes_id), *(("result", one) for one in own)}


def _marks(session: Session, contents: Mapping[int, Parts]) -> dict[int, Marks]:
    """What each content is recognised by; one query for the holders of all of them."""
    held = {one: _units(read) for one, read in contents.items()}
    known = queries_submissions.holders_of(session, {each for ids in held.values() for each in ids})
    codes = {one: unit.uscc or unit.name for one, unit in known.items()}
    return {
        one: marks(read, [codes[each] for each in held[one] if each in codes])
        for one, read in contents.items()
    }


def _units(read: Parts) -> list[int]:
    ids = [held.organisation_id for held in read.result.holders]
    return [one for one in ids if isinstance(one, int)]


def _numbered(session: Session, base_id: int, mine: Marks) -> list[LookAlike]:
    """Results of the registry that one of the numbers names; two queries at most."""
    kinds = {ground: kind.value for kind, ground in NUMBERED.items()}
    keys = [(kinds[ground], key) for ground, key in mine.numbers if ground in kinds]
    contracts = [key for ground, key in mine.numbers if ground is Ground.CONTRACT]
    found = queries_lookalikes.results_numbered(session, base_id, keys) if keys else ()
    alike = [LookAlike("result", one, NUMBERED[IdentifierKind(kind)]) for one, kind in found]
    if contracts:
        ids = queries_lookalikes.results_contracted(session, base_id, contracts)
        alike += [LookAlike("result", one, Ground.CONTRACT) for one in ids]
    return alike


def _known(session: Session, row: Submission, mine: Marks, titles: Sequence) -> list[LookAlike]:
    """Results of the registry: by number, by title and holder, by likeness of titles."""
    alike = _numbered(session, row.base_id, mine)
    near = _near(mine.title, {one.id: one.title for one in titles})
    same = [one for one, likeness in near if likeness == 100]
    held = queries_lookalikes.holder_codes(session, same)
    for one, likeness in near:
        certain = likeness == 100 and held.get(one, set()) & mine.holders
        alike.append(
            LookAlike("result", one, Ground.TITLE if certain else Ground.SIMILAR, likeness)
        )
    return alike


def _sent(session: Session, row: Submission, mine: Marks) -> list[LookAlike]:
    """Submissions that others have sent and nobody has decided yet."""
    rows = queries_submissions.pending_titles(session, row.base_id, row.id)
    theirs = _marks(session, {one.id: parts(json.loads(one.content)) for one in rows})
    near = dict(_near(mine.title, {one.id: one.title for one in rows}))
    alike = []
    for one in rows:
        certain = ground(mine, theirs[one.id])
        if certain or one.id in near:
            likeness = 100 if certain else near[one.id]
            alike.append(LookAlike("submission", one.id, certain or Ground.SIMILAR, likeness))
    return alike


def _near(title: str, titles: Mapping[int, str]) -> list[tuple[int, int]]:
    """The ids of titles at least `LIKE` alike, with their likeness of 100."""
    if len(title) < 2:
        return []
    keys = {one: _key(text) for one, text in titles.items()}
    hits = process.extract(title, keys, scorer=fuzz.ratio, score_cutoff=LIKE, limit=_MOST)
    return [(one, int(score)) for _, score, one in hits]
