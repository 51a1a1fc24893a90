"""Frozen packs as the read-only interface tells of them (冻结报表包): the list, and one's files."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session

from pilot.domain.errors import NotFound
from pilot.domain.moment import Moment
from pilot.domain.people import Actor
from pilot.reports import packs
from pilot.reports.columns import PACKS
from pilot.reports.pack_files import MANIFEST
from pilot.reports.report_files import members
from pilot.reports.tables import Chosen, Table
from pilot.services.packs import stored_bytes
from pilot.services.reads import read
from pilot.store import queries_pack_list, queries_packs
from pilot.store.files import Place
from pilot.store.models import ReportPack
from pilot.store.queries_pack_list import PackFilter

WHOLE = "pack.zip"
TYPES = {
    "html": "text/html",
    "csv": "text/csv",
    "json": "application/json",
    "txt": "text/plain",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file of a pack: what it is called there, its bytes' number and SHA-256."""

    name: str
    size: int
    sha256: str

    @property
    def media_type(self) -> str:
        """Its kind, by the end of its name; a text is UTF-8 unless its name says otherwise."""
        kind = TYPES.get(self.name.rpartition(".")[2], "application/octet-stream")
        if not kind.startswith("text/"):
            return kind
        return f"{kind}; charset={'gb18030' if '.gb18030.' in self.name else 'utf-8'}"


def _statement(bases: Sequence[int], view: Moment, chosen: Chosen) -> Select:
    return queries_pack_list.packs(
        bases, view, PackFilter(chosen.template, chosen.period, chosen.period_year)
    )


TABLE = Table("packs", "冻结报表包", PACKS, _statement, key=queries_pack_list.KEY)


@read("report.export")
def file_of(session: Session, reader: Actor, pack_id: int, name: str) -> tuple[ReportPack, File]:
    """A file of a pack that the reader sees, or the whole (`pack.zip`); NotFound for another."""
    row = packs.pack_seen(session, reader, pack_id)
    found = next((file for file in _files(session, row) if file.name == name), None)
    if found is None:
        raise NotFound(f"这个报表包里没有文件“{name[:64]}”；有哪些见 /api/v1/packs/{row.id}。")
    return row, found


@read("report.export")
def told(session: Session, reader: Actor, pack_id: int) -> dict[str, Any]:
    """What stands in the manifest of a pack, its number, and the address of each of its files."""
    row = packs.pack_seen(session, reader, pack_id)
    about = {name: one for name, one in json.loads(row.manifest).items() if name != "files"}
    place = f"/api/v1/packs/{row.id}"
    listed = [
        {
            "name": file.name,
            "size": file.size,
            "sha256": file.sha256,
            "media_type": file.media_type,
            "href": f"{place}/files/{file.name}",
        }
        for file in _files(session, row)
    ]
    return {"number": row.id, "sha256": row.sha256, "manifest": about, "files": listed}


def body_of(session: Session, row: ReportPack, file: File, folder: Place) -> bytes:
    """The bytes of a file of a pack as they were frozen; Gone if they are missing or damaged."""
    if file.name == MANIFEST:
        return row.manifest.encode()
    content = stored_bytes(session, row, folder)
    return content if file.name == WHOLE else members(content)[file.name]


def _files(session: Session, row: ReportPack) -> list[File]:
    """The whole, the manifest, and every file that the manifest lists."""
    manifest = row.manifest.encode()
    listed: Mapping[str, Mapping[str, Any]] = json.loads(manifest)["files"]
    return [
        File(WHOLE, queries_packs.attachment(session, row).size, row.sha256),
        File(MANIFEST, len(manifest), hashlib.sha256(manifest).hexdigest()),
        *(File(name, one["size"], one["sha256"]) for name, one in listed.items()),
    ]
