"""The files of a submission (填报附件): added and taken out while it is the author's to write."""

from datetime import datetime

from sqlmodel import Session

from pilot.domain.errors import Conflict, NotFound
from pilot.domain.people import Actor
from pilot.domain.submissions import WRITABLE
from pilot.domain.vocabulary import FileKind
from pilot.services import attachments
from pilot.services.command import verb
from pilot.services.submission_access import own
from pilot.store import queries_submissions
from pilot.store.files import StoredFile
from pilot.store.models import Attachment, Submission, SubmissionFile

MOST_FILES = 20


@verb("submission.attach")
def attach(
    session: Session,
    submission_id: int,
    kind: FileKind,
    *,
    by: Actor,
    at: datetime,
    file: StoredFile,
) -> SubmissionFile:
    """Add a file, already safe on disk, to the working copy."""
    row = _writable(session, submission_id, by)
    present = queries_submissions.files(session, row.id)
    if len(present) >= MOST_FILES:
        raise Conflict(f"一份填报最多 {MOST_FILES} 个附件，请合并或删除后再上传。")
    if any(stored.sha256 == file.sha256 and one.kind is kind for one, stored in present):
        raise Conflict(f"《{file.name}》已经上传过，不需要重复上传。")
    attachment = attachments.add(session, file, by=by, at=at)
    return _linked(session, row, attachment, kind)


@verb("submission.detach")
def detach(
    session: Session, submission_id: int, file_id: int, *, by: Actor, at: datetime
) -> Submission:
    """Take a file out of the working copy; rounds already sent keep it."""
    row = _writable(session, submission_id, by)
    found = [one for one, _ in queries_submissions.files(session, row.id) if one.id == file_id]
    if not found:
        raise NotFound("没有找到这个附件。")
    if found[0].added_round > row.round:
        session.delete(found[0])
    else:
        found[0].removed_round = row.round + 1
    return row


def _writable(session: Session, submission_id: int, by: Actor) -> Submission:
    row = own(session, submission_id, by)
    if row.state not in WRITABLE:
        raise Conflict("这份填报已经提交或结束，不能再改动附件。")
    return row


def _linked(
    session: Session, row: Submission, attachment: Attachment, kind: FileKind
) -> SubmissionFile:
    linked = SubmissionFile(
        base_id=row.base_id, submission_id=row.id, attachment_id=attachment.id, kind=kind,
        added_round=row.round + 1,
    )  # fmt: skip
    session.add(linked)
    session.flush()
    return linked
