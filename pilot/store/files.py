"""Stored files (附件): named by their SHA-256, durable before anything names them.

A file lies at `ab/cdef…` under the folder, mode 0600, outside the web root. It is written beside
its place, forced to disk, renamed, and both folders are forced to disk; only then may a row that
names it commit. What no row names is swept. The place may also be a bucket (pilot.store.buckets).
"""

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from pilot.domain.errors import Invalid, NotFound, Unwritable
from pilot.domain.filetypes import clean_name, recognise
from pilot.store import buckets
from pilot.store.faults import in_words

Place = Path | str  # a folder, or the s3:// address of a bucket
LEAST_FREE = 500 * 1024 * 1024
_TEMPORARY = ".incoming-"
_NAME = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is safe on disk: its hash, size in bytes, media type and shown name."""

    sha256: str
    size: int
    media_type: str
    name: str


def save(folder: Place, data: bytes | BinaryIO, *, shown_name: str, limit_bytes: int) -> StoredFile:
    """Store a file for good; Invalid if it is not taken, Unwritable if the disk can't.

    The same bytes are kept once; whatever is refused leaves nothing behind.
    """
    content = _content(data, limit_bytes)
    name = clean_name(shown_name)
    kind = recognise(content, name)
    sha256 = hashlib.sha256(content).hexdigest()
    _store(folder, sha256, content)
    return StoredFile(sha256, len(content), kind.media_type, name)


def keep(folder: Place, body: BinaryIO, *, name: str, media_type: str) -> StoredFile:
    """Store a file that the product itself made, for good: what may be uploaded is no matter.

    `body` is read from its beginning, piece by piece.
    """
    body.seek(0)
    sha256 = hashlib.file_digest(body, "sha256").hexdigest()
    size = body.tell()
    _store(folder, sha256, body)
    return StoredFile(sha256, size, media_type, clean_name(name))


def check_folder(folder: Place) -> None:
    """Refuse (Unwritable) a folder that takes no files; a bucket answers at its first file."""
    if isinstance(folder, str):
        return
    with in_words():
        _make_folder(folder)
        sync_folder(folder.parent)  # whoever made it may have been stopped before this
        probe = folder / f"{_TEMPORARY}{secrets.token_hex(8)}"
        probe.touch(0o600)
        probe.unlink()


def open_file(folder: Place, sha256: str) -> BinaryIO:
    """The bytes of a stored file; NotFound if there is none."""
    key = _key(sha256)
    if isinstance(folder, str):
        return buckets.open_file(folder, key)
    try:
        return (folder / key).open("rb")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound("附件文件不在了，请联系系统管理员。") from error


@contextlib.contextmanager
def on_disk(folder: Place, sha256: str) -> Iterator[Path]:
    """Where a stored file lies, to be read more than once; one in a bucket is fetched for it."""
    if not isinstance(folder, str):
        open_file(folder, sha256).close()
        yield folder / _key(sha256)
        return
    with tempfile.NamedTemporaryFile(prefix=_TEMPORARY) as copy:
        with open_file(folder, sha256) as body:
            shutil.copyfileobj(body, copy, _CHUNK)
        copy.flush()
        yield Path(copy.name)


def check(folder: Place, sha256: str) -> bool:
    """Whether the stored bytes still are the ones the name promises."""
    try:
        with open_file(folder, sha256) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except NotFound:
        return False


def put_back(folder: Place, sha256: str, content: bytes) -> None:
    """Store the checked bytes of a backup under their hash; what is there already stays."""
    _store(folder, sha256, content)


def sync(file: Path) -> None:
    """Force a file to disk."""
    with file.open("rb+") as written:
        os.fsync(written.fileno())


def sweep(folder: Place, known: set[str], older_than: datetime) -> int:
    """Delete what no row names and unfinished files, untouched since `older_than`; how many.

    `known` is read before; `older_than` lies well back, so that a file whose row is about to
    commit is never an orphan. Several replicas may sweep and save at the same time.
    """
    if isinstance(folder, str):
        return _sweep_bucket(folder, known, older_than)
    return sum(
        _removed(folder, path, older_than.timestamp())
        for path, sha256 in _stored(folder)
        if sha256 not in known
    )


def _sweep_bucket(url: str, known: set[str], older_than: datetime) -> int:
    gone = 0
    for key, sent_at in buckets.stored(url):
        name = key.replace("/", "", 1)
        if _NAME.fullmatch(name) and name not in known and sent_at < older_than:
            gone += buckets.remove(url, key, older_than)
    return gone


def _removed(folder: Path, path: Path, older_than: float) -> bool:
    """Delete an old file; it is moved aside first, for a replica may be saving the same bytes.

    That one either renewed it before, and it goes back, or finds it gone and writes it anew.
    """
    aside = folder / f"{_TEMPORARY}{secrets.token_hex(8)}"
    try:
        if path.stat().st_mtime >= older_than:
            return False
        path.rename(aside)
    except FileNotFoundError:
        return False  # another replica was faster
    if aside.stat().st_mtime >= older_than:
        aside.rename(path)
        return False
    aside.unlink()
    return True


def _content(data: bytes | BinaryIO, limit_bytes: int) -> bytes:
    """The whole file in memory, one byte more than the limit at most."""
    if isinstance(data, bytes):
        content = data
    else:
        pieces, size = [], 0
        while size <= limit_bytes and (piece := data.read(min(_CHUNK, limit_bytes + 1 - size))):
            pieces.append(piece)
            size += len(piece)
        content = b"".join(pieces)
    if len(content) > limit_bytes:
        raise Invalid("file", f"文件超过 {limit_bytes / 1024 / 1024:g} MB，请压缩或拆分后再上传。")
    return content


def _check_space(folder: Path, size: int) -> None:
    if shutil.disk_usage(folder).free < LEAST_FREE + size:
        raise Unwritable("磁盘剩余空间不足 500 MB，没有保存附件；请联系系统管理员清理磁盘。")


def _store(place: Place, sha256: str, content: bytes | BinaryIO) -> None:
    if isinstance(place, str):
        buckets.keep(place, _key(sha256), _all(content))
    else:
        _save_in_folder(place, sha256, content)


def _all(content: bytes | BinaryIO) -> bytes:
    """The whole: a bucket takes a file in one piece."""
    if isinstance(content, bytes):
        return content
    content.seek(0)
    return content.read()


def _save_in_folder(folder: Path, sha256: str, content: bytes | BinaryIO) -> None:
    with in_words():
        _make_folder(folder)
        size = len(content) if isinstance(content, bytes) else content.seek(0, os.SEEK_END)
        _check_space(folder, size)
        _keep(folder, sha256, content)


def _keep(folder: Path, sha256: str, content: bytes | BinaryIO) -> None:
    place = folder / _key(sha256)
    _make_folder(place.parent)
    if not (check(folder, sha256) and _renewed(place)):
        _write(folder, place, content)
    sync_folder(place.parent)
    sync_folder(folder)


def _renewed(place: Path) -> bool:
    """Whether the file still is there, and no sweep under way takes it for an old orphan."""
    try:
        os.utime(place)
    except FileNotFoundError:
        return False
    return True


def _write(folder: Path, place: Path, content: bytes | BinaryIO) -> None:
    temporary = folder / f"{_TEMPORARY}{secrets.token_hex(8)}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            if isinstance(content, bytes):
                file.write(content)
            else:
                content.seek(0)
                shutil.copyfileobj(content, file, _CHUNK)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(place)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, and force each new name to disk."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Force a rename to disk; where folders can't be opened (Windows) the system has to do."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _key(sha256: str) -> str:
    """Where a file lies, from the top of its place."""
    if not _NAME.fullmatch(sha256):
        raise NotFound("没有找到这个附件。")
    return f"{sha256[:2]}/{sha256[2:]}"


def _stored(folder: Path) -> Iterator[tuple[Path, str | None]]:
    """Every file under the folder with the hash it is named by, None for unfinished ones."""
    if not folder.is_dir():
        return
    for path in folder.glob(f"{_TEMPORARY}*"):
        yield path, None
    for path in folder.glob("[0-9a-f][0-9a-f]/*"):
        if _NAME.fullmatch(name := path.parent.name + path.name):
            yield path, name
