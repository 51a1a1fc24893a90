"""A visitor without a browser: signs in over HTTP, runs pages over Streamlit's socket."""

import http.client
import re
import time
from contextlib import closing
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect

from tests import page_of_socket as page


def cookie_of(host: str, login: str, password: str) -> str:
    """Sign in at the door; the Cookie header of the session."""
    with closing(http.client.HTTPConnection(host, timeout=30)) as line:
        line.request("GET", "/auth/login", headers={"accept": "text/html"})
        answer = line.getresponse()
        jar = _cookies(answer)
        page = answer.read().decode()
        form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
        body = urlencode(form | {"login": login, "password": password})
        kind = "application/x-www-form-urlencoded"
        sent = {"content-type": kind, "cookie": "; ".join(jar), "accept": "text/html"}
        line.request("POST", "/auth/login", body, sent)
        answer = line.getresponse()
        answer.read()
        jar += _cookies(answer)
    if answer.status != 303:
        raise RuntimeError(f"sign-in answered {answer.status}")
    return "; ".join(jar)


def _cookies(answer: http.client.HTTPResponse) -> list[str]:
    return [text.split(";")[0] for text in answer.headers.get_all("set-cookie") or []]


class Page(page.Page):
    """One open page of a site: its socket, and what was typed into its fields."""

    def __init__(self, host: str, name: str = "", query: str = "", cookie: str = "") -> None:
        super().__init__(name, query, f"http://{host}/{name}")
        self.host, self.cookie = host, cookie
        self._line: ClientConnection | None = None
        self._typed: dict[str, str] = {}

    async def __aenter__(self) -> "Page":
        headers = {"Cookie": self.cookie} if self.cookie else None
        self._line = await connect(
            f"ws://{self.host}/_stcore/stream",
            subprotocols=["streamlit"],
            additional_headers=headers,
            max_size=None,
            ping_interval=None,
            open_timeout=60,
            compression=None,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._line.close()

    async def run(self, **typed: str) -> float:
        """Run the page, with texts typed into fields by key; seconds until it has finished."""
        self._typed |= {self.find(key, "text_input").id: text for key, text in typed.items()}
        start = time.perf_counter()
        await self._line.send(self.asked(self._typed))
        while not self.heard(await self._line.recv()):
            pass
        taken = time.perf_counter() - start
        if self.bugs or not self.well:
            raise RuntimeError(f"{self.name}: {self.bugs or 'the script did not end well'}")
        return taken
