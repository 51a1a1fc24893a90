"""How a sheet is laid out (版式): where its headings stand and which rows are no data.

People put a title and notes above, one to three lines of headings, sums and signatures below.
What is found here is a proposal; a person confirms it once a source.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pilot.domain.import_columns import ImportColumn, heading_key
from pilot.domain.readings import is_blank
from pilot.domain.vocabulary import Term

LOOKED_AT = 30  # rows from the top in which headings are looked for
MOST_LEVELS = 3
_JOINT = "/"
_NEAR = 0.6
_SUM = re.compile(r"(?:本页|本表|年度|全部|总)?(?:合计|小计|总计|共计)[:：]?")
_NOTE = re.compile(
    r"(?:附?注|备注|说明|填[报表]说明|数据来源|资料来源|来源|填[报表]人|制表人?|审核人|复核人"
    r"|(?:单位|统计|分管)?负责人|填[报表](?:日期|时间|单位)|报送(?:日期|单位)|联系电话|单位)"
    r"\s*[0-9一二三四五六七八九十]?\s*[:：]"
)
_SECTION = re.compile(r"(?:[(（][一二三四五六七八九十]+[)）]|[一二三四五六七八九十]+[、.．])")
_NUMBERED = ("序号", "no", "no.", "#", "编号序", "行号")
Cells = Sequence[object]


class RowKind(Term):
    """What a row below the headings is (行的性质)."""

    DATA = "data", "数据"
    BLANK = "blank", "空行"
    SUM = "sum", "合计行"
    NOTE = "note", "注释行"  # also the name of a section


class How(Term):
    """How a heading was matched with a column (对应依据)."""

    SAME = "same", "同名"
    NEAR = "near", "相近，请核对"
    NONE = "none", "没有相应的列"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The first row of the headings, counted from 1, and on how many lines they stand."""

    first: int = 1
    levels: int = 1

    @property
    def last(self) -> int:
        """The last row of the headings."""
        return self.first + self.levels - 1


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a heading probably is: a column's key, or None, and why."""

    heading: str
    key: str | None
    how: How


def row_kind(cells: Cells) -> RowKind:
    """Whether a row below the headings is data; only what says so itself is not."""
    seen = [cell for cell in cells if not is_blank(cell)]
    if not seen:
        return RowKind.BLANK
    first = [_text(cell) for cell in seen[:2]]
    if any(map(_SUM.fullmatch, first)):
        return RowKind.SUM
    if len(seen) == 1 and _SECTION.match(first[0]):
        return RowKind.NOTE
    if _NOTE.match(first[0]) and all(_NOTE.match(_text(cell)) for cell in seen):
        return RowKind.NOTE
    return RowKind.DATA


def headings_of(rows: Sequence[Cells], levels: int) -> list[str]:
    """One name a column out of the lines of headings: “upper/lower”, or the one that is there.

    A blank beside an upper heading belongs to it as long as a lower heading stands below.
    """
    width = max((len(row) for row in rows[:levels]), default=0)
    lines = [
        [_shown(row[i]) if i < len(row) else "" for i in range(width)] for row in rows[:levels]
    ]
    for number, line in enumerate(lines[:-1]):
        for i in range(1, width):
            below = any(lower[i] for lower in lines[number + 1 :])
            beside = all(upper[i] == upper[i - 1] for upper in lines[:number])
            if not line[i] and below and beside:
                line[i] = line[i - 1]
    return [_joined([line[i] for line in lines]) for i in range(width)]


def find(rows: Sequence[Cells], columns: Sequence[ImportColumn]) -> Arrangement:
    """Where the headings stand: where most of them name a column; fewest lines, highest first.

    Where none does, the first row with more than one text.
    """
    looked, best = rows[:LOOKED_AT], (0.0, 0, 0, Arrangement())
    for first in range(len(looked)):
        for levels in range(1, MOST_LEVELS + 1):
            lines = looked[first : first + levels]
            if len(lines) < levels or row_kind(lines[-1]) is RowKind.NOTE:
                break  # also where a note begins: “填报单位：…” is no upper heading
            names = [n for n in headings_of(lines, levels) if n]
            found = propose(names, columns)
            score = sum({How.SAME: 1.0, How.NEAR: 0.5}.get(one.how, 0.0) for one in found)
            rank = (score, -levels, -first, Arrangement(first + 1, levels))
            if score and rank[:3] > best[:3]:
                best = rank
    return best[3] if best[0] else Arrangement(_first_with_texts(looked))


def propose(headings: Sequence[str], columns: Sequence[ImportColumn]) -> list[Proposal]:
    """A column for each heading: by its name or alias, else the nearest that is still free."""
    known = {name: column.key for column in columns for name in column.names}
    same = {heading: _known(heading, known) for heading in headings}
    taken = {key for key in same.values() if key}
    proposals = []
    for heading in headings:
        key, how = same[heading], How.SAME
        if key is None:
            key, how = _nearest(heading, columns, taken), How.NEAR
            taken |= {key} - {None}
        proposals.append(Proposal(heading, key, how if key else How.NONE))
    return proposals


def _known(heading: str, known: Mapping[str, str]) -> str | None:
    """By the whole heading, its lines together, or its lowest line alone."""
    parts = heading.split(_JOINT)
    spellings = (heading, "".join(parts), parts[-1])
    return next((known[heading_key(s)] for s in spellings if heading_key(s) in known), None)


def _nearest(heading: str, columns: Sequence[ImportColumn], taken: set[str]) -> str | None:
    key = _core(heading)
    if not key or key in _NUMBERED:
        return None
    near = [
        (max(_likeness(key, _core(name)) for name in (column.heading, *column.also)), column.key)
        for column in columns
        if column.key not in taken
    ]
    best, found = max(near, default=(0.0, None))
    return found if best >= _NEAR else None


def _likeness(one: str, other: str) -> float:
    if len(one) > 1 and len(other) > 1 and (one in other or other in one):
        return max(0.7, SequenceMatcher(None, one, other).ratio())
    return SequenceMatcher(None, one, other).ratio()


def _core(heading: str) -> str:
    """A heading without what stands in brackets, for comparison only."""
    return re.sub(r"\(.*?\)|\[.*?\]|[*/:]", "", heading_key(heading))


def _first_with_texts(rows: Sequence[Cells]) -> int:
    for number, cells in enumerate(rows, 1):
        if sum(isinstance(cell, str) and not is_blank(cell) for cell in cells) > 1:
            return number
    return 1


def _joined(parts: Sequence[str]) -> str:
    kept: list[str] = []
    for part in parts:
        if part and part not in kept:
            kept.append(part)
    return _JOINT.join(kept)


def _shown(cell: object) -> str:
    return "" if is_blank(cell) else " ".join(str(cell).strip("\ufeff \t\r\n\u3000").split())


def _text(cell: object) -> str:
    return "".join(unicodedata.normalize("NFKC", str(cell)).split())
