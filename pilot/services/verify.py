"""The check of a base (核对): do the numbers follow from the facts, and is everything still there?

Nothing is mended here. Each difference is a sentence that names where it is. The chain of the
journal can't show by itself that its end was cut off or computed anew: anchors do, which were
printed before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from pilot.domain.chain import Anchor
from pilot.domain.errors import NotFound
from pilot.domain.ledger import Draft, Entry, reconcile
from pilot.domain.moment import FOREVER_DAY
from pilot.services import claiming
from pilot.services.verify_journal import Walk, values, walk
from pilot.store import (
    files,
    journal_reading,
    queries_claims,
    queries_counting,
    queries_packages,
    queries_verify,
)
from pilot.store.files import Place
from pilot.store.models import Attachment, Base

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


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at and every difference found, the most telling first (核对结果).

    `anchor` is where the journal stands now.
    """

    base: str
    claims: int
    entries: int
    files: int
    anchor: Anchor | None
    differences: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.differences


def verify_all(
    session: Session, folder: Place, anchors: Sequence[Anchor] = ()
) -> list[Verification]:
    """Check every base of the installation; NotFound for an anchor of a base it does not have."""
    bases = queries_verify.bases(session)
    for anchor in anchors:
        if anchor.base not in {base.code for base in bases}:
            raise NotFound(f"没有代码为 {anchor.base} 的基地，无法核对日志锚 {anchor}。")
    return [verify(session, folder, base, anchors) for base in bases]


def verify(
    session: Session, folder: Place, base: Base, anchors: Sequence[Anchor] = ()
) -> Verification:
    """Recompute every claim, walk the journal, read every file, compare spans with projects.

    The journal must also pass through every one of `anchors` that was taken of this base.
    """
    walked = walk(session, base, anchors)
    entries = queries_counting.all_entries(session, base.id)
    stored = queries_verify.stored_files(session, base.id)
    differences = [
        *_ledger(session, base.id, entries),
        *walked.broken,
        *_as_written(session, base.id, walked),
        *_files(folder, stored),
        *_spans(session, base.id),
    ]
    now = journal_reading.anchor(session, base)
    looked_at = len(entries), walked.entries, len(stored)
    return Verification(base.name, *looked_at, now, tuple(differences))


def agrees(session: Session, base_id: int, unit: tuple[str, int]) -> bool:
    """Whether the ledger says of one unit what the rules say of the facts at this moment (复算)."""
    kind, unit_id = unit
    if kind == "project":
        units = {kind: {unit_id}}
        wanted = claiming.project_verdicts(session, base_id, [unit_id])
    else:
        result_id = queries_claims.result_of(session, kind, unit_id)
        roots = queries_packages.package_roots(session, base_id, [result_id])
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


def _as_written(session: Session, base_id: int, walked: Walk) -> Iterator[str]:
    """Each ledger row must still be as the journal wrote it, and each written one must exist."""
    written = dict(walked.claims)
    for row_id, now in queries_verify.claim_rows(session, base_id):
        text = written.pop(row_id, None)
        if text is None:
            yield f"计入台账第 {row_id} 条没有日志：不是由系统登记的。"
            continue
        pairs = zip(queries_verify.CLAIM_FIELDS, values(text), now, strict=True)
        if changed := [name for name, was, value in pairs if was != value]:
            yield f"计入台账第 {row_id} 条被改动过：{'、'.join(changed)} 与日志不符。"
    for row_id in written:
        yield f"计入台账第 {row_id} 条已不存在，而日志中有它的登记。"


def _files(folder: Place, stored: Sequence[Attachment]) -> Iterator[str]:
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
    for code in sorted(queries_verify.overlooked_spans(session, base_id)):
        yield f"项目 {code} 的历史段登记的长度与起止不符，按日期计数时会漏掉它。"
    end: dict[str, Any] = {}
    for code, start, stop in queries_verify.span_edges(session, base_id):
        if end.get(code, start) != start:
            yield f"项目 {code} 的历史段在 {start} 前后不相衔接。"
        end[code] = stop
    for code, stop in end.items():
        if stop != FOREVER_DAY:
            yield f"项目 {code} 的历史段止于 {stop}，没有延续到现在。"
