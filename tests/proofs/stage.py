"""What several proofs share: the served product and the browser, begun once, closed at the end."""

import atexit
import contextlib
import functools
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser as Chromium

from tests import hostile, serving
from tests.browser.chromium import launched
from tests.serving import Server

PROBE = Path(__file__).resolve().parents[1] / "browser" / "probe"
_open = contextlib.ExitStack()
atexit.register(_open.close)


@functools.cache
def product() -> Server:
    """The product with a portfolio whose every text is hostile; nothing changes by itself."""
    return _open.enter_context(serving.serving(folder(), hostile.seed, PILOT_JOBS="false"))


@functools.cache
def chromium() -> Chromium:
    """The machine's browser."""
    return _open.enter_context(launched())


def tell(proof: str, *found: Sequence) -> None:
    """What was wrong, for whoever has to mend it."""
    for each in found:
        for one in each[:40]:
            print(f"{proof}: {one}", file=sys.stderr)


def folder() -> Path:
    """An empty folder that goes away at the end."""
    return Path(_open.enter_context(tempfile.TemporaryDirectory(prefix="pilot-proof-")))
