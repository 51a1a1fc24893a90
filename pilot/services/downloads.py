"""Downloads of stored files (附件下载): permission, own base, then the bytes."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Engine

from pilot.domain.people import check_may
from pilot.store import files, queries, queries_people
from pilot.store.engine import reading
from pilot.store.models import Attachment

_LARGEST = 2**31 - 1  # what an id column holds; a longer number in a URL is no id


@dataclass(frozen=True, slots=True)
class Download:
    """An open stored file and what to call it."""

    name: str
    media_type: str
    size: int
    body: BinaryIO


def open_attachment(
    engine: Engine, folder: Path, attachment_id: int, *, by: int | str, now: datetime
) -> Download:
    """Open a stored file for an account or a session token; raises NotAllowed or NotFound."""
    with reading(engine) as session:
        actor = queries_people.actor(session, by, now)
        check_may(actor, "attachment.read")
        row = queries.one(session, Attachment, actor.base_id, min(attachment_id, _LARGEST))
    return Download(row.name, row.media_type, row.size, files.open_file(folder, row.sha256))
