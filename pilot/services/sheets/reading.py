"""The entrance: size, kind of file, then the reader for that kind."""

import importlib
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from pilot.services.sheets.delimited import Source, delimited_sheet, read_delimited
from pilot.services.sheets.table import FileRefused, Sheet, Table, refusal

Read = TypeVar("Read")
Readers = Mapping[str, Callable[[Source], Read]]
MAX_BYTES = 20 * 1024 * 1024  # of a workbook
MAX_TEXT = 400 * 1024 * 1024  # of text, which is read row by row

_WORKBOOK = "pilot.services.sheets.workbook"  # its library is not loaded before a workbook comes


def _workbook(reader: str) -> Callable[[Source], object]:
    def read(source: Source) -> object:
        with source() as file:
            return getattr(importlib.import_module(_WORKBOOK), reader)(file.read())

    return read


_READERS = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".txt": read_delimited,
    ".xlsx": _workbook("read_workbook"),
}
_SHEETS = {
    ".csv": delimited_sheet,
    ".tsv": delimited_sheet,
    ".txt": delimited_sheet,
    ".xlsx": _workbook("workbook_sheet"),
}


def read_table(source: bytes | str | Path, filename: str) -> Table:
    """The rows of an uploaded file (bytes) or of a file on disk (its path).

    `filename` is only asked for its ending, which must agree with the content. The first row
    holds the headings. Raises FileRefused with every problem found; OSError when a path cannot
    be read. Text is read again, row by row, whenever its rows are asked for.
    """
    return _for(filename, _READERS)(_opener(source, filename))


def read_sheet(source: bytes | str | Path, filename: str) -> Sheet:
    """The same file with all its rows, wherever the headings are; `arranged` makes it a table."""
    return _for(filename, _SHEETS)(_opener(source, filename))


def _for(filename: str, readers: Readers[Read]) -> Callable[[Source], Read]:
    reader = readers.get(_ending(filename))
    if reader is None:
        raise refusal(
            "file-kind", "不支持这种文件。", "请在表格软件中另存为 .xlsx 或 CSV（.csv）后再上传。"
        )
    return reader


def _ending(filename: str) -> str:
    return Path(filename).suffix.casefold()


def _opener(source: bytes | str | Path, filename: str) -> Source:
    """What opens the file; a big one is refused before it is read."""
    size = len(source) if isinstance(source, bytes) else Path(source).stat().st_size
    if size > (MAX_BYTES if _ending(filename) == ".xlsx" else MAX_TEXT):
        raise _too_big(filename)
    if not size:
        raise refusal("file-empty", "文件是空的。", "请确认选对了文件并已保存内容。")
    if isinstance(source, bytes):
        return lambda: io.BytesIO(source)
    return lambda: Path(source).open("rb")


def _too_big(filename: str) -> FileRefused:
    if _ending(filename) == ".xlsx":
        remedy = f"请另存为 CSV 后再上传（可到 {MAX_TEXT // _MB} MB），或拆分成几个文件。"
        return refusal("file-size", f"文件超过 {MAX_BYTES // _MB} MB。", remedy)
    return refusal("file-size", f"文件超过 {MAX_TEXT // _MB} MB。", "请拆分成几个文件分别上传。")


_MB = 1024 * 1024
