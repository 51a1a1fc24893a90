"""Garbage is collected beside the pages (内存回收), not at the end of each of their runs.

Streamlit would look through everything after every run, inside the user's wait. Runs leave cycles
behind, so somebody has to: once a second is as good, and costs thirty busy sessions a thirtieth.
"""

import asyncio
import gc

EVERY = 1.0  # seconds


async def keep_sweeping() -> None:
    """Collect garbage every second in which anything was made; an idle server does nothing."""
    while True:
        await asyncio.sleep(EVERY)
        if any(gc.get_count()[1:]):
            gc.collect()
