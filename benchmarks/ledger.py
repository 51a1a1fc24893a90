"""The ledger of an invented unit: judged after every step by the product's own rules."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from benchmarks.book import inserted
from benchmarks.world import World
from pilot.domain.facts import Verdict
from pilot.domain.ledger import Draft, Entry, reconcile
from pilot.store.models import Claim, ClaimSource


class Ledger:
    """The entries of some units, appended to as their facts change."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.entries: list[Entry] = []

    def judge(self, wanted: Iterable[Verdict], at: datetime, reason: str) -> list[dict[str, Any]]:
        """Write what the verdicts add to the ledger; the journal's words for it."""
        written: dict[int, int] = {}
        told = []
        for draft in reconcile(self.entries, wanted, reason):
            target = draft.reverses
            reverses = written.get(id(target), target) if target is not None else None
            values = _values(self.world.base_id, draft, at, reverses)
            row = self.world.writer.add(Claim, **values)
            written[id(draft)] = row
            self.entries.append(_entry(row, draft, reverses))
            told.append(inserted("claim", row, values))
            for source in draft.sources:
                self.world.writer.add(
                    ClaimSource,
                    claim_id=row,
                    kind=source.kind,
                    row_id=source.id,
                    base_id=self.world.base_id,
                )
        return told


def _values(base_id: int, draft: Draft, at: datetime, reverses: int | None) -> dict[str, Any]:
    return {
        "base_id": base_id,
        "indicator": draft.indicator,
        "scope": draft.scope,
        "standing": draft.standing,
        "unit_kind": draft.unit_kind,
        "unit_id": draft.unit_id,
        "year": draft.year,
        "sign": draft.sign,
        "effective_on": draft.effective_on,
        "recorded_at": at,
        "definition_id": draft.definition_id,
        "rule": draft.rule,
        "missing": "\n".join(draft.missing),
        "reason": draft.reason,
        "verified_by": draft.verified_by,
        "reverses_id": reverses,
        "repeated": draft.repeated,
    }


def _entry(row: int, draft: Draft, reverses: int | None) -> Entry:
    return Entry(
        id=row,
        indicator=draft.indicator,
        scope=draft.scope,
        standing=draft.standing,
        unit_kind=draft.unit_kind,
        unit_id=draft.unit_id,
        year=draft.year,
        sign=draft.sign,
        effective_on=draft.effective_on,
        definition_id=draft.definition_id,
        rule=draft.rule,
        missing=draft.missing,
        sources=draft.sources,
        verified_by=draft.verified_by,
        reverses_id=reverses,
        repeated=draft.repeated,
    )
