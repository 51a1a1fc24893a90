"""Attachments (附件): the row that names a file which is already safe on disk."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from pilot.domain.people import Actor
from pilot.store import files, queries_verify
from pilot.store.files import StoredFile
from pilot.store.models import Attachment

KEPT_WITHOUT_A_ROW = timedelta(days=1)  # longer than any command takes to commit its row


def keep(folder: Path, data: bytes, *, shown_name: str, limit_bytes: int) -> StoredFile:
    """Store a file durably, before any command that names it; refuses what `files.save` refuses."""
    return files.save(folder, data, shown_name=shown_name, limit_bytes=limit_bytes)


def add(session: Session, stored: StoredFile, *, by: Actor, at: datetime) -> Attachment:
    """The row of a stored file; part of a verb, so that the file is durable before it commits."""
    row = Attachment(
        base_id=by.base_id,
        sha256=stored.sha256,
        size=stored.size,
        media_type=stored.media_type,
        name=stored.name,
        recorded_at=at,
        by_id=by.id,
    )
    session.add(row)
    session.flush()
    return row


def sweep(session: Session, folder: Path, *, at: datetime) -> int:
    """Delete stored files that no row names, a day after they came; how many went."""
    return files.sweep(folder, queries_verify.named_files(session), at - KEPT_WITHOUT_A_ROW)
