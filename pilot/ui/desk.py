"""The import desk (导入台): a small file is checked or applied at once, others by the server."""

from datetime import UTC, datetime

from pilot.config import settings
from pilot.services import importing
from pilot.ui import visitor


def work(batch_id: int) -> None:
    """Check or apply a small batch now; a long one, or any in the hands of another, is left."""
    if importing.small(visitor.engine(), batch_id) or not settings().jobs:
        importing.work(
            visitor.engine(), settings().attachments, batch_id, lambda: datetime.now(UTC)
        )
