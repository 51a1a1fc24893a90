"""What a disk holds after the power went: everything forced to it, and any part of the rest.

A write that no sync followed may be there, be lost, be there in part (512 bytes at a time), and
overtake others. A name that was made, renamed or deleted is certain only once its folder, or for
SQLite's own files the file, has been forced. Where a lost write would have made a file longer,
there are zeros or garbage.
"""

import random
from dataclasses import dataclass, field
from pathlib import PurePath

SECTOR = 512
Files = dict[str, bytes]


@dataclass(slots=True)
class _Kept:
    """One file: what is certain, what is not yet, whether its name is certain."""

    data: bytearray = field(default_factory=bytearray)
    loose: list[tuple] = field(default_factory=list)
    named: bool = False

    def force(self) -> None:
        """Everything so far is certain."""
        for change in self.loose:
            _apply(self.data, change)
        self.loose.clear()
        self.named = True


def after_cut(before: Files, seen: list[tuple], dice: random.Random) -> Files:
    """The files on the disk when the power goes right after the last thing seen."""
    kept = {path: _Kept(bytearray(data), named=True) for path, data in before.items()}
    entries: list[tuple] = []
    for what, path, *more in seen:
        if what in ("write", "truncate"):
            kept.setdefault(path, _Kept()).loose.append((what, *more))
        elif what == "sync" and path in kept:
            kept[path].force()
        elif what == "delete" and more[0]:
            kept.pop(path, None)
        elif what == "stored":
            kept[path] = _Kept(loose=[("write", 0, more[0])])
        elif what in ("delete", "rename", "folder-made"):
            entries.append((what, path, *more))
        elif what == "folder-forced":
            entries = _forced(kept, entries, path)
    return _survivors(kept, entries, dice)


def _forced(kept: dict[str, _Kept], entries: list[tuple], folder: str) -> list[tuple]:
    """Make the names in a folder certain; returns those of other folders."""
    rest = []
    for entry in entries:
        target = entry[2] if entry[0] == "rename" else entry[1]
        if str(PurePath(target).parent) == folder:
            _enter(kept, entry)
        else:
            rest.append(entry)
    return rest


def _enter(kept: dict[str, _Kept], entry: tuple) -> None:
    what, path, *more = entry
    if what == "rename" and path in kept:
        kept[more[0]] = kept.pop(path)
        kept[more[0]].named = True
    elif what == "delete":
        kept.pop(path, None)


def _survivors(kept: dict[str, _Kept], entries: list[tuple], dice: random.Random) -> Files:
    chance = dice.choice((0.0, 0.3, 0.7, 1.0))
    gone = set()
    for entry in entries:
        if dice.random() < chance:
            _enter(kept, entry)
        elif entry[0] == "folder-made":
            gone.add(entry[1])
    found = {}
    for path, file in kept.items():
        lost = any(str(folder) in gone for folder in PurePath(path).parents)
        if lost or (not file.named and dice.random() >= chance):
            continue
        loose = [change for change in file.loose if dice.random() < chance]
        dice.shuffle(loose)
        for change in loose:
            _apply(file.data, _torn(change, dice), dice)
        found[path] = bytes(file.data)
    return found


def _torn(change: tuple, dice: random.Random) -> tuple:
    """Sometimes only the first sectors of a write, sometimes only the last ones."""
    if change[0] != "write" or dice.random() < 0.5:
        return change
    _what, offset, data = change
    cut = dice.randrange(0, len(data) + 1, SECTOR)
    if dice.random() < 0.5:
        return ("write", offset, data[:cut])
    return ("write", offset + cut, data[cut:])


def _apply(data: bytearray, change: tuple, dice: random.Random | None = None) -> None:
    if change[0] == "truncate":
        del data[change[1] :]
        return
    _what, offset, written = change
    if written and offset > len(data):
        gap = offset - len(data)
        data += dice.randbytes(gap) if dice and dice.random() < 0.5 else bytes(gap)
    data[offset : offset + len(written)] = written
