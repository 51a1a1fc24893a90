"""One open page over Streamlit's socket, without the socket: the bytes to send, the bytes heard.

Tests drive it with a thread for each visitor (`tests/web/tab.py`), benchmarks with one loop for all
(`benchmarks/client.py`); how the protocol works is here alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

_SAID = ("body", "label", "text")
_CUT_SHORT = ForwardMsg.ScriptFinishedStatus.Value("FINISHED_EARLY_FOR_RERUN")
_WELL = ForwardMsg.ScriptFinishedStatus.Value("FINISHED_SUCCESSFULLY")


class Click:
    """The value a button sends when it is pressed."""


@dataclass(frozen=True, slots=True)
class Widget:
    """An element that can send something: its id, what it is, its label, its fragment."""

    id: str
    kind: str
    label: str
    fragment: str
    disabled: bool = False


@dataclass
class Page:
    """What a page shows after its last run; what is drawn is only looked at when it is asked for.

    `query` follows the address as the page changes it; `well` says whether the run came to its end.
    """

    name: str = ""
    query: str = ""
    url: str = ""
    session: str = ""
    script: str = ""
    well: bool = False
    _drawn: list[ForwardMsg] = field(default_factory=list)
    _known: dict[str, ForwardMsg] = field(default_factory=dict)

    def asked(self, values: Mapping[str, Any] | None = None, fragment: str = "") -> bytes:
        """The message that asks for a run with these values of widgets by id."""
        message = BackMsg()
        run = message.rerun_script
        run.query_string, run.fragment_id = self.query, fragment
        if self.script:
            run.page_script_hash = self.script
        else:
            run.page_name = self.name
        run.context_info.timezone, run.context_info.locale = "Asia/Shanghai", "zh-CN"
        run.context_info.url = self.url
        run.widget_states.widgets.extend(states(values or {}))
        return message.SerializeToString()

    def heard(self, data: bytes) -> bool:
        """Take a message in; whether a run has ended that was not cut short for another one."""
        got = self._whole(data)
        kind = got.WhichOneof("type")
        if kind == "new_session":
            self.session = got.new_session.initialize.session_id
            self.script = got.new_session.page_script_hash or self.script
            self._drawn = []
        elif kind == "navigation":
            self.script = got.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = got.page_info_changed.query_string
        elif kind == "delta":
            self._drawn.append(got)
        elif kind == "script_finished" and got.script_finished != _CUT_SHORT:
            self.well = got.script_finished == _WELL
            return True
        return False

    def _whole(self, data: bytes) -> ForwardMsg:
        """The message itself where only the hash of an earlier one was sent."""
        got = ForwardMsg()
        got.ParseFromString(data)
        if got.WhichOneof("type") == "ref_hash":
            return self._known[got.ref_hash]
        if got.hash:
            self._known[got.hash] = got
        return got

    @property
    def text(self) -> str:
        """Every text shown, in order."""
        said = (getattr(proto, name, "") for _, proto, _ in self._shown() for name in _SAID)
        return "\n".join(filter(None, said))

    @property
    def widgets(self) -> list[Widget]:
        """Everything that can send something."""
        return [
            Widget(
                proto.id,
                kind,
                getattr(proto, "label", ""),
                fragment,
                getattr(proto, "disabled", False),
            )
            for kind, proto, fragment in self._shown()
            if getattr(proto, "id", "")
        ]

    @property
    def files(self) -> list[str]:
        """The addresses of files that the page offers."""
        urls = (getattr(proto, "url", "") for _, proto, _ in self._shown())
        return [url for url in urls if url.startswith("/media/")]

    @property
    def bugs(self) -> list[str]:
        """What the page itself has broken down with."""
        return [proto.message for kind, proto, _ in self._shown() if kind == "exception"]

    @property
    def faults(self) -> list[str]:
        """What a visitor takes for an error: that, and red messages."""
        alerts = [proto for kind, proto, _ in self._shown() if kind == "alert"]
        return self.bugs + [alert.body for alert in alerts if alert.format == alert.ERROR]

    def find(self, word: str, kind: str = "") -> Widget:
        """The widget whose label or key is `word`; LookupError if the page has none."""
        for widget in self.widgets:
            label = widget.label.removesuffix(" *")
            mine = word in (widget.label, label) or widget.id.endswith(f"-{word}")
            if mine and (not kind or widget.kind == kind):
                return widget
        raise LookupError(f"{word!r} is not among {[one.label for one in self.widgets]}")

    def _shown(self) -> Iterator[tuple[str, Any, str]]:
        """Kind, content and fragment of every element and block."""
        for message in self._drawn:
            delta = message.delta
            which = delta.WhichOneof("type")
            if which == "add_block":
                yield "block", delta.add_block, delta.fragment_id
            elif which == "new_element" and (kind := delta.new_element.WhichOneof("type")):
                yield kind, getattr(delta.new_element, kind), delta.fragment_id


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
