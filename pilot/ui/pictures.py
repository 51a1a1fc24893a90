"""Pictures of stored papers for the signed-in person (材料预览)."""

from datetime import UTC, datetime

from pilot.config import settings
from pilot.services import preview
from pilot.services.preview import Picture
from pilot.ui import visitor


def picture(attachment_id: int, *, page: int = 1) -> Picture:
    """A page of a file the visitor may read; raises a PilotError."""
    return preview.picture(
        visitor.engine(),
        settings().attachments,
        attachment_id,
        page=page,
        by=visitor.token(),
        now=datetime.now(UTC),
    )
