"""Every table file of the product as LibreOffice reads it: types, texts, merged cells, sheets.

Skipped where `soffice` is missing; CONTRIBUTING.md says how to run it. The workbooks go to flat
OpenDocument, where each cell tells its type; what is expected is what openpyxl reads of them.
"""

import csv
import io
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook

from pilot.domain.import_columns import ImportKind
from pilot.domain.report_periods import period
from pilot.reports import exports, imports, packs
from pilot.reports.exports import Encoding
from pilot.reports.report_files import members
from pilot.reports.tables import TABLES, Chosen
from pilot.services import packs as freezing
from pilot.store import schema
from pilot.store.engine import make_engine, reading, writing
from tests import factories
from tests.export_portfolio import FORMULA, RARE, portfolio
from tests.reports.test_packs import CODES, YEAR
from tests.services.test_import_batches import Desk

SOFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
_NAMES = {
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
}
_CODECS = {"utf8": ("utf-8-sig", 76), "gb18030": ("gb18030", 85)}
_AS_TEXT = "/".join(f"{place}/2" for place in range(1, 60))  # every column as text
_MARKED = "项目名称,成果持有方\n=1+1,没有这个单位\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with every workbook and CSV of an invented portfolio."""
    place = tmp_path_factory.mktemp("tables")
    engine = make_engine(f"sqlite:///{place / 'pilot.db'}")
    schema.upgrade(engine)
    with writing(engine) as session:
        whole = portfolio(session)
        by, folder = whole.people.manager, place / "files"
        for code in [*CODES, "R8"]:  # once more, after a change
            if code == "R8":
                factories.project(session, whole.people, name="示例后补")
            row = freezing.freeze(
                session, code, YEAR if code != "R8" else period("2026-06"), by=by,
                at=factories.clock(session), folder=folder, build=packs.build, reason="示例",
            )  # fmt: skip
            files = members(freezing.stored_bytes(session, row, folder))
            for name in (f"{code}.xlsx", f"{code}.csv", f"{code}.gb18030.csv"):
                (place / name.replace(f"{code}.csv", f"{code}.utf8.csv")).write_bytes(files[name])
        now = factories.clock(session)
    with reading(engine) as session:
        for name in TABLES:
            asked = exports.asked(session, by, name, whole.view, Chosen())
            with (place / f"list-{name}.xlsx").open("wb") as file:
                exports.write_xlsx(session, asked, file)
            for encoding, word in ((Encoding.UTF8, "utf8"), (Encoding.GB18030, "gb18030")):
                with (place / f"list-{name}.{word}.csv").open("wb") as file:
                    exports.write_csv(session, asked, file, encoding)
        for kind in ImportKind:
            with (place / f"template-{kind.value}.xlsx").open("wb") as file:
                imports.template(session, by, kind, file)
    desk = Desk(engine, whole.people, folder)
    batch = desk.bring(ImportKind.PROJECTS, _MARKED.encode(), now=now)
    with reading(engine) as session, (place / "marked.xlsx").open("wb") as file:
        imports.marked(session, by, batch, file, folder)
    engine.dispose()
    return place


def converted(place, into, names, *options):
    """What LibreOffice makes of these files, in a folder of their own."""
    out = place / f"out-{len(list(place.iterdir()))}"
    command = [SOFFICE, "--headless", f"-env:UserInstallation={(place / 'profile').as_uri()}"]
    command += [*options, "--convert-to", into, "--outdir", str(out), *map(str, names)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return out


def sheets(file: Path) -> dict[str, dict[tuple[int, int], tuple]]:
    """The filled cells of each sheet by place: type, value, and how far each reaches."""
    body = ElementTree.parse(file).getroot()
    return {
        table.get(_q("table:name")): dict(_cells(table)) for table in body.iter(_q("table:table"))
    }


def _cells(table):
    number = 0
    for row in table.iter(_q("table:table-row")):
        high, place = int(row.get(_q("table:number-rows-repeated"), 1)), 0
        for cell in row:
            if cell.tag not in (_q("table:table-cell"), _q("table:covered-table-cell")):
                continue
            wide = int(cell.get(_q("table:number-columns-repeated"), 1))
            if found := _cell(cell):
                for down in range(high):
                    for right in range(wide):
                        yield (number + down, place + right), found
            place += wide
        number += high


def _cell(cell) -> tuple | None:
    """What a cell holds; None for an empty one."""
    kind = cell.get(_q("office:value-type"))
    text = "\n".join("".join(_texts(one)) for one in cell.findall("text:p", _NAMES))
    if kind is None or (kind == "string" and not text):
        return None
    return (
        kind,
        Decimal(cell.get(_q("office:value"))) if kind == "float" else text,
        (
            int(cell.get(_q("table:number-rows-spanned"), 1)),
            int(cell.get(_q("table:number-columns-spanned"), 1)),
        ),
        cell.get(_q("table:formula")),
    )


def _texts(node):
    """The text of a paragraph; several blanks in a row are an element in OpenDocument."""
    yield node.text or ""
    for child in node:
        if child.tag == _q("text:s"):
            yield " " * int(child.get(_q("text:c"), 1))
        elif child.tag == _q("text:tab"):
            yield "\t"
        else:
            yield from _texts(child)
        yield child.tail or ""


def _q(name: str) -> str:
    space, _, local = name.partition(":")
    return f"{{{_NAMES[space]}}}{local}"


def written(file: Path) -> dict[str, dict[tuple[int, int], tuple]]:
    """The same of the workbook that we wrote."""
    found = {}
    for sheet in load_workbook(file):
        reach = {
            (one.min_row - 1, one.min_col - 1): (
                one.max_row - one.min_row + 1, one.max_col - one.min_col + 1,
            )
            for one in sheet.merged_cells.ranges
        }  # fmt: skip
        found[sheet.title] = {
            (cell.row - 1, cell.column - 1): (
                "string" if cell.data_type in ("s", "inlineStr") else "float",
                cell.value if cell.data_type in ("s", "inlineStr") else Decimal(str(cell.value)),
                reach.get((cell.row - 1, cell.column - 1), (1, 1)),
                None,
            )
            for row in sheet.iter_rows()
            for cell in row
            if cell.value not in (None, "")
        }
    return found


@pytest.fixture(scope="module")
def books(made):
    """Each workbook as we wrote it and as LibreOffice reads it."""
    names = sorted(made.glob("*.xlsx"))
    out = converted(made, "fods", names)
    return {file.stem: (written(file), sheets(out / f"{file.stem}.fods")) for file in names}


def test_every_workbook_has_its_sheets_cells_types_and_merged_headings(books):
    assert len(books) == len(CODES) + len(TABLES) + len(ImportKind) + 1
    for name, (ours, theirs) in books.items():
        assert list(theirs) == list(ours), name
        for sheet, cells in ours.items():
            assert theirs[sheet] == cells, (name, sheet)


def test_codes_stay_text_amounts_are_numbers_and_nothing_is_a_formula(books):
    _, found = books["R2"]
    sheet = found["项目台账"]
    assert sheet[3, 8][:2] == ("string", "91211102000000001N")
    assert sheet[3, 17][:2] == ("float", Decimal("123456789.05"))
    assert sheet[3, 1][:2] == ("string", f"'{FORMULA}")
    assert sheet[0, 5][2] == (1, 2)
    assert RARE in sheet[2, 1][1]
    assert all(kind == "string" for kind, value, *_ in sheet.values() if str(value)[4:5] == "-")
    _, marked = books["marked"]
    assert not any(cell[3] for cells in marked.values() for cell in cells.values())
    assert any(
        "没有这个单位" in str(cell[1]) for cells in marked.values() for cell in cells.values()
    )


@pytest.mark.parametrize("encoding", list(_CODECS))
def test_every_csv_reads_the_same_with_its_columns_as_text(made, encoding):
    codec, number = _CODECS[encoding]
    names = sorted(made.glob(f"*.{encoding}.csv"))
    option = f"--infilter=CSV:44,34,{number},1,{_AS_TEXT}"
    out = converted(made, "fods", names, option)
    assert len(names) == len(CODES) + len(TABLES)
    for file in names:
        [found] = sheets(out / f"{file.stem}.fods").values()
        lines = csv.reader(io.StringIO(file.read_bytes().decode(codec), newline=""))
        ours = {
            (row, place): text
            for row, line in enumerate(lines)
            for place, text in enumerate(line)
            if text
        }
        assert {place: cell[1] for place, cell in found.items()} == ours, file.name
        assert {cell[0] for cell in found.values()} == {"string"}, file.name
