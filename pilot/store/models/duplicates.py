"""What people found out about results that may be one (查重): merged, or not the same."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field

from pilot.store.models.base import Record

_LIVE = text("undone_at IS NULL")


class ResultMerge(Record, table=True):
    """That a registered result is the same as another (合并), and what moved to the other.

    `moved` is JSON: the ids of the rows that followed, by what they are, so that a correction
    (撤销合并) takes back exactly those.
    """

    __tablename__ = "result_merge"
    __table_args__ = (
        CheckConstraint("result_id <> into_id", name="not_into_itself"),
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_by_and_at"),
        Index(
            "ix_result_merge_live",
            "result_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )

    result_id: int = Field(foreign_key="result.id", ondelete="RESTRICT")
    into_id: int = Field(foreign_key="result.id", index=True, ondelete="RESTRICT")
    reason: str = Field(max_length=500)
    moved: str = Field(sa_type=Text)
    by_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    recorded_at: datetime
    undone_at: datetime | None = None
    undone_by: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    undo_reason: str | None = Field(default=None, max_length=500)


class ResultDistinction(Record, table=True):
    """That two registered results are not the same (不是同一项), and why; not asked again."""

    __tablename__ = "result_distinction"
    __table_args__ = (
        UniqueConstraint("one_id", "other_id"),
        CheckConstraint("one_id < other_id", name="in_order"),
    )

    one_id: int = Field(foreign_key="result.id", ondelete="RESTRICT")
    other_id: int = Field(foreign_key="result.id", index=True, ondelete="RESTRICT")
    reason: str = Field(max_length=300)
    by_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    recorded_at: datetime
