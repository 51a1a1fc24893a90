"""The entrance: size, kind of file, then the reader for that kind."""

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from pilot.services.sheets.delimited import delimited_sheet, read_delimited
from pilot.services.sheets.table import FileRefused, Sheet, Table, refusal

Read = TypeVar("Read")
MAX_BYTES = 20 * 1024 * 1024

_WORKBOOK = "pilot.services.sheets.workbook"  # its library is not loaded before a workbook comes
_READERS = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".txt": read_delimited,
    ".xlsx": lambda data: importlib.import_module(_WORKBOOK).read_workbook(data),
}
_SHEETS = {
    ".csv": delimited_sheet,
    ".tsv": delimited_sheet,
    ".txt": delimited_sheet,
    ".xlsx": lambda data: importlib.import_module(_WORKBOOK).workbook_sheet(data),
}


def read_table(source: bytes | str | Path, filename: str) -> Table:
    """The rows of an uploaded file (bytes) or of a file on disk (its path).

    `filename` is only asked for its ending, which must agree with the content. The first row
    holds the headings. Raises FileRefused with every problem found; OSError when a path cannot
    be read.
    """
    return _for(filename, _READERS)(_content(source))


def read_sheet(source: bytes | str | Path, filename: str) -> Sheet:
    """The same file with all its rows, wherever the headings are; `arranged` makes it a table."""
    return _for(filename, _SHEETS)(_content(source))


def _for(filename: str, readers: Mapping[str, Callable[[bytes], Read]]) -> Callable[[bytes], Read]:
    reader = readers.get(Path(filename).suffix.casefold())
    if reader is None:
        raise refusal(
            "file-kind", "不支持这种文件。", "请在表格软件中另存为 .xlsx 或 CSV（.csv）后再上传。"
        )
    return reader


def _content(source: bytes | str | Path) -> bytes:
    """The bytes of the file; a big one is refused before it is read."""
    size = len(source) if isinstance(source, bytes) else Path(source).stat().st_size
    if size > MAX_BYTES:
        raise _too_big()
    if not size:
        raise refusal("file-empty", "文件是空的。", "请确认选对了文件并已保存内容。")
    return source if isinstance(source, bytes) else Path(source).read_bytes()


def _too_big() -> FileRefused:
    megabytes = MAX_BYTES // 1024 // 1024
    return refusal("file-size", f"文件超过 {megabytes} MB。", "请拆分成几个文件分别上传。")
