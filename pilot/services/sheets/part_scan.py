"""One walk through an XML part of a workbook, without building anything in memory.

It stops at what no honest workbook has: a DTD, endless text, masses of elements.
"""

from collections.abc import Callable
from typing import IO
from xml.parsers import expat

from pilot.domain.problems import Problem
from pilot.services.sheets.sheet_notes import MAIN, ROW, SheetNotes
from pilot.services.sheets.table import MAX_CELLS, FileRefused, refusal

_PIECE = 64 * 1024
_LONGEST_TEXT = 500_000  # bytes between two tags; a cell holds at most 32,767 characters
_MOST_LOOSE = 200_000  # elements of a small part, or inside or between the groups of a big one
_MOST_ELEMENTS = 4 * MAX_CELLS
_WORKSHEET = MAIN + "worksheet"
_GROUPS = {_WORKSHEET: ROW, MAIN + "sst": MAIN + "si"}  # what a reader holds at a time


def scan_part(part: IO[bytes]) -> list[Problem] | None:
    """Walk one part to its end: the problems of a sheet, None for any other part.

    Raises FileRefused for what is dangerous or not XML.
    """
    walk = _Walk()
    run = 0
    try:
        while piece := part.read(_PIECE):
            run = _run_after(piece, run)
            walk.parser.Parse(piece, False)
        walk.parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # also unknown encodings, numbers
        raise _malformed() from error
    return walk.notes.finish() if walk.notes else None


def _run_after(piece: bytes, run: int) -> int:
    """Bytes since the last tag at the end of `piece`; refuses a text that no cell can hold."""
    first = piece.find(b"<")
    if run + (len(piece) if first < 0 else first) > _LONGEST_TEXT:
        raise refusal("cell-length", "工作簿中有过长的单元格。", "请缩短内容后再上传。")
    return run + len(piece) if first < 0 else len(piece) - piece.rfind(b"<")


def _malformed() -> FileRefused:
    return refusal("xml", "工作簿内部结构不正常。", "请在表格软件中打开，另存为 .xlsx 后再上传。")


def _too_much() -> FileRefused:
    return refusal("zip-size", "工作簿内容过多。", "请删除多余的内容和格式后另存。")


class _Walk:
    """The handlers of one expat parser; `notes` exists when the part is a sheet."""

    def __init__(self) -> None:
        self.notes: SheetNotes | None = None
        self.total = self.loose = self.groups = 0
        self.in_group = False
        self.starts: dict[str, Callable[[dict[str, str]], None]] = {}
        self.ends: dict[str, Callable[[], None]] = {}
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartCdataSectionHandler = self._refuse
        self.parser.StartElementHandler = self._root

    def _refuse(self, *_: object) -> None:
        """A DTD brings entities; CDATA hides the length of a text."""
        raise _malformed()

    def _root(self, tag: str, _: dict[str, str]) -> None:
        """The first element tells what the part is; only sheets and texts come in groups."""
        if tag == _WORKSHEET:
            self.notes = SheetNotes()
            self.starts, self.ends = self.notes.starts, self.notes.ends
            self.parser.CharacterDataHandler = self.notes.text
        if group := _GROUPS.get(tag):
            begin = self.starts.get(group, lambda _: None)
            self.starts[group] = lambda attributes: self._group(begin, attributes)
            self.ends[group] = self._group_end
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.loose += 1
        if self.loose > _MOST_LOOSE:
            raise _too_much()
        if handler := self.starts.get(tag):
            handler(attributes)

    def _end(self, tag: str) -> None:
        if handler := self.ends.get(tag):
            handler()

    def _group(self, begin: Callable[[dict[str, str]], None], attributes: dict[str, str]) -> None:
        """A row or a text begins: the reader has let go of the one before."""
        if self.in_group:
            raise _malformed()
        self.in_group = True
        self.groups += 1
        self.total += self.loose
        self.loose = 0
        if self.total > _MOST_ELEMENTS or self.groups > MAX_CELLS:
            raise _too_much()
        begin(attributes)

    def _group_end(self) -> None:
        self.in_group = False
