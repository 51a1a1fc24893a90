"""Which files are taken as attachments (附件): the content decides, the extension must agree.

Source: OWASP ASVS 5, 5.2.2, 5.2.3 and 5.3.2. Nothing is unpacked here: of an Office file only the
list of its members is read, and only when that list is small.
"""

import io
import os
import re
import unicodedata
import zipfile
from dataclasses import dataclass

from pilot.domain.errors import Invalid

LONGEST_NAME = 200
_MOST_MEMBERS = 10_000
_MOST_DIRECTORY = 2 * 1024 * 1024  # bytes of the list of members
_OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file: its name for people, its media type, its extensions."""

    label: str
    media_type: str
    extensions: tuple[str, ...]


PDF = FileType("PDF", "application/pdf", (".pdf",))
PNG = FileType("PNG 图片", "image/png", (".png",))
JPEG = FileType("JPEG 图片", "image/jpeg", (".jpg", ".jpeg"))
DOCX = FileType("Word 文档", f"{_OFFICE}.wordprocessingml.document", (".docx",))
XLSX = FileType("Excel 工作簿", f"{_OFFICE}.spreadsheetml.sheet", (".xlsx",))
PPTX = FileType("PowerPoint 演示文稿", f"{_OFFICE}.presentationml.presentation", (".pptx",))
DOC = FileType("Word 97–2003 文档", "application/msword", (".doc",))
XLS = FileType("Excel 97–2003 工作簿", "application/vnd.ms-excel", (".xls",))
TEXT = FileType("文本", "text/plain", (".txt", ".csv"))

ACCEPTED = (PDF, PNG, JPEG, DOCX, XLSX, PPTX, DOC, XLS, TEXT)
EXTENSIONS = tuple(extension for kind in ACCEPTED for extension in kind.extensions)

_STARTS = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
_OFFICE_MEMBERS = {
    "word/document.xml": DOCX,
    "xl/workbook.xml": XLSX,
    "ppt/presentation.xml": PPTX,
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"#!",
)
_MARKUP = re.compile(
    r"<\s*(?:!doctype|\?xml|html|head|body|script|svg|iframe|object|embed|style|meta|link)\b", re.I
)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
# The harmless test file of the antivirus makers, in two parts so that this one is not taken for it.
_TEST_VIRUS = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_PROGRAMS_BY_NAME = re.compile(
    r"\.(?:exe|dll|scr|bat|cmd|ps1|vbs|js|jar|msi|hta|lnk|sh|html?|svg|php)\s*\.", re.I
)
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.I)


def recognise(data: bytes, shown_name: str) -> FileType:
    """The type of a file by its content; Invalid if it is not taken or its extension lies."""
    extension = os.path.splitext(shown_name)[1].lower()
    if not data:
        raise _refused("文件是空的，请重新选择。")
    if extension not in EXTENSIONS:
        kinds = "、".join(each.removeprefix(".") for each in EXTENSIONS)
        raise _refused(f"不接受“{extension or '没有扩展名'}”的文件；可以上传 {kinds}。")
    if _PROGRAMS_BY_NAME.search(shown_name):  # a second extension, as in 报告.exe.pdf
        raise _refused("文件名像是伪装的程序或网页，请改名后再上传。")
    if _TEST_VIRUS in data:
        raise _refused("文件含有病毒测试特征，没有保存。")
    kind = _sniff(data)
    if extension not in kind.extensions:
        raise _refused(f"文件内容是{kind.label}，扩展名却是 {extension}；请核对文件。")
    return kind


def clean_name(shown_name: str) -> str:
    """The name as it is shown and offered for download: no folder, nothing invisible, NFC."""
    name = re.split(r"[/\\]", shown_name)[-1]
    name = "".join(c for c in name if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    name = unicodedata.normalize("NFC", name).strip(" .")
    name = re.sub(r'[<>:"|?*]', "_", name)
    stem, extension = os.path.splitext(name)
    if not extension and stem.lower() in {each.removeprefix(".") for each in EXTENSIONS}:
        stem, extension = "", f".{stem}"
    stem = stem[: LONGEST_NAME - len(extension)].rstrip(" .") or "附件"
    return f"_{stem}{extension}" if _DEVICE.match(stem) else f"{stem}{extension}"


def _sniff(data: bytes) -> FileType:
    if data.startswith(_PROGRAMS):
        raise _refused("这是程序文件，不能作为附件。")
    if data.startswith(b"PK"):
        return _office(data)
    if data.startswith(_OLE):
        return _old_office(data)
    for start, kind in _STARTS:
        if data.startswith(start):
            if _archive_end(data) is not None:
                raise _refused(f"{kind.label}文件里还藏有压缩包，没有保存。")
            return kind
    return _text(data)


def _office(data: bytes) -> FileType:
    """A zip archive is taken only as an Office file without macros."""
    names = _members(data)
    kinds = [kind for member, kind in _OFFICE_MEMBERS.items() if member in names]
    if len(kinds) != 1 or "[Content_Types].xml" not in names:
        raise _refused("不接受压缩包；请把其中的文件逐个上传。")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _refused("文件含有宏，请另存为不含宏的文档后再上传。")
    return kinds[0]


def _members(data: bytes) -> set[str]:
    end = _archive_end(data)
    if end is None or int.from_bytes(data[end + 12 : end + 16], "little") > _MOST_DIRECTORY:
        raise _refused("文件已损坏，或不是正常的 Office 文档。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _refused("文件已损坏，打不开。") from error
    if len(names) > _MOST_MEMBERS or len(set(names)) != len(names):
        raise _refused("文件内部结构异常，没有保存。")
    return set(names)


def _archive_end(data: bytes) -> int | None:
    """Where the zip trailer stands whose comment ends with the file, if there is one."""
    tail = max(len(data) - 22 - 0xFFFF, 0)
    at = data.rfind(b"PK\x05\x06", tail)
    while at >= tail and at != -1:
        if at + 22 + int.from_bytes(data[at + 20 : at + 22], "little") == len(data):
            return at
        at = data.rfind(b"PK\x05\x06", tail, at)
    return None


def _old_office(data: bytes) -> FileType:
    """Which program wrote an OLE file, by the names of its streams (UTF-16)."""

    def has(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if has("_VBA_PROJECT"):
        raise _refused("文件含有宏，请另存为不含宏的文档后再上传。")
    if has("WordDocument"):
        return DOC
    if has("Workbook") or has("Book\x00"):
        return XLS
    raise _refused("不认识这个文件；旧版 Office 只接受 Word 和 Excel，请另存为新格式。")


def _text(data: bytes) -> FileType:
    text = _decoded(data)
    if text is None or _UNPRINTABLE.search(text):
        raise _refused("认不出文件的格式，没有保存；请另存为 PDF 后再上传。")
    if _MARKUP.search(text):
        raise _refused("文件内容是网页或 SVG，不能作为附件；请另存为 PDF。")
    return TEXT


def _decoded(data: bytes) -> str | None:
    """UTF-16 with its mark, strict UTF-8, then strict GB18030, over the whole file."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _refused(message: str) -> Invalid:
    return Invalid("file", message)
