"""Restoring (恢复): a backup into an installation that has nothing yet, whole or not at all."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from pilot.domain import chain
from pilot.domain.chain import Anchor
from pilot.domain.errors import Conflict, NotFound
from pilot.services import sealing, verify
from pilot.services.backup import Site, workplace
from pilot.services.verify import Verification
from pilot.store import archive, files, queries_backup, schema, snapshot
from pilot.store.archive import Damaged, Manifest
from pilot.store.engine import reading, writing
from pilot.store.fingerprint import fingerprint


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: the manifest, the fingerprint of the records now, the check of each base."""

    manifest: Manifest
    fingerprint: str
    checked: list[Verification]

    @property
    def sound(self) -> bool:
        """Whether the numbers follow from the facts and every file is there."""
        return all(one.sound for one in self.checked)


def check(site: Site, file: Path) -> Manifest:
    """Whether a backup could be restored by this version; Damaged or SchemaTooNew if not."""
    with _unpacked(site, file) as (_plain, manifest, _copy):
        return manifest


def anchors(site: Site, file: Path) -> list[Anchor]:
    """The anchors that a backup's manifest holds; Damaged if it is no backup, or names none."""
    with _plain(site, file) as (plain, _room):
        said = [one.get("anchor") for one in archive.manifest_of(plain)["journal"]]
    found = [chain.anchor(text) for text in said if text]
    if not found:
        raise Damaged("它的清单里没有日志锚")
    return found


def restore(site: Site, file: Path, *, now: datetime) -> Restored:
    """Put a backup into an empty installation on either database, and verify it.

    Every hash is compared first. The rows come in one transaction, the stored files before them;
    whatever stops it, it can be started again. All sessions are ended. Raises Conflict if the
    installation has data already.
    """
    with _unpacked(site, file) as (plain, manifest, copy):
        schema.upgrade(site.engine)
        _check_empty(site.engine)
        for sha256, content in archive.stored_files(plain):
            files.put_back(site.attachments, sha256, content)
        mark = _poured(site.engine, copy, now)
    with reading(site.engine) as session:
        return Restored(manifest, mark, verify.verify_all(session, site.attachments))


@contextlib.contextmanager
def _plain(site: Site, file: Path) -> Iterator[tuple[Path, Path]]:
    """The archive in the clear, and a private folder to work in."""
    if not file.is_file():
        raise NotFound(f"没有文件 {file}。")
    with workplace(site.work) as room:
        plain = file
        if file.suffix == sealing.ENDING:
            plain = room / "plain.zip"
            sealing.unseal(file, plain, site.key)
        yield plain, room


@contextlib.contextmanager
def _unpacked(site: Site, file: Path) -> Iterator[tuple[Path, Manifest, Engine]]:
    """The archive in the clear, its manifest, and its database, brought to this version."""
    with _plain(site, file) as (plain, room):
        manifest = archive.verify(plain)
        data = room / archive.DATA
        with data.open("wb") as target:
            archive.extract(plain, archive.DATA, target)
        with snapshot.opened(data) as copy:
            _check_database(copy, manifest)
            yield plain, manifest, copy


def _check_database(copy: Engine, manifest: Manifest) -> None:
    """What the manifest says of the database must be so; then it is upgraded if it is older."""
    if snapshot.check(copy) or snapshot.sizes(copy) != manifest["tables"]:
        raise Damaged("其中的数据库不完整")
    if not _same_ends(queries_backup.anchors(copy), manifest["journal"]):
        raise Damaged("其中的日志末尾与清单不符")
    held = {archive.member_of(sha256) for sha256 in queries_backup.stored_files(copy)}
    lost = {archive.member_of(sha256) for sha256 in manifest["missing"]}
    if held != (manifest["members"].keys() - {archive.DATA}) | lost:
        raise Damaged("其中的附件与数据库不符")
    before, after = schema.upgrade(copy)
    if before == after and queries_backup.mark(copy) != manifest["fingerprint"]:
        raise Damaged("其中的记录与清单的指纹不符")


def _same_ends(found: list[dict[str, Any]], said: list[dict[str, Any]]) -> bool:
    """Whether the journals end where the manifest says; an older one names no anchor."""
    ours = {one["base"]: one for one in found}
    return len(said) == len(found) and all(
        one.items() <= ours.get(one.get("base"), {}).items() and "hash" in one for one in said
    )


def _check_empty(engine: Engine) -> None:
    with engine.connect() as connection:
        snapshot.check_empty(connection)


def _poured(engine: Engine, copy: Engine, now: datetime) -> str:
    """Copy the rows and compare before anything is committed."""
    wanted = queries_backup.mark(copy)
    with writing(engine) as session:
        connection = session.connection()
        snapshot.pour(copy, connection, now)
        if (got := fingerprint(connection)) != wanted:
            raise Conflict("恢复后的记录与备份不一致，已全部撤销；请把备份文件交给技术支持。")
    return got
