"""Stored files: what is taken, how it is kept, what is swept."""

import errno
import hashlib
import io
import os
import shutil
import stat
import struct
import unicodedata
import zipfile
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pilot.domain.errors import Invalid, NotFound, PilotError, Unwritable
from pilot.services import attachments
from pilot.store import files
from tests import factories

LIMIT = 1024 * 1024
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + bytes(17)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(20) + b"\xff\xd9"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def archive(*members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for member in members:
            made.writestr(member, "<x/>")
    return buffer.getvalue()


def ole(stream: str) -> bytes:
    return OLE + stream.encode("utf-16-le") + bytes(64)


DOCX = archive("[Content_Types].xml", "word/document.xml")
XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
PPTX = archive("[Content_Types].xml", "ppt/presentation.xml")


def save(folder, data, name="报告.pdf", limit=LIMIT):
    return files.save(folder, data, shown_name=name, limit_bytes=limit)


def everything(folder):
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        pytest.param(PDF, "报告.pdf", "application/pdf", id="pdf"),
        pytest.param(PDF, "报告.PDF", "application/pdf", id="capital extension"),
        pytest.param(PNG, "图.png", "image/png", id="png"),
        pytest.param(JPEG, "图.jpeg", "image/jpeg", id="jpeg"),
        pytest.param(DOCX, "方案.docx", "wordprocessingml.document", id="docx"),
        pytest.param(XLSX, "台账.xlsx", "spreadsheetml.sheet", id="xlsx"),
        pytest.param(PPTX, "汇报.pptx", "presentationml.presentation", id="pptx"),
        pytest.param(ole("WordDocument"), "旧.doc", "application/msword", id="doc"),
        pytest.param(ole("Workbook"), "旧.xls", "application/vnd.ms-excel", id="xls"),
        pytest.param("记录\r\n".encode(), "运行.txt", "text/plain", id="utf-8"),
        pytest.param("批次,收率\n1,98".encode("gb18030"), "运行.csv", "text/plain", id="gb18030"),
        pytest.param("记录".encode("utf-16"), "运行.txt", "text/plain", id="utf-16 with mark"),
    ],
)
def test_a_file_is_taken_by_its_content(folder, data, name, media_type):
    stored = save(folder, data, name)

    assert stored.media_type.endswith(media_type)
    assert (stored.name, stored.size) == (name, len(data))


@pytest.mark.parametrize(
    ("data", "name"),
    [
        pytest.param(b"", "空.pdf", id="empty"),
        pytest.param(PNG, "报告.pdf", id="content and extension differ"),
        pytest.param(PDF, "报告", id="no extension"),
        pytest.param(PDF, "报告.exe", id="a program by name"),
        pytest.param(PDF, "报告.exe.pdf", id="a program hidden before the last extension"),
        pytest.param(b"MZ" + bytes(100), "报告.txt", id="a Windows program"),
        pytest.param(b"\x7fELF" + bytes(100), "报告.txt", id="a Linux program"),
        pytest.param(b"#!/bin/sh\nrm -rf /\n", "报告.txt", id="a script"),
        pytest.param(b"<html><script>1</script>", "报告.txt", id="a web page"),
        pytest.param(b"\xef\xbb\xbf <!DOCTYPE html>", "报告.txt", id="a web page after a mark"),
        pytest.param(b"a,b\n<svg onload=1>", "报告.csv", id="SVG inside a table"),
        pytest.param(b"<svg xmlns='x'/>", "图.svg", id="SVG"),
        pytest.param(EICAR, "报告.txt", id="the test virus"),
        pytest.param(PDF + EICAR, "报告.pdf", id="the test virus inside"),
        pytest.param(archive("a.txt"), "资料.zip", id="an archive"),
        pytest.param(archive("a.txt"), "资料.docx", id="an archive called a document"),
        pytest.param(XLSX, "方案.docx", id="a workbook called a document"),
        pytest.param(
            archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
            "方案.docx",
            id="macros",
        ),
        pytest.param(ole("WordDocument") + ole("_VBA_PROJECT"), "旧.doc", id="old macros"),
        pytest.param(ole("EncryptedPackage"), "密.docx", id="an encrypted document"),
        pytest.param(ole("Installer"), "旧.doc", id="an installer"),
        pytest.param(DOCX[:-10], "方案.docx", id="a cut document"),
        pytest.param(PDF + archive("a.exe"), "报告.pdf", id="an archive behind a PDF"),
        pytest.param(b"\x00\x01\x02" * 50, "数据.txt", id="binary"),
        pytest.param(b"{\\rtf1 x}\x00", "报告.txt", id="NUL"),
    ],
)
def test_a_file_is_refused_and_leaves_nothing(folder, data, name):
    with pytest.raises(Invalid) as refused:
        save(folder, data, name)

    assert refused.value.field == "file"
    assert everything(folder) == []


def test_an_archive_with_a_huge_list_of_members_is_refused_before_reading_it(folder):
    names = [f"word/{'x' * 240}{number}" for number in range(9_000)]
    data = archive("[Content_Types].xml", "word/document.xml", *names)

    with pytest.raises(Invalid, match="不是正常的 Office 文档"):
        save(folder, data, "方案.docx", limit=20 * LIMIT)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_archive_with_a_member_twice_is_refused(folder):
    data = archive("[Content_Types].xml", "word/document.xml", "word/document.xml")

    with pytest.raises(Invalid, match="结构异常"):
        save(folder, data, "方案.docx")


def test_the_limit_is_the_last_size_taken(folder):
    assert save(folder, PDF, limit=len(PDF)).size == len(PDF)
    with pytest.raises(Invalid, match="文件超过"):
        save(folder, PDF, limit=len(PDF) - 1)


class Endless(io.RawIOBase):
    """A file that never ends and counts what was taken from it."""

    taken = 0

    def read(self, size=-1):
        assert size > 0
        self.taken += size
        return b"a" * size


def test_a_file_that_never_ends_is_not_read_to_its_end(folder):
    endless = Endless()

    with pytest.raises(Invalid, match="文件超过"):
        save(folder, endless, "报告.txt")

    assert endless.taken == LIMIT + 1


@pytest.mark.parametrize(
    ("shown", "kept"),
    [
        ("../../etc/报告.pdf", "报告.pdf"),
        ("C:\\Users\\示例\\报告.pdf", "报告.pdf"),
        ("\\\\server\\share\\报告.pdf", "报告.pdf"),
        ("报告\r\nSet-Cookie: x.pdf", "报告Set-Cookie_ x.pdf"),
        ("报\x00告.pdf", "报告.pdf"),
        ("报告\u202efdp.pdf", "报告fdp.pdf"),
        ("报告\u200b.pdf", "报告.pdf"),
        ("Re\u0301sume\u0301.pdf", "Résumé.pdf"),
        (" 报告.pdf. ", "报告.pdf"),
        ('a<b>:"|?*.pdf', "a_b______.pdf"),
        ("CON.pdf", "_CON.pdf"),
        (".pdf", "附件.pdf"),
        ("𬍛䶮.pdf", "𬍛䶮.pdf"),
    ],
)
def test_a_shown_name_is_cleaned(folder, shown, kept):
    name = save(folder, PDF, shown).name

    assert name == kept
    assert unicodedata.is_normalized("NFC", name)


def test_a_long_name_is_cut_before_its_extension(folder):
    name = save(folder, PDF, f"{'长' * 400}.pdf").name

    assert (len(name), name[-5:]) == (200, "长.pdf")


def test_bytes_lie_under_their_hash_for_the_owner_only(folder):
    stored = save(folder, PDF)

    (path,) = everything(folder)
    assert path.relative_to(folder).as_posix() == f"{stored.sha256[:2]}/{stored.sha256[2:]}"
    assert stored.sha256 == hashlib.sha256(PDF).hexdigest()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_same_bytes_are_kept_once(folder):
    first, second = save(folder, PDF, "甲.pdf"), save(folder, io.BytesIO(PDF), "乙.pdf")

    assert first.sha256 == second.sha256
    assert len(everything(folder)) == 1


def test_what_was_stored_comes_back(folder):
    stored = save(folder, PDF)

    with files.open_file(folder, stored.sha256) as file:
        assert file.read() == PDF
    assert files.check(folder, stored.sha256)


def test_a_damaged_file_is_found_and_mended_by_the_next_upload(folder):
    stored = save(folder, PDF)
    (path,) = everything(folder)
    path.write_bytes(PDF[:-1] + b"!")
    assert not files.check(folder, stored.sha256)

    save(folder, PDF)

    assert files.check(folder, stored.sha256)


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", "", "A" * 64])
def test_what_is_not_stored_is_not_found(folder, name):
    with pytest.raises(NotFound):
        files.open_file(folder, name)
    assert not files.check(folder, name)


def test_file_and_folders_are_forced_to_disk_before_the_row(folder, monkeypatch):
    synced = []
    real = os.fsync

    def fsync(handle):
        synced.append(os.readlink(f"/proc/self/fd/{handle}"))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    stored = save(folder, PDF)

    place = str(folder / stored.sha256[:2])
    new_names, (temporary, *folders) = synced[:2], synced[2:]
    assert new_names == [str(folder.parent), str(folder)]  # a new folder's name, then its own
    assert ".incoming-" in temporary
    assert folders == [place, str(folder)]


def test_a_folder_that_takes_no_files_is_refused_at_the_start(folder, monkeypatch):
    def refuse(*_args, **_options):
        raise OSError(errno.EROFS, "Read-only file system")

    files.check_folder(folder)
    assert everything(folder) == []
    monkeypatch.setattr(type(folder), "touch", refuse)
    with pytest.raises(Unwritable, match="只能读取"):
        files.check_folder(folder)


def test_an_interrupted_write_leaves_nothing(folder, monkeypatch):
    def fail(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(PilotError, match="磁盘已满"):
        save(folder, PDF)

    assert everything(folder) == []


def test_a_nearly_full_disk_is_refused_before_writing(folder, monkeypatch):
    usage = namedtuple("usage", "total used free")
    free = files.LEAST_FREE + len(PDF)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(0, 0, free - 1))
    with pytest.raises(PilotError, match="500 MB"):
        save(folder, PDF)
    assert everything(folder) == []

    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(0, 0, free))
    assert save(folder, PDF).size == len(PDF)


# --- sweep ---------------------------------------------------------------------------------------


def ago(**past):
    return datetime.now(UTC) - timedelta(**past)


def age(path, **past):
    moment = ago(**past).timestamp()
    os.utime(path, (moment, moment))


def test_only_old_files_that_no_row_names_are_swept(folder):
    named, orphan, fresh = (
        save(folder, PDF + bytes([65 + number]), "报告.pdf") for number in range(3)
    )
    for stored in (named, orphan):
        age(folder / stored.sha256[:2] / stored.sha256[2:], hours=2)
    unfinished = folder / ".incoming-0123"
    unfinished.write_bytes(b"half")
    age(unfinished, hours=2)

    gone = files.sweep(folder, {named.sha256}, older_than=ago(hours=1))

    assert gone == 2
    assert files.check(folder, named.sha256)
    assert files.check(folder, fresh.sha256)
    assert not files.check(folder, orphan.sha256)


def test_a_file_handed_in_again_is_no_old_orphan(folder):
    stored = save(folder, PDF)
    age(folder / stored.sha256[:2] / stored.sha256[2:], hours=2)

    save(folder, PDF)

    assert files.sweep(folder, set(), older_than=ago(hours=1)) == 0


def test_foreign_files_in_the_folder_are_left_alone(folder):
    folder.mkdir()
    other = folder / "README.txt"
    other.write_text("x")
    age(other, days=9)

    assert files.sweep(folder, set(), older_than=ago(hours=1)) == 0
    assert other.exists()


def test_sweeping_where_nothing_was_ever_stored_is_fine(folder):
    assert files.sweep(folder, set(), older_than=ago(hours=1)) == 0


def test_a_row_names_the_file_and_who_brought_it(session, folder):
    people = factories.team(session)
    stored = save(folder, PDF)

    row = attachments.add(session, stored, by=people.manager, at=factories.NOON)

    assert (row.sha256, row.size, row.name) == (stored.sha256, len(PDF), "报告.pdf")
    assert (row.base_id, row.by_id) == (people.base.id, people.manager.id)


# --- several replicas over one folder ---------------------------------------------------------


def test_a_file_saved_again_while_another_replica_sweeps_it_stays(folder, monkeypatch):
    stored = save(folder, PDF)
    place = folder / stored.sha256[:2] / stored.sha256[2:]
    age(place, hours=2)
    real = Path.rename

    def after_a_save(path, target):
        if path == place:
            monkeypatch.setattr(Path, "rename", real)
            save(folder, PDF)
        return real(path, target)

    monkeypatch.setattr(Path, "rename", after_a_save)

    assert files.sweep(folder, set(), older_than=ago(hours=1)) == 0
    assert files.check(folder, stored.sha256)
    assert len(everything(folder)) == 1


def test_a_file_swept_while_it_is_saved_again_is_written_anew(folder, monkeypatch):
    stored = save(folder, PDF)
    place = folder / stored.sha256[:2] / stored.sha256[2:]
    age(place, hours=2)
    real = os.utime

    def after_a_sweep(path):
        monkeypatch.setattr(os, "utime", real)
        assert files.sweep(folder, set(), older_than=ago(hours=1)) == 1
        real(path)

    monkeypatch.setattr(os, "utime", after_a_sweep)
    save(folder, PDF)

    assert files.check(folder, stored.sha256)


def test_a_file_that_another_replica_has_just_swept_is_no_error(folder, monkeypatch):
    stored = save(folder, PDF)
    place = folder / stored.sha256[:2] / stored.sha256[2:]
    age(place, hours=2)
    real = Path.rename

    def after_the_other(path, target):
        path.unlink()
        return real(path, target)

    monkeypatch.setattr(Path, "rename", after_the_other)

    assert files.sweep(folder, set(), older_than=ago(hours=1)) == 0
