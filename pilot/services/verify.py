"""The check of a base (核对): do the numbers follow from the facts, and is everything still there?

Nothing is mended here. Each difference is a sentence that names where it is.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlmodel import Session

from pilot.domain.ledger import Draft, Entry, reconcile
from pilot.domain.moment import FOREVER_DAY, SHANGHAI
from pilot.services import claiming
from pilot.store import (
    files,
    journal,
    queries_claims,
    queries_counting,
    queries_packages,
    queries_verify,
)
from pilot.store.models import Attachment, Base, JournalEntry

_NAMES = {
    "code": "编号",
    "name": "名称",
    "stage": "阶段",
    "state": "状态",
    "field": "领域",
    "industry": "行业",
    "area": "区划",
    "in_base": "是否基地项目",
    "budget": "预算",
}
_CLAIM = '"table":"claim"'


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at and every difference found, the most telling first (核对结果)."""

    base: str
    claims: int
    entries: int
    files: int
    differences: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.differences


@dataclass(slots=True)
class _Walk:
    """What walking the journal brought to light."""

    entries: int = 0
    broken: list[str] = field(default_factory=list)
    claims: dict[int, dict[str, Any]] = field(default_factory=dict)


def verify_all(session: Session, folder: Path) -> list[Verification]:
    """Check every base of the installation."""
    return [verify(session, folder, base) for base in queries_verify.bases(session)]


def verify(session: Session, folder: Path, base: Base) -> Verification:
    """Recompute every claim, walk the journal, read every file, compare spans with projects."""
    walk = _walk(session, base.id)
    entries = queries_counting.all_entries(session, base.id)
    stored = queries_verify.stored_files(session, base.id)
    differences = [
        *_ledger(session, base.id, entries),
        *walk.broken,
        *_as_written(session, base.id, walk),
        *_files(folder, stored),
        *_spans(session, base.id),
    ]
    return Verification(base.name, len(entries), walk.entries, len(stored), tuple(differences))


def agrees(session: Session, base_id: int, unit: tuple[str, int]) -> bool:
    """Whether the ledger says of one unit what the rules say of the facts at this moment (复算)."""
    kind, unit_id = unit
    if kind == "project":
        units = {kind: {unit_id}}
        wanted = claiming.project_verdicts(session, base_id, [unit_id])
    else:
        result_id = queries_claims.result_of(session, kind, unit_id)
        roots = queries_packages.package_roots(session, base_id, result_id)
        units = queries_packages.units_of(session, roots)
        wanted = claiming.package_verdicts(session, base_id, roots)
    return not reconcile(queries_counting.entries(session, base_id, units), wanted, "复算")


def _ledger(session: Session, base_id: int, entries: Sequence[Entry]) -> Iterator[str]:
    """The ledger must say what the rules say of the facts: nothing to add, nothing to take back."""
    ids = {entry.id for entry in entries}
    lost = [each for each in entries if each.reverses_id and each.reverses_id not in ids]
    for entry in lost:
        yield f"计入台账第 {entry.id} 条冲回的第 {entry.reverses_id} 条已不存在。"
    kept = [entry for entry in entries if entry not in lost]
    drafts = reconcile(kept, claiming.all_verdicts(session, base_id), "核对")
    units: dict[str, set[int]] = {}
    for draft in drafts:
        units.setdefault(draft.unit_kind, set()).add(draft.unit_id)
    names = queries_claims.unit_names(session, units)
    for draft in drafts:
        yield _drift(draft, " ".join(filter(None, names.get((draft.unit_kind, draft.unit_id), ()))))


def _drift(draft: Draft, name: str) -> str:
    where = f"{draft.indicator.label}·{draft.scope.label}·{draft.year} 年·{draft.standing.label}"
    unit = name or f"{draft.unit_kind} {draft.unit_id}"
    what = "按事实应有而台账没有" if draft.sign > 0 else "台账有而按事实不应有"
    return f"计入台账与事实不符：{where}：{unit}（{draft.effective_on} 起，{draft.rule}）{what}。"


def _walk(session: Session, base_id: int) -> _Walk:
    """Follow the chain to its end; after the first broken entry nothing is proven any more."""
    walk = _Walk()
    before = journal.GENESIS
    for entry in journal.entries(session, base_id):
        if not walk.broken and (trouble := _trouble(entry, before, walk.entries + 1)):
            walk.broken.append(trouble)
        walk.entries += 1
        before = entry.hash
        if _CLAIM in entry.changes:
            walk.claims |= _inserted(entry.changes)
    head = queries_verify.head(session, base_id)
    if head is None or (head.sequence, head.hash) != (walk.entries, before):
        expected = head.sequence if head else 0
        walk.broken.append(f"日志的末尾不符：现有 {walk.entries} 条，应为 {expected} 条。")
    return walk


def _trouble(entry: JournalEntry, before: str, expected: int) -> str | None:
    when = entry.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    what = f"日志第 {entry.sequence} 条（{when}，{entry.action}）"
    if entry.sequence != expected:
        return f"日志第 {expected} 条缺失：其后是第 {entry.sequence} 条。"
    if entry.previous != before:
        return f"{what}与前一条不相衔接：前面的记录被改动、增加或删除过。"
    return None if journal.digest(entry) == entry.hash else f"{what}的内容被改动过。"


def _inserted(changes: str) -> dict[int, dict[str, Any]]:
    return {
        change["id"]: {name: values[1] for name, values in change["fields"].items()}
        for change in json.loads(changes)
        if change["table"] == "claim"
    }


def _as_written(session: Session, base_id: int, walk: _Walk) -> Iterator[str]:
    """Each ledger row must still be as the journal wrote it, and each written one must exist."""
    written = dict(walk.claims)
    for row_id, values in queries_verify.claim_rows(session, base_id):
        then = written.pop(row_id, None)
        if then is None:
            yield f"计入台账第 {row_id} 条没有日志：不是由系统登记的。"
            continue
        changed = [key for key, value in values.items() if then.get(key) != value]
        if changed:
            yield f"计入台账第 {row_id} 条被改动过：{'、'.join(changed)} 与日志不符。"
    for row_id in written:
        yield f"计入台账第 {row_id} 条已不存在，而日志中有它的登记。"


def _files(folder: Path, stored: Sequence[Attachment]) -> Iterator[str]:
    whole: dict[str, bool] = {}
    for row in stored:
        if row.sha256 not in whole:
            whole[row.sha256] = files.check(folder, row.sha256)
        if not whole[row.sha256]:
            yield f"附件 {row.id}《{row.name}》的文件缺失，或内容与登记的校验值不符。"


def _spans(session: Session, base_id: int) -> Iterator[str]:
    for code in queries_verify.without_span(session, base_id):
        yield f"项目 {code} 没有现行的历史段，清单中看不到它。"
    for row in queries_verify.differing_spans(session, base_id):
        names = [label for key, label in _NAMES.items() if row[f"{key}_now"] != row[f"{key}_span"]]
        yield f"项目 {row['project']} 的{'、'.join(names)}与现行的历史段不一致。"
    end: dict[str, Any] = {}
    for code, start, stop in queries_verify.span_edges(session, base_id):
        if end.get(code, start) != start:
            yield f"项目 {code} 的历史段在 {start} 前后不相衔接。"
        end[code] = stop
    for code, stop in end.items():
        if stop != FOREVER_DAY:
            yield f"项目 {code} 的历史段止于 {stop}，没有延续到现在。"
