"""Stands between the product's own SQLite and the disk: notes every write, or refuses it.

The functions of the operating-system layer of the very SQLite that the product links (the bundled
wheel, or Python's own) are replaced for the main database, its log and its journal. Call
`stand_between` before the first connection; it lasts as long as the process.
"""

import ctypes
import importlib
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p, cast
from typing import Any

from pilot.store.engine import sqlite_driver

FULL, FAILED_WRITE = 13, 778  # SQLITE_FULL, SQLITE_IOERR_WRITE
_KEPT = 0x100 | 0x800 | 0x80000  # main database, its rollback journal, its write-ahead log
_METHODS = """close read write truncate sync file_size lock unlock check_reserved_lock file_control
    sector_size device_characteristics shm_map shm_lock shm_barrier shm_unmap fetch unfetch"""
_LAYER = """open delete access full_pathname dl_open dl_error dl_sym dl_close randomness sleep
    current_time last_error"""


class _Methods(Structure):
    """sqlite3_io_methods."""

    _fields_ = [("version", c_int), *[(name, c_void_p) for name in _METHODS.split()]]


class _File(Structure):
    """sqlite3_file."""

    _fields_ = [("methods", POINTER(_Methods))]


class _Layer(Structure):
    """The part of sqlite3_vfs that every version has."""

    _fields_ = [
        ("version", c_int),
        ("size", c_int),
        ("longest", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        *[(name, c_void_p) for name in _LAYER.split()],
    ]


# Names stay pointers: SQLite keeps the one it opened with, and a copy would not live as long.
_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, POINTER(_File), c_int, POINTER(c_int))
_DELETE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)
_WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = CFUNCTYPE(c_int, c_void_p, c_int)


class Between:
    """What was seen, in order, and what is refused now."""

    def __init__(self) -> None:
        self.seen: list[tuple] = []
        self.refuse: int | None = None  # an error code of SQLite for every write
        self._names: dict[int, str] = {}
        self._kept: list[Any] = []  # what C points at must not be collected
        self._swapped: dict[int, _Methods] = {}

    def stand(self) -> None:
        """Replace the functions of the default layer."""
        library = ctypes.CDLL(importlib.import_module(_module()).__file__)
        library.sqlite3_vfs_find.restype = POINTER(_Layer)
        layer = library.sqlite3_vfs_find(None).contents
        opens, deletes = cast(layer.open, _OPEN), cast(layer.delete, _DELETE)

        def opened(vfs, name, file, flags, told):
            code = opens(vfs, name, file, flags, told)
            if code == 0 and name and flags & _KEPT:
                self._swap(file, ctypes.string_at(name).decode())
            return code

        def deleted(vfs, name, sync):
            code = deletes(vfs, name, sync)
            if code == 0:
                self.seen.append(("delete", ctypes.string_at(name).decode(), bool(sync)))
            return code

        layer.open = self._pointer(_OPEN, opened)
        layer.delete = self._pointer(_DELETE, deleted)

    def _swap(self, file: Any, name: str) -> None:
        self._names[ctypes.addressof(file.contents)] = name
        own = file.contents.methods
        address = ctypes.addressof(own.contents)
        if address not in self._swapped:
            self._swapped[address] = self._methods(own.contents)
        file.contents.methods = ctypes.pointer(self._swapped[address])

    def _methods(self, own: _Methods) -> _Methods:
        new = _Methods.from_buffer_copy(own)
        write, truncate = cast(own.write, _WRITE), cast(own.truncate, _TRUNCATE)
        sync = cast(own.sync, _SYNC)

        def written(file, data, size, offset):
            if self.refuse:
                return self.refuse
            self.seen.append(("write", self._names[file], offset, ctypes.string_at(data, size)))
            return write(file, data, size, offset)

        def truncated(file, size):
            self.seen.append(("truncate", self._names[file], size))
            return truncate(file, size)

        def synced(file, flags):
            code = sync(file, flags)
            if code == 0:
                self.seen.append(("sync", self._names[file]))
            return code

        new.write = self._pointer(_WRITE, written)
        new.truncate = self._pointer(_TRUNCATE, truncated)
        new.sync = self._pointer(_SYNC, synced)
        return new

    def _pointer(self, kind: Any, function: Any) -> int:
        made = kind(function)
        self._kept.append(made)
        return cast(made, c_void_p).value


def stand_between() -> Between:
    """Begin to note what SQLite writes in this process."""
    between = Between()
    between.stand()
    return between


def _module() -> str:
    bundled = sqlite_driver().__name__.startswith("pysqlite3")
    return "pysqlite3._sqlite3" if bundled else "_sqlite3"
