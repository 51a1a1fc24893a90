"""Downloads of stored files (附件下载): permission, own base, then the bytes.

What a researcher is still writing is theirs alone (docs/decisions/0008), its files too.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import Engine
from sqlmodel import Session

from pilot.domain.errors import NotFound
from pilot.domain.people import Actor, Role, check_may, may
from pilot.store import files, queries, queries_people, queries_submission_lists
from pilot.store.engine import reading
from pilot.store.files import Place
from pilot.store.models import Attachment, Submission, SubmissionFile

_LARGEST = 2**31 - 1  # what an id column holds; a longer number in a URL is no id


@dataclass(frozen=True, slots=True)
class Download:
    """An open stored file and what to call it."""

    name: str
    media_type: str
    size: int
    body: BinaryIO


def open_attachment(
    engine: Engine, folder: Place, attachment_id: int, *, by: int | str, now: datetime
) -> Download:
    """Open a stored file for an account or a session token; raises NotAllowed or NotFound."""
    with reading(engine) as session:
        actor = queries_people.actor(session, by, now)
        row = _readable(session, min(attachment_id, _LARGEST), actor)
    return Download(row.name, row.media_type, row.size, files.open_file(folder, row.sha256))


def _readable(session: Session, attachment_id: int, actor: Actor) -> Attachment:
    """A submission's file goes to who sees the submission, any other to who may read papers."""
    linked = queries_submission_lists.file_of(session, attachment_id)
    if not actor.is_any(Role.RESEARCHER):
        check_may(actor, "attachment.read")
    row = queries.one(session, Attachment, actor.base_id, attachment_id)
    allowed = _sees(session, *linked, actor) if linked else may(actor, "attachment.read")
    if not allowed:
        raise NotFound("没有找到这条附件。")
    return row


def _sees(session: Session, file: SubmissionFile, about: Submission, actor: Actor) -> bool:
    """Authors see all of theirs; everybody else what has been sent."""
    if about.author_id == actor.id:
        return True
    sent = about.receipt is not None and file.added_round <= about.round
    if may(actor, "attachment.read"):
        return sent
    return sent and bool(queries_submission_lists.seen(session, actor.base_id, actor.id, about.id))
