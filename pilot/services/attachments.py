"""Attachments (附件): the row that names a file which is already safe on disk."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from pilot.domain.errors import Invalid
from pilot.domain.people import Actor, check_may
from pilot.store import files, queries, queries_attachments, queries_people, queries_verify
from pilot.store.engine import reading
from pilot.store.files import Place, StoredFile
from pilot.store.models import Attachment, Project

KEPT_WITHOUT_A_ROW = timedelta(days=1)  # longer than any command takes to commit its row


_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Quota:
    """The most that one file, one project's files and one person's files may take, in MB."""

    file: int
    project: int
    person: int


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent for a project, or for a submission, and is not stored yet."""

    name: str
    data: bytes
    project_id: int | None = None


@dataclass(frozen=True, slots=True)
class Received(StoredFile):
    """A file that was sent, safe on disk; its row is made only if there still is room for it."""

    quota: Quota
    project_id: int | None = None


def accept(
    engine: Engine,
    folder: Place,
    upload: Upload,
    verb: Callable,
    *,
    by: int | str,
    now: datetime,
    quota: Quota,
) -> Received:
    """Store a file that `verb` is going to name, durably.

    Refused before anything is written: a person who may not do it, another base's project, a
    file that is not taken, and one for which the project or the person has no room left. The room
    is looked at again when the row is added: of two uploads at once only one gets the last of it.
    """
    with reading(engine) as session:
        actor = queries_people.actor(session, by, now)
        check_may(actor, verb.action)
        _check_rooms(session, actor, upload.project_id, len(upload.data), quota)
    kept = keep(folder, upload.data, shown_name=upload.name, limit_bytes=quota.file * _MB)
    named = (kept.sha256, kept.size, kept.media_type, kept.name)
    return Received(*named, quota=quota, project_id=upload.project_id)


def _check_rooms(
    session: Session, actor: Actor, project_id: int | None, more: int, quota: Quota
) -> None:
    """Refuse what the project, or the person, has no room for."""
    if project_id is not None:
        project = queries.one(session, Project, actor.base_id, project_id)
        of_project = queries_attachments.bytes_of_project(session, project.id)
        _check_room("这个项目", of_project, more, quota.project)
    of_person = queries_attachments.bytes_of_account(session, actor.base_id, actor.id)
    _check_room("您", of_person, more, quota.person)


def _check_room(whose: str, used: int, more: int, most: int) -> None:
    if used + more > most * _MB:
        raise Invalid(
            "file",
            f"{whose}的附件已占用 {used / _MB:.1f} MB，加上这个文件（{more / _MB:.1f} MB）超过上限"
            f" {most} MB，没有保存；请压缩文件，或请系统管理员调整上限。",
        )


def keep(folder: Place, data: bytes, *, shown_name: str, limit_bytes: int) -> StoredFile:
    """Store a file durably, before any command that names it; refuses what `files.save` refuses."""
    return files.save(folder, data, shown_name=shown_name, limit_bytes=limit_bytes)


def check_folder(folder: Place) -> None:
    """Refuse to begin with a folder that takes no files."""
    files.check_folder(folder)


def add(session: Session, stored: StoredFile, *, by: Actor, at: datetime) -> Attachment:
    """The row of a stored file; part of a verb, so that the file is durable before it commits.

    What was sent is refused here, in its base's turn, if another upload took the room meanwhile.
    """
    if isinstance(stored, Received):
        _check_rooms(session, by, stored.project_id, stored.size, stored.quota)
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


def sweep(session: Session, folder: Place, *, at: datetime) -> int:
    """Delete stored files that no row names, a day after they came; how many went."""
    return files.sweep(folder, queries_verify.named_files(session), at - KEPT_WITHOUT_A_ROW)
