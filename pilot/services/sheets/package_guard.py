"""Is this workbook safe to open? Asked of the bytes, before any spreadsheet library sees them.

Nothing that the file claims about itself is trusted: members are counted and sized, every XML
part is walked once without building anything (`part_scan`).
"""

import re
import struct
import zipfile
import zlib
from io import BytesIO

from pilot.domain.problems import Problem
from pilot.services.sheets.part_scan import scan_part
from pilot.services.sheets.table import FileRefused, refusal

MAX_MEMBERS = 2_000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 200
_RATIO_MATTERS_FROM = 1024 * 1024

_OLD_FORMAT = b"\xd0\xcf\x11\xe0"
_MACROS = ("vbaproject", "macrosheets/", "activex/")
_LINKS = ("externallinks/", "connections.xml", "querytables/", "embeddings/")
_XML_NAMES = (".xml", ".rels", ".vml")
_XML_STARTS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0<")
_EXTERNAL = re.compile(rb"<[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>")
_SAVE_AGAIN = "请新建工作簿，只粘贴数值后另存为 .xlsx。"
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
)


def inspect(data: bytes) -> dict[str, list[Problem]]:
    """The sheets of a harmless workbook, each part's name with what is wrong in it.

    Raises FileRefused for a workbook that should not be opened at all.
    """
    _check_start(data)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
            _check_members(members)
            return _walk(archive, members)
    except BROKEN_ZIP as error:
        raise damaged() from error


def damaged() -> FileRefused:
    """The refusal of a file that is not what its ending says."""
    return refusal(
        "workbook", "文件已损坏，或不是 .xlsx 工作簿。", "请在表格软件中打开，另存为 .xlsx。"
    )


def _check_start(data: bytes) -> None:
    """The file is a zip from its first byte: no old workbook, nothing put in front."""
    if data.startswith(_OLD_FORMAT):
        raise refusal(
            "file-kind", "这是旧版 .xls 或设有密码的文件。", "请取消密码并另存为 .xlsx 后再上传。"
        )
    if not data.startswith(b"PK\x03\x04"):
        raise damaged()


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    """Number, size, names and contents of the members, as the directory has them."""
    if len(members) > MAX_MEMBERS:
        raise refusal("zip-members", f"工作簿内含 {len(members):,} 个部件，过多。", _SAVE_AGAIN)
    if sum(member.file_size for member in members) > MAX_UNPACKED or any(
        map(_is_inflated, members)
    ):
        raise refusal("zip-size", "工作簿解压后过大。", "请删除多余的工作表、格式和图片后另存。")
    names = [member.filename.casefold() for member in members]
    if len(set(names)) < len(names):
        raise refusal("zip-twice", "工作簿内有重复的部件。", _SAVE_AGAIN)
    for member in members:
        _check_member(member)


def _is_inflated(member: zipfile.ZipInfo) -> bool:
    """Whether a member of some size unpacks to far more than tables do."""
    return member.file_size > max(_RATIO_MATTERS_FROM, MAX_RATIO * member.compress_size)


def _check_member(member: zipfile.ZipInfo) -> None:
    """An ordinary path, an ordinary packing, no code and no reach outside."""
    name = member.orig_filename
    if name.startswith("/") or ".." in name.split("/") or any(c in name for c in "\\:\0"):
        raise refusal("zip-path", "工作簿内有不正常的路径。", _SAVE_AGAIN)
    if member.flag_bits & 1 or member.compress_type not in (
        zipfile.ZIP_STORED,
        zipfile.ZIP_DEFLATED,
    ):
        raise refusal("zip-packing", "工作簿设有密码或压缩方式不正常。", _SAVE_AGAIN)
    folded = name.casefold()
    if any(fragment in folded for fragment in _MACROS):
        raise _macros()
    if any(fragment in folded for fragment in _LINKS):
        raise _links()


def _macros() -> FileRefused:
    return refusal("macro", "工作簿含有宏或控件。", "请另存为不含宏的 .xlsx 后再上传。")


def _links() -> FileRefused:
    return refusal(
        "external-link",
        "工作簿链接了外部文件、数据连接或嵌入对象。",
        "请断开链接、粘贴为数值后另存。",
    )


def _walk(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> dict[str, list[Problem]]:
    """Unpack every XML part once, in pieces, and keep what was noted about the sheets."""
    sheets: dict[str, list[Problem]] = {}
    for member in members:
        if not _is_xml(archive, member):
            continue
        with archive.open(member) as part:
            noted = scan_part(part)
        if noted is not None:
            sheets[member.filename] = noted
        _check_words(archive, member)
    return sheets


def _is_xml(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Whether a library could read the member as XML, whatever its name says."""
    if member.filename.casefold().endswith(_XML_NAMES):
        return True
    with archive.open(member) as part:
        return part.read(64).lstrip().startswith(_XML_STARTS)


def _check_words(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Content types without macros; relations that leave the file are hyperlinks only."""
    name = member.filename.casefold()
    if name == "[content_types].xml" and b"macroEnabled" in archive.read(member):
        raise _macros()
    if name.endswith(".rels"):
        for relation in _EXTERNAL.findall(archive.read(member)):
            if b"/hyperlink" not in relation:
                raise _links()
