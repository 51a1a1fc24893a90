"""The file of a backup (备份文件): a ZIP of the database, the attachments and a manifest.

    manifest.json            what the backup is and the SHA-256 of every other member
    data.db                  the database as one SQLite file
    attachments/ab/cdef…     each stored file, named by its own SHA-256

Members are read by their exact names and sizes; nothing is unpacked to a path a file asks for.
"""

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any, BinaryIO

from pilot.domain.errors import PilotError

FORMAT = "pilot-backup/1"
DATA, MANIFEST = "data.db", "manifest.json"
_STORED_FILE = re.compile(r"attachments/[0-9a-f]{2}/[0-9a-f]{62}")
_MOST_MANIFEST = 256 * 1024 * 1024  # bytes: about two million attachments
_CHUNK = 1024 * 1024

Manifest = dict[str, Any]


class Damaged(PilotError):
    """A backup file is not whole, or not a backup."""

    def __init__(self, what: str) -> None:
        super().__init__(f"备份文件不可用：{what}。请改用另一个备份。")


def member_of(sha256: str) -> str:
    """The name under which a backup holds a stored file."""
    return f"attachments/{sha256[:2]}/{sha256[2:]}"


def write(
    file: Path, about: Manifest, data: Path, stored: Iterable[str], open_one: Callable
) -> Manifest:
    """Write a backup and return its whole manifest; `open_one` opens a stored file by its hash."""
    members: dict[str, dict[str, Any]] = {}
    with zipfile.ZipFile(file, "w", compresslevel=1) as archive:
        with data.open("rb") as body:
            members[DATA] = _put(archive, DATA, body, zipfile.ZIP_DEFLATED)
        for sha256 in stored:
            with open_one(sha256) as body:
                members[member_of(sha256)] = _put(archive, member_of(sha256), body)
        manifest = {"format": FORMAT, **about, "members": members}
        text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        archive.writestr(MANIFEST, text, zipfile.ZIP_DEFLATED)
    return manifest


def manifest_of(file: Path) -> Manifest:
    """What a backup says that it is; Damaged if it is none."""
    with _opened(file) as archive:
        return _manifest(archive)


def verify(file: Path) -> Manifest:
    """Read every member and compare it with the manifest; Damaged names the first that differs."""
    with _opened(file) as archive:
        manifest = _manifest(archive)
        held = set(archive.namelist()) - {MANIFEST}
        if held != set(manifest["members"]) or len(archive.namelist()) != len(held) + 1:
            raise Damaged("所含文件与清单不一致")
        for name in manifest["members"]:
            for _ in _pieces(archive, name, manifest["members"][name]):
                pass
    return manifest


def extract(file: Path, name: str, target: BinaryIO) -> None:
    """Write one member into `target`; Damaged if its bytes are not the ones of the manifest."""
    with _opened(file) as archive:
        for piece in _pieces(archive, name, _manifest(archive)["members"][name]):
            target.write(piece)


def stored_files(file: Path) -> Iterator[tuple[str, bytes]]:
    """Every stored file of a backup: its SHA-256 and its bytes, checked."""
    with _opened(file) as archive:
        members = _manifest(archive)["members"]
        for name in members:
            if name != DATA:
                content = b"".join(_pieces(archive, name, members[name]))
                yield members[name]["sha256"], content


def _put(
    archive: zipfile.ZipFile, name: str, body: IO[bytes], packing: int = zipfile.ZIP_STORED
) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    archive.compression = packing
    with archive.open(name, "w", force_zip64=True) as target:
        while piece := body.read(_CHUNK):
            digest.update(piece)
            size += len(piece)
            target.write(piece)
    return {"size": size, "sha256": digest.hexdigest()}


def _opened(file: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except zipfile.BadZipFile:
        raise Damaged("不是备份文件，或没有写完") from None


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        info = archive.getinfo(MANIFEST)
        if info.file_size > _MOST_MANIFEST:
            raise Damaged("清单过大")
        manifest = json.loads(archive.read(info))
    except (KeyError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise Damaged("没有可读的清单") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise Damaged("不是本程序认识的备份格式")
    _check_names(manifest.get("members"))
    return manifest


def _check_names(members: object) -> None:
    """Only names of ours, and a stored file under its own hash."""
    good = isinstance(members, dict) and DATA in members
    for name, one in members.items() if good else ():
        good = good and isinstance(one, dict) and isinstance(one.get("size"), int)
        if name != DATA:
            good = good and bool(_STORED_FILE.fullmatch(name))
            good = good and member_of(str(one.get("sha256"))) == name
    if not good:
        raise Damaged("清单的内容不对")


def _pieces(archive: zipfile.ZipFile, name: str, said: dict[str, Any]) -> Iterator[bytes]:
    digest, left = hashlib.sha256(), said["size"]
    try:
        with archive.open(name) as body:
            while piece := body.read(_CHUNK):
                digest.update(piece)
                left -= len(piece)
                if left < 0:
                    break
                yield piece
    except (KeyError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise Damaged(f"{name} 读不出来") from error
    if left or digest.hexdigest() != said["sha256"]:
        raise Damaged(f"{name} 与清单的校验值不符")
