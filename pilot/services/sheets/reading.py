"""The entrance: size, kind of file, then the reader for that kind."""

from pathlib import Path

from pilot.services.sheets.delimited import read_delimited
from pilot.services.sheets.table import FileRefused, Table, refusal
from pilot.services.sheets.workbook import read_workbook

MAX_BYTES = 20 * 1024 * 1024

_READERS = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".txt": read_delimited,
    ".xlsx": read_workbook,
}


def read_table(source: bytes | str | Path, filename: str) -> Table:
    """The rows of an uploaded file (bytes) or of a file on disk (its path).

    `filename` is only asked for its ending, which must agree with the content. The first row
    holds the headings. Raises FileRefused with every problem found; OSError when a path cannot
    be read.
    """
    reader = _READERS.get(Path(filename).suffix.casefold())
    if reader is None:
        raise refusal(
            "file-kind", "不支持这种文件。", "请在表格软件中另存为 .xlsx 或 CSV（.csv）后再上传。"
        )
    return reader(_content(source))


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
