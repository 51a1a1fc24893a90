"""What a backup says of the database it holds; columns that every version has."""

from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from pilot.domain.chain import Anchor
from pilot.store.fingerprint import fingerprint
from pilot.store.models import Attachment, Base, JournalHead


def stored_files(engine: Engine) -> dict[str, int]:
    """The SHA-256 of every file that some row names, with its size in bytes."""
    query = select(Attachment.sha256, func.max(Attachment.size)).group_by(col(Attachment.sha256))
    with Session(engine) as session:
        return dict(session.exec(query.order_by(col(Attachment.sha256))).all())


def anchors(engine: Engine) -> list[dict[str, Any]]:
    """Where the journal of each base ends: its code, sequence number and hash, and the anchor.

    The anchor is what `pilot verify --anchor` takes; None before the first entry.
    """
    query = (
        select(Base.code, JournalHead.sequence, JournalHead.hash, JournalHead.at)
        .join(JournalHead, col(JournalHead.base_id) == col(Base.id))
        .order_by(col(Base.code))
    )
    with Session(engine) as session:
        return [
            {
                "base": code,
                "sequence": sequence,
                "hash": last,
                "anchor": str(Anchor(code, sequence, last, at)) if sequence else None,
            }
            for code, sequence, last, at in session.exec(query)
        ]


def mark(engine: Engine) -> str:
    """The fingerprint of the records."""
    with engine.connect() as connection:
        return fingerprint(connection)
