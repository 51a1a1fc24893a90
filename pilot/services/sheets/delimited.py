"""CSV and tab-separated text: encoding, delimiter, records; nothing is repaired.

The ladder of encodings is applied to the whole file: byte order mark, strict UTF-8, strict
GB18030. Single values cannot decide it, because short GBK texts may be valid UTF-8.
"""

import csv
import itertools
import re
from collections.abc import Iterator, Sequence

from pilot.domain.formula import unmark
from pilot.services.sheets.table import (
    MAX_CELL_LENGTH,
    Cell,
    FileRefused,
    Findings,
    Sheet,
    Table,
    body,
    check_size,
    headings,
    refusal,
)

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8", "utf-8-sig"),
    (b"\xff\xfe", "utf-16-le", "utf-16"),
    (b"\xfe\xff", "utf-16-be", "utf-16"),
)
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_QUOTED = re.compile(r'"[^"]*"')
_OTHER_DELIMITERS = re.compile("[;；，|]")
_LOOKED_AT = 30  # lines that tell the delimiter where a title may stand above the headings


def read_delimited(data: bytes) -> Table:
    """The table in a CSV (or tab-separated) file; all cells are text or None.

    Raises FileRefused: unknown encoding, NUL, wrong quotes, ragged rows, limits.
    """
    if data.startswith(b"PK\x03\x04"):
        raise refusal("file-kind", "这是工作簿，不是 CSV。", "请把扩展名改为 .xlsx 后再上传。")
    text, encoding = _decoded(data)
    _check_plain(text)
    findings = Findings()
    records = _records(text, _delimiter(text))
    _, first = next(records, (1, []))
    names = headings([unmark(cell) for cell in first], findings)
    rows = body(names, _cells(records, len(first), findings), findings)
    findings.check()
    return Table(tuple(name for name in names if name), rows, encoding)


def delimited_sheet(data: bytes) -> Sheet:
    """The same file before anybody says where its headings are."""
    if data.startswith(b"PK\x03\x04"):
        raise refusal("file-kind", "这是工作簿，不是 CSV。", "请把扩展名改为 .xlsx 后再上传。")
    text, encoding = _decoded(data)
    _check_plain(text)
    rows: list[Sequence[Cell]] = []
    for number, record in _records(text, _delimiter(text, lines=_LOOKED_AT)):
        check_size(number, len(record), rows)
        rows.append([unmark(cell) or None for cell in record])
    return Sheet(rows, encoding, even=True)


def _decoded(data: bytes) -> tuple[str, str]:
    """The text and the name of the encoding that fits the whole file."""
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], codec), name
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":  # UTF-8 but for a character cut at the end
            raise _unreadable() from error
    return _strictly(data, "gb18030"), "gb18030"


def _strictly(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise _unreadable() from error


def _unreadable() -> FileRefused:
    return refusal(
        "encoding",
        "文件的文字编码无法识别，或有残缺字符。",
        "请另存为“CSV UTF-8”或 .xlsx 后再上传。",
    )


def _check_plain(text: str) -> None:
    """Refuse the character that no text has and that later programs stumble on."""
    at = text.find("\0")
    if at >= 0:
        line = text.count("\n", 0, at) + 1
        raise refusal(
            "nul",
            f"第 {line} 行含有空字符（NUL），文件不是纯文本。",
            "请重新导出该文件。",
            row=line,
        )


def _delimiter(text: str, lines: int = 1) -> str:
    """Comma or TAB, whichever the first lines (of headings) have more of outside quotes."""
    first = itertools.islice(_LINE.finditer(text), lines)
    line = _QUOTED.sub("", "".join(match.group() for match in first))
    commas, tabs = line.count(","), line.count("\t")
    if not commas and not tabs and _OTHER_DELIMITERS.search(line):
        raise refusal(
            "delimiter", "列名行中没有英文逗号或制表符。", "请另存为以英文逗号分隔的 CSV。", row=1
        )
    return "\t" if tabs > commas else ","


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The records with their numbers from 1; a quoted cell may hold line breaks."""
    lines = (match.group() for match in _LINE.finditer(text))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _broken(number, str(error)) from error
        yield number, record


def _broken(number: int, reason: str) -> FileRefused:
    """The refusal for a record that the csv module cannot read."""
    remedy = "请检查该行的英文双引号是否成对；单元格内的双引号要写成两个。"
    if "limit" in reason:
        message = f"第 {number} 行有单元格超过 {MAX_CELL_LENGTH:,} 字，可能是双引号没有闭合。"
        return refusal("cell-length", message, remedy, row=number)
    return refusal("quote", f"第 {number} 行的双引号没有闭合或使用不当。", remedy, row=number)


def _cells(
    records: Iterator[tuple[int, list[str]]], width: int, findings: Findings
) -> Iterator[tuple[int, list[str | None]]]:
    """The cells without formula marks; a record that is longer or shorter is a problem."""
    for number, record in records:
        if len(record) == width or not any(record):
            yield number, [unmark(cell) or None for cell in record]
            continue
        findings.add(
            "ragged",
            f"第 {number} 行有 {len(record)} 列，与第一行列名的 {width} 列不一致。",
            "请删除标题行、合计行；内容含逗号时用英文双引号括起来。",
            row=number,
        )
