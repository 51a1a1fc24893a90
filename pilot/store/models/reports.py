"""Report templates and frozen packs (报表模板, 冻结报表包); both are only ever added."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field

from pilot.store.models.base import Record


class ReportTemplate(Record, table=True):
    """A version of a report's form: what `body` (JSON, pilot.domain.report_templates) says.

    The version with the greatest number is the one in use; earlier ones stay for their packs.
    """

    __tablename__ = "report_template"
    __table_args__ = (
        UniqueConstraint("base_id", "code", "version"),
        CheckConstraint("valid_from <= valid_to", name="valid_order"),
    )

    code: str = Field(max_length=16)
    version: int
    title: str = Field(max_length=100)
    form_number: str = Field(default="", max_length=50)
    issuer: str = Field(default="", max_length=100)
    document_number: str = Field(default="", max_length=100)
    valid_from: date
    valid_to: date
    body: str = Field(sa_type=Text)
    by_id: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    recorded_at: datetime


class TemplateDraft(Record, table=True):
    """What somebody is making of a template (模板草稿), until it is put in use or discarded.

    `start` is the code it began with, or new; `version` the one it was read from, 0 for none.
    """

    __tablename__ = "template_draft"
    __table_args__ = (UniqueConstraint("by_id", "start"),)

    by_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    start: str = Field(max_length=16)
    version: int
    body: str = Field(sa_type=Text)
    saved_at: datetime


class ReportPack(Record, table=True):
    """A frozen report (冻结报表包): what it was made of, and where its bytes lie.

    `as_of` and `known_at` are its two times; `sha256` is that of the whole file, whose bytes are
    an attachment; `manifest` is the pack's own manifest.json.
    """

    __tablename__ = "report_pack"
    __table_args__ = (
        Index("ix_report_pack_period", "base_id", "template_code", "period"),
        CheckConstraint("first_day <= last_day", name="days_order"),
    )

    template_id: int = Field(foreign_key="report_template.id", ondelete="RESTRICT")
    template_code: str = Field(max_length=16)
    template_version: int
    period: str = Field(max_length=8)
    first_day: date
    last_day: date
    as_of: date
    known_at: datetime
    definitions: str = Field(default="", max_length=300)
    prepared_by: str = Field(default="", max_length=100)
    checked_by: str = Field(default="", max_length=100)
    responsible: str = Field(default="", max_length=100)
    manifest: str = Field(sa_type=Text)
    rows: int
    sha256: str = Field(max_length=64)
    attachment_id: int = Field(foreign_key="attachment.id", index=True, ondelete="RESTRICT")
    product_version: str = Field(max_length=32)
    by_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    recorded_at: datetime
