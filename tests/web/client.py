"""A small HTTP and socket client: keeps cookies, follows nothing, sends what it is told."""

import http.client
import re
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import urlencode

from websockets.sync.client import ClientConnection, connect

from tests.page_of_socket import Page
from tests.serving import PASSWORD, Server


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.headers.get("location", "")


@dataclass
class Browser:
    """One visitor with a cookie jar, at an address of his own on this machine."""

    server: Server
    cookies: dict[str, str] = field(default_factory=dict)
    address: str = "127.0.0.1"

    def send(self, method: str, path: str, body: bytes | str = b"", **headers: str) -> Answer:
        """One request; header names with `_` for `-`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent.setdefault("cookie", "; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        with closing(self.line()) as line:
            line.request(method, path, body or None, sent)
            answer = line.getresponse()
            for cookie in answer.headers.get_all("set-cookie") or []:
                self._keep(cookie)
            known = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(answer.status, known, answer.read().decode("utf-8", "replace"))

    def line(self) -> http.client.HTTPConnection:
        """A connection to the server."""
        return http.client.HTTPConnection(self.server.host, None, 60, (self.address, 0))

    def page(self, path: str, **headers: str) -> Answer:
        """Ask for a page as a browser does."""
        return self.send("GET", path, accept="text/html", **headers)

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        """Send a form."""
        kind = "application/x-www-form-urlencoded"
        headers = {"accept": "text/html", "content_type": kind} | headers
        return self.send("POST", path, urlencode(fields), **headers)

    def sign_in(self, login: str, password: str = PASSWORD, **fields: str) -> Answer:
        """Fill in the sign-in form and send it."""
        form = self.form("/auth/login")
        return self.post("/auth/login", {"login": login, "password": password} | form | fields)

    def form(self, path: str) -> dict[str, str]:
        """The hidden fields of a page's form."""
        text = self.page(path).body
        return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text))

    def socket(self, resume: str = "", **headers: str) -> ClientConnection:
        """Open Streamlit's socket; raises InvalidStatus when it is refused."""
        sent = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        host = self.server.url.replace("http", "ws")
        protocols = ["streamlit", "x", resume] if resume else ["streamlit"]
        return connect(
            f"{host}/_stcore/stream",
            subprotocols=protocols,
            additional_headers=sent,
            max_size=None,
            open_timeout=60,  # a slow machine is no fault of the product
        )

    def _keep(self, cookie: str) -> None:
        name, _, value = cookie.split(";")[0].partition("=")
        if value.strip('"') and "max-age=0" not in cookie.lower():
            self.cookies[name] = value
        else:
            self.cookies.pop(name, None)


def run(socket: ClientConnection, page: str = "", query: str = "") -> tuple[str, str]:
    """Run a page once; returns Streamlit's session id and every text shown."""
    shown = Page(page, query)
    socket.send(shown.asked())
    while not shown.heard(socket.recv(timeout=90)):
        pass
    return shown.session, shown.text
