"""Backups (备份): the database and its attachments in one file that counts once it is checked.

The snapshot is taken first: a stored file is durable before a row names it, and none that a row
names is ever deleted, so every file of the snapshot is still there afterwards.
"""

import contextlib
import errno
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from pilot.domain.errors import PilotError
from pilot.services import sealing
from pilot.store import archive, files, queries_backup, schema, snapshot
from pilot.store.archive import Manifest

_NAME = re.compile(r"pilot-\d{8}T\d{6}Z-[0-9a-f]{6}\.zip(\.age)?")
_UNFINISHED = ".backup-"
_FAILED_TRIAL = "在副本上演练升级没有通过，数据库没有改动；请把这句话告诉技术支持"
_ABANDONED = timedelta(days=1)  # longer than any backup takes


class Secret(Protocol):
    """A setting that is not shown by accident."""

    def get_secret_value(self) -> str:
        """The setting itself."""


class Places(Protocol):
    """What the settings say of an installation's places."""

    data_dir: Path
    attachments: Path
    backups: Path
    backup_key: Secret


@dataclass(frozen=True, slots=True)
class Site:
    """Where an installation keeps its things, and the key that closes its backups ('' for none)."""

    engine: Engine
    attachments: Path
    work: Path
    backups: Path
    key: str = ""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that has passed its own check."""

    file: Path
    size: int
    manifest: Manifest

    @property
    def sentence(self) -> str:
        """What was kept, in a line."""
        stored, lost = len(self.manifest["members"]) - 1, len(self.manifest["missing"])
        but = f"，另有 {lost} 个附件文件缺失或损坏，没有备份到" if lost else ""
        return f"{self.file.name}：{self.size / 1024 / 1024:.1f} MB，附件 {stored} 个{but}"


def site_of(engine: Engine, chosen: Places) -> Site:
    """The site that the settings describe."""
    key = chosen.backup_key.get_secret_value()
    return Site(engine, chosen.attachments, chosen.data_dir, chosen.backups, key)


def make(site: Site, *, now: datetime, to: Path | None = None) -> Backup:
    """Back up the installation into the folder `to` (its own, unless given).

    The file is written beside its place, checked, forced to disk and renamed. A stored file that
    is gone or damaged is named in the manifest and does not stop the rest. Raises a PilotError
    with nothing left behind.
    """
    folder = (to or site.backups).resolve()
    if site.key:
        sealing.check_key(site.key)
    with _trouble_in_words():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _clean(folder, now)
        _clean(site.work, now)
        with workplace(site.work) as room, _unfinished(folder) as part:
            manifest = _written(site, room, room / "plain.zip" if site.key else part, now)
            if site.key:
                _seal(room, part, site.key)
            size = part.stat().st_size
            return Backup(_placed(part, folder, now, sealed=bool(site.key)), size, manifest)


def kept(folder: Path) -> list[Path]:
    """The finished backups of a folder, the newest first."""
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted((path for path in found if _NAME.fullmatch(path.name)), reverse=True)


def thin_out(folder: Path, keep: int) -> int:
    """Delete all but the newest `keep` backups of a folder, never the last one; how many went."""
    old = kept(folder)[max(keep, 1) :]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


@contextlib.contextmanager
def workplace(folder: Path) -> Iterator[Path]:
    """A private folder for half-made files, gone at the end."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=_UNFINISHED, dir=folder) as room:
        yield Path(room)


def _written(site: Site, room: Path, plain: Path, now: datetime) -> Manifest:
    """The snapshot, what it holds, the archive of it, and the archive read again."""
    data = room / archive.DATA
    snapshot.take(site.engine, data)
    with snapshot.opened(data) as copy, ThreadPoolExecutor(1) as beside:
        marked = beside.submit(_mark, copy)  # SQLite's own work like the check: both at once
        if found := snapshot.check(copy):
            raise PilotError(f"数据库本身有损坏，没有备份：{found[0]}。请用较早的备份恢复。")
        about = _about(site.engine, copy, now) | {"fingerprint": marked.result()}
        named = queries_backup.stored_files(copy)
    _rehearse_upgrade(data, about["schema"])
    _check_space(plain.parent, data.stat().st_size + sum(named.values()))
    there = [sha256 for sha256 in named if files.check(site.attachments, sha256)]
    about["missing"] = sorted(named.keys() - set(there))
    archive.write(plain, about, data, there, partial(files.open_file, site.attachments))
    return archive.verify(plain)


def _mark(copy: Engine) -> str | None:
    """The fingerprint of a snapshot that this version wrote; an older one has none."""
    return queries_backup.mark(copy) if schema.current(copy) == schema.head() else None


def _about(engine: Engine, copy: Engine, now: datetime) -> Manifest:
    """What the manifest says of the snapshot; its anchors hold the journal to this day."""
    revision = schema.current(copy)
    if revision is None:
        raise PilotError(
            "数据库是空的，没有可备份的；请检查 PILOT_DATABASE_URL 和 PILOT_DATA_DIR。"
        )
    return {
        "product": version("pilot-portfolio"),
        "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "made_on": engine.dialect.name,
        "schema": revision,
        "tables": snapshot.sizes(copy),
        "journal": queries_backup.anchors(copy),
    }


def _rehearse_upgrade(data: Path, revision: str | None) -> None:
    """A backup before an upgrade counts only if this version can read it: upgrade a copy of it."""
    if revision == schema.head():
        return
    trial = data.with_name("trial.db")
    shutil.copyfile(data, trial)
    with snapshot.opened(trial) as copy:
        try:
            schema.upgrade(copy)
        except SQLAlchemyError as error:
            reason = getattr(error, "orig", None) or type(error).__name__
            raise PilotError(f"{_FAILED_TRIAL}：{reason}。") from error
        if found := snapshot.check(copy):
            raise PilotError(f"{_FAILED_TRIAL}：{found[0]}。")


def _seal(room: Path, part: Path, key: str) -> None:
    """Encrypt, and where the key opens too, compare what comes out again."""
    plain, again = room / "plain.zip", room / "again.zip"
    sealing.seal(plain, part, key)
    if sealing.can_open(key):
        sealing.unseal(part, again, key)
        archive.verify(again)


def _check_space(folder: Path, size: int) -> None:
    if shutil.disk_usage(folder).free < files.LEAST_FREE + size:
        raise PilotError(
            f"{folder} 所在磁盘的剩余空间不足，没有备份；请清理磁盘，或用 PILOT_BACKUP_DIR 换一处。"
        )


def _clean(folder: Path, now: datetime) -> None:
    """What a killed backup left behind."""
    for path in folder.glob(f"{_UNFINISHED}*"):
        if path.stat().st_mtime >= (now - _ABANDONED).timestamp():
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """A new private file beside the final place; gone at the end unless it was renamed."""
    part = folder / f"{_UNFINISHED}{secrets.token_hex(6)}"
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def _placed(part: Path, folder: Path, now: datetime, *, sealed: bool) -> Path:
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    ending = sealing.ENDING if sealed else ""
    place = folder / f"pilot-{stamp}-{secrets.token_hex(3)}.zip{ending}"
    files.sync(part)
    os.replace(part, place)
    files.sync_folder(folder)
    return place


@contextlib.contextmanager
def _trouble_in_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        why = "磁盘已满" if full else f"写不进备份文件夹（{error.strerror}）"
        raise PilotError(f"{why}，没有备份；请检查备份文件夹后重试。") from error
