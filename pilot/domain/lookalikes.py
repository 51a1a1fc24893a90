"""Look-alikes (疑似重复): what may be the same result, the strongest key first.

Source: domain note §3.5. A number names one thing; a title only hints. Nothing is ever merged
because of a look-alike: a person says “the same” or “not the same, because …”.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pilot.domain.draft_children import child_key
from pilot.domain.identifiers import IdentifierKind, identifier_key, title_key
from pilot.domain.submission_parts import Parts
from pilot.domain.vocabulary import Term

LIKE = 88  # of 100: how alike two titles must be, by rapidfuzz, to be shown at all


class Ground(Term):
    """Why two things may be one (相似依据), the strongest first."""

    PATENT = "patent", "专利申请号相同"
    REGISTRATION = "registration", "成果登记号相同"
    CONTRACT = "contract", "技术合同登记编号相同"
    SOFTWARE = "software", "软件著作权登记号相同"
    TITLE = "title", "名称和持有方相同"
    SIMILAR = "similar", "名称相近"

    def told(self, likeness: int) -> str:
        """The ground in words; of titles that are only alike, how much (of 100)."""
        return self.label if self is not Ground.SIMILAR else f"{self.label}（{likeness}%）"


STRONG = (Ground.PATENT, Ground.REGISTRATION, Ground.CONTRACT, Ground.SOFTWARE)
SAID_SAME = {"result": "same_as", "submission": "same_submission"}  # where an author says so
NUMBERED = {
    IdentifierKind.PATENT: Ground.PATENT,
    IdentifierKind.REGISTRATION: Ground.REGISTRATION,
    IdentifierKind.SOFTWARE: Ground.SOFTWARE,
}


@dataclass(frozen=True, slots=True)
class Marks:
    """What a result or a submission is recognised by; keys only, never shown."""

    numbers: frozenset[tuple[Ground, str]]
    title: str
    holders: frozenset[str]


@dataclass(frozen=True, slots=True)
class LookAlike:
    """Something that may be the same: `table` is `result` or `submission`."""

    table: str
    id: int
    ground: Ground
    likeness: int = 100  # of 100; below that only for SIMILAR


def marks(parts: Parts, usccs: Iterable[str]) -> Marks:
    """What a content is recognised by; `usccs` are its holders' codes or, without one, names.

    The number of a child names the whole package, as counting sees it.
    """
    numbers = {
        (NUMBERED[number.kind], identifier_key(number.kind, number.number))
        for number in parts.result.numbers
        if number.kind in NUMBERED
    }
    if parts.result.registration_no:
        key = identifier_key(IdentifierKind.REGISTRATION, str(parts.result.registration_no))
        numbers.add((Ground.REGISTRATION, key))
    if parts.contract and parts.contract.registration_no:
        key = identifier_key(IdentifierKind.CONTRACT, str(parts.contract.registration_no))
        numbers.add((Ground.CONTRACT, key))
    keys = [key for child in parts.children if (key := child_key(child))]
    numbers |= {
        (NUMBERED[kind], key) for name, key in keys if (kind := IdentifierKind(name)) in NUMBERED
    }
    title = title_key(str(parts.result.title or ""))
    return Marks(frozenset(pair for pair in numbers if pair[1]), title, frozenset(usccs))


def ground(one: Marks, other: Marks) -> Ground | None:
    """The strongest certain ground on which two are alike; likeness of titles is asked apart."""
    shared = {kind for kind, _ in one.numbers & other.numbers}
    for strong in STRONG:
        if strong in shared:
            return strong
    same_title = one.title and one.title == other.title
    return Ground.TITLE if same_title and one.holders & other.holders else None


def in_order(found: Collection[LookAlike]) -> list[LookAlike]:
    """The strongest ground first, then the most alike; each thing once, by its strongest ground."""
    order = list(Ground)
    best: dict[tuple[str, int], LookAlike] = {}
    for each in sorted(found, key=lambda one: (order.index(one.ground), -one.likeness)):
        best.setdefault((each.table, each.id), each)
    return list(best.values())
