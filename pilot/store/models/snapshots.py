"""Counts at the ends of months (月末快照), so that a nation is not counted anew for every page."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from pilot.domain.vocabulary import Indicator, Scope, Stage, Standing, State
from pilot.store.models.base import Record, words


class CountSnapshot(Record, table=True):
    """What was true of a base on the last day of a month, as known at an instant; never changed.

    `known_at` is the end of the base's journal then: whatever comes later is recorded later.
    """

    __tablename__ = "count_snapshot"
    __table_args__ = (UniqueConstraint("base_id", "month_end", "known_at"),)

    month_end: date
    known_at: datetime


class SnapshotProjects(Record, table=True):
    """How many projects a snapshot has of one stage, state, field, area and place."""

    __tablename__ = "snapshot_projects"

    snapshot_id: int = Field(foreign_key="count_snapshot.id", index=True, ondelete="RESTRICT")
    stage: Stage = Field(sa_type=words(Stage, "stage"))
    state: State = Field(sa_type=words(State, "state"))
    field: str | None = Field(default=None, max_length=32)
    area: str | None = Field(default=None, max_length=12)
    in_base: bool
    projects: int


class SnapshotClaims(Record, table=True):
    """What the ledger of a snapshot sums up to for one indicator, scope, standing and year."""

    __tablename__ = "snapshot_claims"

    snapshot_id: int = Field(foreign_key="count_snapshot.id", index=True, ondelete="RESTRICT")
    indicator: Indicator = Field(sa_type=words(Indicator, "indicator"))
    scope: Scope = Field(sa_type=words(Scope, "scope"))
    standing: Standing = Field(sa_type=words(Standing, "standing"))
    year: int
    total: int
