"""An open page without a browser: what it shows, its widgets, and whatever one sends for them."""

import time
from collections.abc import Mapping
from typing import Any

from websockets.sync.client import ClientConnection

from tests.page_of_socket import Click, Page, Widget
from tests.web.client import Browser

__all__ = ["Click", "Tab", "Widget"]


class Tab(Page):
    """One page of one visitor; close it with `close` or use it as a context.

    `filled` is what `fill` has put into widgets, by id; `press` sends all of it.
    """

    def __init__(self, browser: Browser, name: str = "", query: str = "", resume: str = "") -> None:
        super().__init__(name, query, f"{browser.server.url}/{name}")
        self.socket: ClientConnection = browser.socket(resume=resume)
        self.filled: dict[str, Any] = {}

    def __enter__(self) -> "Tab":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the tab, whatever is running."""
        self.socket.close()

    def open(self) -> "Tab":
        """Run the page once, as after an address was entered."""
        return self.act({})

    def send(self, values: Mapping[str, Any], fragment: str = "") -> None:
        """Ask for a run with these values of widgets by id; does not wait for it."""
        self.socket.send(self.asked(values, fragment))

    def wait(self, seconds: float = 90) -> "Tab":
        """Take in everything until a run has finished that was not cut short."""
        end = time.monotonic() + seconds
        while not self.heard(self.socket.recv(timeout=max(0.01, end - time.monotonic()))):
            pass
        return self

    def act(self, values: Mapping[str, Any], fragment: str = "") -> "Tab":
        """Send values and wait for the run they cause."""
        self.send(values, fragment)
        return self.wait()

    def click(self, word: str, **others: Any) -> "Tab":
        """Press a button, by its label or key, with the values of other widgets by id."""
        button = self.find(word, "button")
        return self.act({button.id: Click, **others}, button.fragment)

    def fill(self, **values: Any) -> "Tab":
        """Fill in widgets by label or key, and keep what was filled in."""
        self.filled |= {self.find(word).id: value for word, value in values.items()}
        return self.act(self.filled)

    def press(self, word: str) -> "Tab":
        """Press a button with everything that was filled in."""
        return self.click(word, **self.filled)
