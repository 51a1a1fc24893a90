"""An open page without a browser: what it shows, its widgets, and whatever one sends for them."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection

from tests.web.client import Browser

_SAID = ("body", "label", "text")
_CUT_SHORT = ForwardMsg.ScriptFinishedStatus.Value("FINISHED_EARLY_FOR_RERUN")


@dataclass(frozen=True, slots=True)
class Widget:
    """An element that can send something: its id, what it is, its label, its fragment."""

    id: str
    kind: str
    label: str
    fragment: str
    disabled: bool = False


@dataclass
class Tab:
    """One page of one visitor; close it with `close` or use it as a context."""

    browser: Browser
    page: str = ""
    query: str = ""
    resume: str = ""
    text: str = ""
    session: str = ""
    script: str = ""
    widgets: list[Widget] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    cached: dict[str, ForwardMsg] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.socket: ClientConnection = self.browser.socket(resume=self.resume)

    def __enter__(self) -> "Tab":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the tab, whatever is running."""
        self.socket.close()

    def open(self) -> "Tab":
        """Run the page once, as after an address was entered."""
        self.send()
        return self.wait()

    def send(self, values: Mapping[str, Any] | None = None, fragment: str = "") -> None:
        """Ask for a run with these values of widgets by id; does not wait for it."""
        message = BackMsg()
        run = message.rerun_script
        run.query_string, run.fragment_id = self.query, fragment
        if self.script:
            run.page_script_hash = self.script
        else:
            run.page_name = self.page
        run.widget_states.widgets.extend(states(values or {}))
        self.socket.send(message.SerializeToString())

    def wait(self, seconds: float = 30) -> "Tab":
        """Take in everything until a run has finished that was not cut short."""
        texts: list[str] = []
        end = time.monotonic() + seconds
        while True:
            got = ForwardMsg()
            got.ParseFromString(self.socket.recv(timeout=max(0.01, end - time.monotonic())))
            got = self._known(got)
            kind = got.WhichOneof("type")
            if kind == "new_session":
                self.session = got.new_session.initialize.session_id
                texts, self.widgets = [], []
            elif kind == "navigation":
                self.script = got.navigation.page_script_hash
            elif kind == "delta":
                self._take(got, texts)
            elif kind == "script_finished" and got.script_finished != _CUT_SHORT:
                self.text = "\n".join(texts)
                return self

    def _take(self, got: ForwardMsg, texts: list[str]) -> None:
        """Keep what an element or block says and can do."""
        kind, proto = _element(got)
        if proto is None:
            return
        texts += [text for name in _SAID if (text := getattr(proto, name, ""))]
        if (url := getattr(proto, "url", "")).startswith("/media/"):
            self.files.append(url)
        if getattr(proto, "id", ""):
            label, shut = getattr(proto, "label", ""), getattr(proto, "disabled", False)
            self.widgets.append(Widget(proto.id, kind, label, got.delta.fragment_id, shut))

    def _known(self, got: ForwardMsg) -> ForwardMsg:
        """The message itself where only the hash of an earlier one was sent."""
        if got.WhichOneof("type") == "ref_hash":
            return self.cached[got.ref_hash]
        if got.hash:
            self.cached[got.hash] = got
        return got

    def act(self, values: Mapping[str, Any], fragment: str = "") -> "Tab":
        """Send values and wait for the run they cause."""
        self.send(values, fragment)
        return self.wait()

    def find(self, word: str, kind: str = "") -> Widget:
        """The widget whose label or key is `word`; LookupError if the page has none."""
        for widget in self.widgets:
            mine = widget.label == word or widget.id.endswith(f"-{word}")
            if mine and (not kind or widget.kind == kind):
                return widget
        raise LookupError(f"{word!r} is not among {[one.label for one in self.widgets]}")

    def click(self, word: str, **others: Any) -> "Tab":
        """Press a button, by its label or key, with the values of other widgets by id."""
        button = self.find(word, "button")
        return self.act({button.id: Click, **others}, button.fragment)


class Click:
    """The value a button sends when it is pressed."""


def states(values: Mapping[str, Any]) -> Iterator[WidgetState]:
    """The message that carries values of widgets; the kind of value decides the field."""
    for name, value in values.items():
        state = WidgetState(id=name)
        if value is Click:
            state.trigger_value = True
        elif isinstance(value, bool):
            state.bool_value = value
        elif isinstance(value, int):
            state.int_value = value
        elif isinstance(value, float):
            state.double_value = value
        elif isinstance(value, bytes):
            state.json_value = value.decode()
        elif isinstance(value, list) and value and isinstance(value[0], int):
            state.int_array_value.data.extend(value)
        elif isinstance(value, list):
            state.string_array_value.data.extend(value)
        else:
            state.string_value = value
        yield state


def _element(message: ForwardMsg) -> tuple[str, Any]:
    """The kind and the content of what a delta adds; nothing for any other delta."""
    delta = message.delta
    which = delta.WhichOneof("type")
    if which == "add_block":
        return "block", delta.add_block
    kind = delta.new_element.WhichOneof("type") if which == "new_element" else None
    return (kind, getattr(delta.new_element, kind)) if kind else ("", None)
