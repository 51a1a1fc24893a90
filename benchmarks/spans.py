"""A project's spans over its life, laid over each other as the product lays them."""

from datetime import date, datetime
from typing import Any

from benchmarks.world import World
from pilot.domain.moment import FOREVER, FOREVER_DAY
from pilot.domain.spans import Span, length, overlay
from pilot.store.models import ProjectSpan


class Spans:
    """What is known of a project now; what is no longer held so is written when it ends."""

    def __init__(self, world: World, project_id: int, values: dict[str, Any], on: date) -> None:
        self.world, self.project_id = world, project_id
        self.values = values
        self._begun = on
        self._now: list[tuple[Span, datetime]] = []

    def open(self, at: datetime) -> None:
        """The first span."""
        self._now = [(Span(self._begun, FOREVER_DAY, dict(self.values)), at)]

    def change(self, on: date, at: datetime, **change: Any) -> None:
        """Lay a change over the days from `on`, known from `at`."""
        self.values |= change
        old = [span for span, _ in self._now]
        new = overlay(old, change, on)
        known = {(span.start, span.end, id(span.values)): since for span, since in self._now}
        kept = [(span, known.get((span.start, span.end, id(span.values)), at)) for span in new]
        for span, since in self._now:
            if not any(span is other for other in new):
                self._write(span, since, at)
        self._now = kept

    def close(self) -> None:
        """Write what still holds."""
        for span, since in self._now:
            self._write(span, since, FOREVER)

    def _write(self, span: Span, since: datetime, until: datetime) -> None:
        self.world.writer.add(
            ProjectSpan,
            base_id=self.world.base_id,
            project_id=self.project_id,
            valid_from=span.start,
            valid_to=span.end,
            known_from=since,
            known_to=until,
            valid_length=length(span.start, span.end),
            known_length=length(since, until) if until < FOREVER else None,
            **span.values,
        )
