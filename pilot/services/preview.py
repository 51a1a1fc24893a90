"""Pictures of stored papers (材料预览): pages of a PDF and images, made here and inert.

The browser never opens the file itself: no viewer, script or link of it runs in the page.
"""

import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pypdfium2
from sqlalchemy import Engine

from pilot.domain.errors import PilotError
from pilot.services.downloads import open_attachment

PDF = "application/pdf"
PICTURES = frozenset({"image/png", "image/jpeg"})
_WIDTH = 1000  # pixels of a page's picture
_LARGEST_SIDE = 4000  # points; a page that claims to be larger is drawn smaller
_UNREADABLE = "这份文件无法预览，请下载后查看。"


@dataclass(frozen=True, slots=True)
class Picture:
    """One page as PNG or JPEG bytes, and how many pages there are."""

    data: bytes
    pages: int


def can_show(media_type: str) -> bool:
    """Whether a file can be shown in the page."""
    return media_type == PDF or media_type in PICTURES


def picture(
    engine: Engine, folder: Path, attachment_id: int, *, page: int, by: int | str, now: datetime
) -> Picture:
    """A page, counted from 1, of a file the account or session may read; raises a PilotError."""
    found = open_attachment(engine, folder, attachment_id, by=by, now=now)
    with found.body as body:
        data = body.read()
    if found.media_type in PICTURES:
        return Picture(data, 1)
    if found.media_type != PDF:
        raise PilotError(_UNREADABLE)
    return _page(data, page)


def _page(data: bytes, number: int) -> Picture:
    try:
        document = pypdfium2.PdfDocument(data)
        pages = len(document)
        drawn = document[min(max(number, 1), pages) - 1]
        width, height = drawn.get_size()
        scale = _WIDTH / max(width, height * _WIDTH / _LARGEST_SIDE, 1)
        image = drawn.render(scale=scale).to_pil()
    except pypdfium2.PdfiumError as error:
        raise PilotError(_UNREADABLE) from error
    written = io.BytesIO()
    image.convert("RGB").save(written, "PNG")
    document.close()
    return Picture(written.getvalue(), pages)
