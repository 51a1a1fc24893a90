"""Waits for Streamlit without sleeping: counts the runs that the socket reports as finished.

runs = Reruns(page)          # before page.goto
page.goto("/")
runs.idle()
with runs.rerun():           # returns when the run that the action caused has finished
    page.get_by_role("button", name="保存").click()
"""

import contextlib
import time
from collections.abc import Iterator

from google.protobuf.message import DecodeError
from playwright.sync_api import Page, WebSocket
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

_IDLE = (
    "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
)
_CUT_SHORT = ForwardMsg.ScriptFinishedStatus.Value("FINISHED_EARLY_FOR_RERUN")


class Reruns:
    """Counts the finished runs of a page."""

    def __init__(self, page: Page, timeout: float = 90.0) -> None:
        self.page, self.timeout, self.finished = page, timeout, 0
        page.on("websocket", self._watch)

    def idle(self) -> None:
        """Wait until the page is connected and nothing runs."""
        self.page.wait_for_selector(_IDLE, timeout=self.timeout * 1000)

    @contextlib.contextmanager
    def rerun(self) -> Iterator[None]:
        """Wait for one more finished run than before the block."""
        before = self.finished
        yield
        end = time.monotonic() + self.timeout
        while self.finished <= before:
            if time.monotonic() > end:
                raise TimeoutError("no run of the page finished")
            self.page.wait_for_timeout(10)
        self.idle()
        self.page.wait_for_timeout(50)  # React draws

    def _watch(self, socket: WebSocket) -> None:
        if "/_stcore/stream" in socket.url:
            socket.on("framereceived", self._count)

    def _count(self, payload: bytes | str) -> None:
        message = ForwardMsg()
        with contextlib.suppress(DecodeError, TypeError):
            message.ParseFromString(payload)
        if message.WhichOneof("type") == "script_finished":
            self.finished += message.script_finished != _CUT_SHORT
