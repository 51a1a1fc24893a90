"""A visitor without a browser: signs in over HTTP, runs pages over Streamlit's socket."""

import http.client
import re
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

_DONE = ForwardMsg.ScriptFinishedStatus.Value("FINISHED_SUCCESSFULLY")
_AGAIN = ForwardMsg.ScriptFinishedStatus.Value("FINISHED_EARLY_FOR_RERUN")


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


@dataclass
class Page:
    """One open page: its socket, the widgets it showed, what it said went wrong."""

    host: str
    page: str = ""
    query: str = ""
    cookie: str = ""
    texts: list[str] = field(default_factory=list)
    received: int = 0
    _line: ClientConnection | None = None
    _hash: str = ""
    _widgets: dict[str, str] = field(default_factory=dict)
    _states: dict[str, str] = field(default_factory=dict)

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
        for key, value in typed.items():
            self._states[self._widgets[key]] = value
        self.texts.clear()
        start = time.perf_counter()
        await self._line.send(self._message().SerializeToString())
        while True:
            data = await self._line.recv()
            self.received += len(data)
            got = ForwardMsg()
            got.ParseFromString(data)
            if self._take(got):
                return time.perf_counter() - start

    def _message(self) -> BackMsg:
        message = BackMsg()
        ask = message.rerun_script
        ask.query_string = self.query
        ask.page_script_hash = self._hash
        if not self._hash:
            ask.page_name = self.page
        ask.context_info.timezone, ask.context_info.locale = "Asia/Shanghai", "zh-CN"
        ask.context_info.url = f"http://{self.host}/{self.page}"
        for name, value in self._states.items():
            state = ask.widget_states.widgets.add()
            state.id, state.string_value = name, value
        return message

    def _take(self, got: ForwardMsg) -> bool:
        """Look at a message; whether the run has come to its end."""
        kind = got.WhichOneof("type")
        if kind == "new_session":
            self._hash = got.new_session.page_script_hash or self._hash
        elif kind == "navigation":
            self._hash = got.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = got.page_info_changed.query_string
        elif kind == "delta" and got.delta.WhichOneof("type") == "new_element":
            self._note(got.delta.new_element)
        elif kind == "script_finished" and got.script_finished != _AGAIN:
            if got.script_finished != _DONE:
                raise RuntimeError(f"{self.page}: the script did not end well")
            return True
        return False

    def _note(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        shown = getattr(element, kind)
        if kind == "exception":
            raise RuntimeError(f"{self.page}: {shown.message}")
        if kind in ("markdown", "heading", "alert"):
            self.texts.append(shown.body)
        if kind == "text_input":
            self._widgets[shown.id.rpartition("-")[2]] = shown.id
            key = shown.id.split("-", 2)[-1]
            self._widgets[key] = shown.id
