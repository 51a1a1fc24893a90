"""The members of a pack (报表包内文件), drawn from what was frozen, and how they are read back."""

import hashlib
import io
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from csv import writer as csv_writer
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Any, BinaryIO

from pilot.domain import report_template_files
from pilot.domain.formula import mark
from pilot.domain.moment import SHANGHAI
from pilot.reports import report_content, report_html
from pilot.reports.cells import Cell
from pilot.reports.report_content import Content
from pilot.reports.report_files import RENDERER, Cover, as_csv, write_pack, write_xlsx
from pilot.services.packs import Order

FORMAT = "pilot-report-pack/1"
MANIFEST = "manifest.json"
ROWS, TEMPLATE, PROOF, RULES, CODES, NOTES = (
    "rows.json", "template.json", "proof.json", "rules.txt", "codes.json", "notes.txt",
)  # fmt: skip
SOURCES = (ROWS, TEMPLATE, PROOF, RULES, CODES, NOTES)  # all else is drawn from these
_EVIDENCE = (
    *("指标代码", "统计范围代码", "指标", "统计范围", "计入情况", "单元编号", "单元名称"),
    *("事件日期", "口径版本", "规则", "核实人", "依据", "缺少或说明"),
)


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a freeze took from the database: the report, its cover, and what its counts rest on."""

    content: Content
    cover: Cover
    signers: tuple[tuple[str, str], ...]
    claims: tuple[tuple[Cell, ...], ...]
    rules: str
    codes: str
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A member that lies in a file: its SHA-256 and size in bytes."""

    file: Path
    sha256: str
    size: int


Draw = Callable[[BinaryIO], None]


def write(order: Order, frozen: Frozen, out: BinaryIO) -> str:
    """Draw a pack into a file, one member at a time; returns its manifest."""
    with tempfile.TemporaryDirectory() as place:
        files = {
            name: _drawn_to(Path(place) / str(number), draw)
            for number, (name, draw) in enumerate(drawings(frozen).items())
        }
        manifest = manifest_text(order, frozen, files)
        write_pack(out, _members(manifest.encode(), files))
    return manifest


def _drawn_to(file: Path, draw: Draw) -> Drawn:
    with file.open("w+b") as body:
        draw(body)
        size = body.tell()
        body.seek(0)
        return Drawn(file, hashlib.file_digest(body, "sha256").hexdigest(), size)


def _members(manifest: bytes, files: Mapping[str, Drawn]) -> Iterator[tuple[str, int, IO[bytes]]]:
    yield MANIFEST, len(manifest), io.BytesIO(manifest)
    for name, one in files.items():
        with one.file.open("rb") as body:
            yield name, one.size, body


def drawn(frozen: Frozen, renderer: int = RENDERER) -> dict[str, bytes]:
    """Every member but the manifest, in the order of the zip; as one of RENDERERS drew it."""
    found = {}
    for name, draw in drawings(frozen, renderer).items():
        with io.BytesIO() as body:
            draw(body)
            found[name] = body.getvalue()
    return found


def drawings(frozen: Frozen, renderer: int = RENDERER) -> dict[str, Draw]:
    """The same, not yet drawn: one at a time needs no memory for all of them."""
    found, cover, stem = frozen.content, frozen.cover, frozen.content.template.code
    claims, rules, phone = frozen.claims, frozen.rules, renderer > 1
    made: dict[str, Callable[[], bytes]] = {
        "index.html": lambda: report_html.proof_page(found, cover, claims, rules, phone=phone),
        "print.html": lambda: report_html.print_page(found, cover, frozen.signers, phone=phone),
        f"{stem}.csv": lambda: as_csv(found, "utf-8-sig"),
        f"{stem}.gb18030.csv": lambda: as_csv(found, "gb18030"),
        "evidence.csv": lambda: _evidence(claims),
        ROWS: lambda: report_content.dumps(found).encode(),
        TEMPLATE: lambda: report_template_files.write(found.template).encode(),
        PROOF: lambda: _proof(frozen).encode(),
        RULES: rules.encode,
        CODES: frozen.codes.encode,
    }
    if frozen.notes:
        made[NOTES] = frozen.notes.encode
    drawn = {name: partial(_written, body) for name, body in made.items()}
    book = {f"{stem}.xlsx": partial(write_xlsx, found, cover)}
    pages = {name: drawn.pop(name) for name in ("index.html", "print.html")}
    return pages | book | drawn


def _written(body: Callable[[], bytes], out: BinaryIO) -> None:
    out.write(body())


def manifest_text(order: Order, frozen: Frozen, files: Mapping[str, Drawn]) -> str:
    """What the pack is, and the SHA-256 of each of its files."""
    lines = dict(frozen.cover.lines)
    period = order.period
    data = {
        "format": FORMAT,
        "renderer": RENDERER,
        "product": order.product,
        "base": lines["填报单位"],
        "template": {"code": order.template.code, "version": order.template.version},
        "period": {
            "key": period.key,
            "first": period.first.isoformat(),
            "last": period.last.isoformat(),
        },
        "as_of": order.view.as_of.isoformat(),
        "known_at": order.view.known_at.astimezone(SHANGHAI).isoformat(timespec="microseconds"),
        "definitions": lines["口径版本"],
        "journal": lines["日志锚"],
        "signers": dict(frozen.signers),
        "rows": len(frozen.content.rows),
        "files": {name: {"sha256": one.sha256, "size": one.size} for name, one in files.items()},
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def read_again(files: Mapping[str, bytes]) -> Frozen:
    """What was frozen, from its members; ValueError, KeyError or TypeError if they say nothing."""
    template = report_template_files.read(files[TEMPLATE])
    proof: dict[str, Any] = json.loads(files[PROOF])
    return Frozen(
        content=report_content.loads(files[ROWS].decode(), template),
        cover=Cover(_pairs(proof["cover"]), datetime.fromisoformat(proof["made"])),
        signers=_pairs(proof["signers"]),
        claims=tuple(tuple(row) for row in proof["claims"]),
        rules=files[RULES].decode(),
        codes=files[CODES].decode(),
        notes=files.get(NOTES, b"").decode(),
    )


def _pairs(rows: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(value)) for name, value in rows)


def _proof(frozen: Frozen) -> str:
    """The cover, the signature block and the evidence index, as data."""
    data = {
        "made": frozen.cover.made.isoformat(),
        "cover": [list(line) for line in frozen.cover.lines],
        "signers": [list(one) for one in frozen.signers],
        "claims": [list(row) for row in frozen.claims],
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _evidence(claims: tuple[tuple[Cell, ...], ...]) -> bytes:
    text = io.StringIO(newline="")
    out = csv_writer(text, lineterminator="\r\n")
    out.writerow(_EVIDENCE)
    out.writerows([mark(cell) if isinstance(cell, str) else cell for cell in row] for row in claims)
    return text.getvalue().encode("utf-8-sig")
