"""Imports (导入): where files come from, how they are read, and one batch a file with its rows.

What was found in a file (rows, problems) is derived from the stored file and may be found anew;
the batch itself, its source and the confirmed mapping are records.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field

from pilot.domain.import_columns import ImportKind
from pilot.domain.importing import BatchState, Outcome
from pilot.store.models.base import Record, Versioned, words


class ImportSource(Record, Versioned, table=True):
    """Where files of one kind come from (来源), by a name that people give it."""

    __tablename__ = "import_source"
    __table_args__ = (UniqueConstraint("base_id", "kind", "name"),)

    kind: ImportKind = Field(sa_type=words(ImportKind, "kind"))
    name: str = Field(max_length=100)


class ImportMapping(Record, table=True):
    """How the files of a source are read (列名对应), confirmed by a person; only ever added.

    `first_row` and `levels` say where the headings stand, `columns` (JSON) which column of the
    catalogue each heading is, null for one that is not imported.
    """

    __tablename__ = "import_mapping"
    __table_args__ = (
        UniqueConstraint("source_id", "version"),
        CheckConstraint("first_row >= 1 AND levels BETWEEN 1 AND 3", name="headings"),
    )

    source_id: int = Field(foreign_key="import_source.id", ondelete="RESTRICT")
    version: int
    first_row: int
    levels: int
    columns: str = Field(sa_type=Text)
    recorded_at: datetime
    by_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")


class ImportBatch(Record, Versioned, table=True):
    """One file on its way in (批次), and what it did.

    `digest` is the SHA-256 of what the check would write; applying must come to the same. `layout`
    (JSON) are the headings as found, kept for the question which column is which. `tries` counts
    how often its work was begun since it last moved on. `written` is the SHA-256 of what a batch in
    portions wrote: row, record and digest of each row, in the order of the file.
    """

    __tablename__ = "import_batch"
    __table_args__ = (
        CheckConstraint("(applied_at IS NULL) = (applied_by_id IS NULL)", name="applied_by_and_at"),
        CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name="undone_by_and_at"),
        CheckConstraint(
            "(undo_asked_at IS NULL) = (undo_asked_by_id IS NULL)", name="undo_asked_by_and_at"
        ),
        Index("ix_import_batch_list", "base_id", "id"),
        Index("ix_import_batch_state", "state"),
    )

    kind: ImportKind = Field(sa_type=words(ImportKind, "kind"))
    state: BatchState = Field(default=BatchState.WAITING, sa_type=words(BatchState, "state"))
    attachment_id: int = Field(foreign_key="attachment.id", ondelete="RESTRICT")
    source_id: int | None = Field(default=None, foreign_key="import_source.id", ondelete="RESTRICT")
    mapping_id: int | None = Field(
        default=None, foreign_key="import_mapping.id", ondelete="RESTRICT"
    )
    by_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    layout: str | None = Field(default=None, sa_type=Text)
    message: str = Field(default="", max_length=500)
    total: int = 0
    done: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    hard: int = 0
    soft: int = 0
    digest: str | None = Field(default=None, max_length=64)
    written: str | None = Field(default=None, max_length=64)
    checked_at: datetime | None = None
    applied_at: datetime | None = None
    applied_by_id: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    undone_at: datetime | None = None
    undone_by_id: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    undo_asked_by_id: int | None = Field(
        default=None, foreign_key="account.id", ondelete="RESTRICT"
    )
    undo_asked_at: datetime | None = None
    undo_reason: str | None = Field(default=None, max_length=300)
    tries: int = 0
    leased_until: datetime | None = None


class ImportRow(Record, table=True):
    """One row of a file: what it would do or did, what stood there before (JSON, for the undoing).

    `differences` (JSON) are heading, old and new as people read them; `record_rev` the page
    version that the batch left behind, None unless the row is written and not taken back; `digest`
    what the row would write, as the check showed it.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        UniqueConstraint("batch_id", "row"),
        Index("ix_import_row_record", "batch_id", "record_id"),
    )

    batch_id: int = Field(foreign_key="import_batch.id", ondelete="RESTRICT")
    row: int
    outcome: Outcome = Field(sa_type=words(Outcome, "outcome"))
    name: str = Field(sa_type=Text)
    record_id: int | None = None
    record_rev: int | None = None
    digest: str | None = Field(default=None, max_length=32)
    before: str | None = Field(default=None, sa_type=Text)
    differences: str | None = Field(default=None, sa_type=Text)


class ImportProblem(Record, table=True):
    """One problem or note of a file (问题), in the order of the file."""

    __tablename__ = "import_problem"
    __table_args__ = (Index("ix_import_problem_list", "batch_id", "hard", "position"),)

    batch_id: int = Field(foreign_key="import_batch.id", ondelete="RESTRICT")
    position: int
    hard: bool
    row: int | None = None
    column: str | None = Field(default=None, sa_type=Text)
    rule: str = Field(max_length=40)
    message: str = Field(sa_type=Text)
    remedy: str = Field(sa_type=Text)
