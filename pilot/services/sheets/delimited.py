"""CSV and tab-separated text: encoding, delimiter, records; nothing is repaired.

The ladder of encodings is applied to the whole file: byte order mark, strict UTF-8, strict
GB18030. Single values cannot decide it, because short GBK texts may be valid UTF-8.
"""

import codecs
import csv
import io
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from pilot.domain.formula import unmark
from pilot.services.sheets.table import (
    MAX_CELL_LENGTH,
    MAX_LONG,
    Cell,
    FileRefused,
    Findings,
    Lines,
    Row,
    Sheet,
    Table,
    body,
    check_width,
    headings,
    refusal,
    too_many_rows,
)

Source = Callable[[], BinaryIO]  # opens the file at its beginning

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8", "utf-8-sig"),
    (b"\xff\xfe", "utf-16-le", "utf-16"),
    (b"\xfe\xff", "utf-16-be", "utf-16"),
)
_QUOTED = re.compile(r'"[^"]*"')
_OTHER_DELIMITERS = re.compile("[;；，|]")
_PIECE = 1024 * 1024  # bytes
_LOOKED_AT = 30  # lines that tell the delimiter where a title may stand above the headings


def read_delimited(source: Source) -> Table:
    """The table in a CSV (or tab-separated) file; all cells are text or None.

    Raises FileRefused: unknown encoding, NUL, wrong quotes, ragged rows, limits.
    """
    text = _text(source)
    delimiter = _delimiter(text)

    def rows(findings: Findings) -> Iterator[Row]:
        records = _records(text, delimiter)
        _, first = next(records, (1, []))
        names = headings([unmark(cell) for cell in first], findings)
        yield from body(names, _cells(records, len(first), findings), findings, most=MAX_LONG)

    findings = Findings()
    number = sum(1 for _ in rows(findings))
    findings.check()
    _, first = next(_records(text, delimiter), (1, []))
    names = headings([unmark(cell) for cell in first], findings)
    kept = tuple(name for name in names if name)
    return Table(kept, Lines(lambda: rows(Findings()), number), text.encoding)


def delimited_sheet(source: Source) -> Sheet:
    """The same file before anybody says where its headings are."""
    text = _text(source)
    delimiter, number = _delimiter(text, lines=_LOOKED_AT), 0

    def rows() -> Iterator[Sequence[Cell]]:
        for _, record in _records(text, delimiter):
            yield [unmark(cell) or None for cell in record]

    for number, record in _records(text, delimiter):
        check_width(number, len(record))
        if number > MAX_LONG + _LOOKED_AT:  # the headings may stand some rows below the top
            raise too_many_rows(MAX_LONG)
    return Sheet(Lines(rows, number), text.encoding, even=True)


@dataclass(frozen=True, slots=True)
class _Text:
    """A text file: how it is opened, where behind its mark it begins, what it is encoded in."""

    source: Source
    begin: int
    codec: str
    encoding: str

    def lines(self) -> Iterator[str]:
        """The text line by line, with what ends each line: \\r\\n, \\r or \\n."""
        with self.source() as file:
            file.seek(self.begin)
            yield from io.TextIOWrapper(file, self.codec, newline="")


def _text(source: Source) -> _Text:
    """The text and the encoding that fits the whole file."""
    with source() as file:
        top = file.read(4)
    if top.startswith(b"PK\x03\x04"):
        raise refusal("file-kind", "这是工作簿，不是 CSV。", "请把扩展名改为 .xlsx 后再上传。")
    for mark, codec, name in _MARKS:
        if top.startswith(mark):
            return _strictly(_Text(source, len(mark), codec, name))
    try:
        _check_plain(text := _Text(source, 0, "utf-8", "utf-8"))
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":  # UTF-8 but for a character cut at the end
            raise _unreadable() from error
        return _strictly(_Text(source, 0, "gb18030", "gb18030"))
    return text


def _strictly(text: _Text) -> _Text:
    try:
        _check_plain(text)
    except UnicodeDecodeError as error:
        raise _unreadable() from error
    return text


def _unreadable() -> FileRefused:
    return refusal(
        "encoding",
        "文件的文字编码无法识别，或有残缺字符。",
        "请另存为“CSV UTF-8”或 .xlsx 后再上传。",
    )


def _check_plain(text: _Text) -> None:
    """Decode the whole text; refuse the character that no text has and later programs stumble on.

    A text that cannot be decoded at all is not said to have one.
    """
    decoder, line, found = codecs.getincrementaldecoder(text.codec)(), 1, 0
    with text.source() as file:
        file.seek(text.begin)
        while True:
            piece = file.read(_PIECE)
            some = decoder.decode(piece, final=not piece)
            if not found and (at := some.find("\0")) >= 0:
                found = line + some.count("\n", 0, at)
            line += some.count("\n")
            if not piece:
                break
    if found:
        message = f"第 {found} 行含有空字符（NUL），文件不是纯文本。"
        raise refusal("nul", message, "请重新导出该文件。", row=found)


def _delimiter(text: _Text, lines: int = 1) -> str:
    """Comma or TAB, whichever the first lines (of headings) have more of outside quotes."""
    line = _QUOTED.sub("", "".join(itertools.islice(text.lines(), lines)))
    commas, tabs = line.count(","), line.count("\t")
    if not commas and not tabs and _OTHER_DELIMITERS.search(line):
        raise refusal(
            "delimiter", "列名行中没有英文逗号或制表符。", "请另存为以英文逗号分隔的 CSV。", row=1
        )
    return "\t" if tabs > commas else ","


def _records(text: _Text, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The records with their numbers from 1; a quoted cell may hold line breaks."""
    reader = csv.reader(text.lines(), delimiter=delimiter, strict=True)
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
