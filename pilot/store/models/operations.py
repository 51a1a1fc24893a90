"""What the running product keeps about itself: scheduled work (定时任务)."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel


class JobRun(SQLModel, table=True):
    """One scheduled job of the whole installation: when it is due, who runs it, how it went.

    A worker holds a job while `leased_until` lies ahead; the lease is taken by one conditional
    UPDATE, so that a job runs once however many servers share the database.
    """

    __tablename__ = "job_run"
    __table_args__ = (
        CheckConstraint("(leased_by IS NULL) = (leased_until IS NULL)", name="leased_by_and_until"),
    )

    name: str = Field(max_length=32, primary_key=True)
    created_at: datetime
    due: datetime
    leased_by: str | None = Field(default=None, max_length=80)
    leased_until: datetime | None = None
    last_ok: datetime | None = None
    last_failed: datetime | None = None
    said: str = Field(default="", max_length=500)
