"""The walk along a base's journal (日志核对): is the chain whole, does it pass the anchors?"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from pilot.domain.chain import GENESIS, Anchor, Link
from pilot.domain.moment import SHANGHAI
from pilot.store import journal_reading
from pilot.store.journal import digest
from pilot.store.models import Base
from pilot.store.queries_verify import CLAIM_FIELDS

_CLAIM = '"table":"claim"'
_SEAM, _ENDING = '{"fields":', f",{_CLAIM}}}"


@dataclass(slots=True)
class Walk:
    """What walking a journal brought to light.

    `claims` are the ledger rows it wrote, by id, as text (see `values`); `marks` the hashes of the
    entries that anchors name.
    """

    entries: int = 0
    end: str = GENESIS
    broken: list[str] = field(default_factory=list)
    claims: dict[int, str] = field(default_factory=dict)
    marks: dict[int, str] = field(default_factory=dict)


def walk(session: Session, base: Base, anchors: Sequence[Anchor] = ()) -> Walk:
    """Follow the chain of a base to its end, and look whether it passes through its anchors."""
    walked = Walk()
    own = [anchor for anchor in anchors if anchor.base == base.code]
    named = frozenset(anchor.sequence for anchor in own)
    for links in journal_reading.links(session, base.id):
        _follow(walked, links, named)
    head = journal_reading.head(session, base.id)
    if head is None or (head.sequence, head.hash) != (walked.entries, walked.end):
        expected = head.sequence if head else 0
        walked.broken.append(f"日志的末尾不符：现有 {walked.entries} 条，应为 {expected} 条。")
    walked.broken += _missed(walked, own)
    return walked


def _follow(walked: Walk, links: Sequence[Link], named: frozenset[int]) -> None:
    """Go on over the next entries; after the first broken one nothing is proven any more."""
    number, before = walked.entries, walked.end
    for link in links:
        number += 1
        whole = link.previous == before and link.sequence == number and digest(link) == link.hash
        if not whole and not walked.broken:
            walked.broken.append(_trouble(link, before, number))
        before = link.hash
        if _CLAIM in link.changes:
            walked.claims |= _inserted(link.changes)
        if number in named:
            walked.marks[number] = link.hash
    walked.entries, walked.end = number, before


def _trouble(link: Link, before: str, expected: int) -> str:
    what = f"日志第 {link.sequence} 条（{_when(link.at)}，{link.action}）"
    if link.sequence != expected:
        return f"日志第 {expected} 条缺失：其后是第 {link.sequence} 条。"
    if link.previous != before:
        return f"{what}与前一条不相衔接：前面的记录被改动、增加或删除过。"
    return f"{what}的内容被改动过。"


def _when(at: str) -> str:
    try:
        return datetime.fromisoformat(at).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:  # somebody wrote something else there
        return at


def _missed(walked: Walk, anchors: Sequence[Anchor]) -> Iterator[str]:
    for anchor in anchors:
        mark = walked.marks.get(anchor.sequence)
        if mark is None:
            yield f"日志不再到达日志锚 {anchor}：现有 {walked.entries} 条，末尾被删除过。"
        elif not anchor.holds(anchor.sequence, mark):
            yield f"日志不经过日志锚 {anchor}：第 {anchor.sequence} 条或它之前的记录被重写过。"


def _inserted(changes: str) -> dict[int, str]:
    """The ledger rows an entry wrote, as text; none if it was spoilt, which the hash tells.

    The text is taken apart, not parsed: inside a JSON string every quote is escaped, so that these
    seams occur only where the journal put them.
    """
    found = {}
    for piece in changes.split(_ENDING)[:-1]:
        fields, _, number = piece.rpartition(_SEAM)[2].rpartition(',"id":')
        if number.isdecimal():
            found[int(number)] = fields
    return found


def values(fields: str) -> tuple[Any, ...]:
    """What a row held when it was written, in the order of CLAIM_FIELDS; nothing if spoilt."""
    try:
        pairs = json.loads(fields)
        return tuple(pairs[name][1] if name in pairs else None for name in CLAIM_FIELDS)
    except (ValueError, TypeError, LookupError):
        return (None,) * len(CLAIM_FIELDS)
