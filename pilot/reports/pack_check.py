"""`pilot verify-pack` (报表包核验): is a pack whole, and do its files say the same? No database.

Every file is held against the manifest; then all that can be drawn is drawn anew from the frozen
rows and compared byte for byte, so that a table changed together with its manifest is found too.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pilot.domain.errors import PilotError
from pilot.reports.pack_files import FORMAT, MANIFEST, ROWS, drawn, read_again
from pilot.reports.report_files import RENDERERS, pack

_MOST = 1024 * 1024 * 1024  # bytes of all members


@dataclass(frozen=True, slots=True)
class Checked:
    """What a pack says of itself, its SHA-256, and every difference found."""

    about: dict[str, Any]
    sha256: str
    differences: tuple[str, ...]


def check(content: bytes) -> Checked:
    """Look at a pack; its differences are sentences, none means that it is whole."""
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        files = _members(content)
        about = json.loads(files[MANIFEST])
        listed = {name: one["sha256"] for name, one in about["files"].items()}
    except (
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        NotImplementedError,
    ):
        return Checked({}, sha256, ("这不是完整的报表包：打不开，或没有可读的 manifest.json。",))
    found = [*_against(files, listed), *_said(about)]
    if not found:
        found += [*_drawn_anew(files, about), *_sealed(content, files)]
    return Checked(about, sha256, tuple(found))


def _members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        infos = opened.infolist()
        if sum(info.file_size for info in infos) > _MOST:
            raise ValueError("too large")
        if len({info.filename for info in infos}) != len(infos):
            raise ValueError("a name twice")
        return {info.filename: opened.read(info) for info in infos}


def _against(files: dict[str, bytes], listed: dict[str, str]) -> Iterator[str]:
    for name, sha256 in listed.items():
        if name not in files:
            yield f"缺少文件 {name}。"
        elif hashlib.sha256(files[name]).hexdigest() != sha256:
            yield f"文件 {name} 与清单中的 SHA-256 不符，冻结后被改动过。"
    for name in files:
        if name not in listed and name != MANIFEST:
            yield f"多出文件 {name}，清单中没有。"


def _said(about: dict[str, Any]) -> Iterator[str]:
    if about.get("format") != FORMAT:
        yield f"报表包格式 {about.get('format')} 不是本程序能核验的 {FORMAT}。"


def _drawn_anew(files: dict[str, bytes], about: dict[str, Any]) -> Iterator[str]:
    """What the frozen rows give now against what the pack holds."""
    try:
        frozen = read_again(files)
        renderer = about.get("renderer")
        again = drawn(frozen, renderer) if renderer in RENDERERS else {}
    except (KeyError, ValueError, TypeError, PilotError):
        yield f"冻结的数据（{ROWS} 等）读不出来，无法重新生成文件核对。"
        return
    if not again:
        yield f"文件由第 {about.get('renderer')} 版生成方式制作，本程序不能重新生成核对。"
    for name, body in again.items():
        if files.get(name) != body:
            yield f"文件 {name} 与由冻结数据重新生成的不同。"
    rows = len(frozen.content.rows)
    if about.get("rows") != rows:
        yield f"清单写明 {about.get('rows')} 行，数据中有 {rows} 行。"


def _sealed(content: bytes, files: dict[str, bytes]) -> Iterator[str]:
    """The zip itself: the same members in the same order give the same bytes."""
    if pack(files) != content:
        yield "压缩包本身被重新打包过（时间、压缩方式或附加内容不同）；文件内容与清单一致。"
