"""A page open in a browser, without the browser: what it shows, and its fields and buttons."""

import re
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection


@dataclass
class Tab:
    """One socket; each run's texts and the fields and buttons it drew, by label."""

    socket: ClientConnection
    query: str = ""
    session: str = ""
    script: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    filled: dict[str, str] = field(default_factory=dict)

    def open(self, page: str = "") -> str:
        """Run a page; returns every text shown."""
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = self.query
        return self._run(message)

    def fill(self, **values: str) -> str:
        """Fill in text fields and choices by their labels; returns every text shown."""
        self.filled |= {self.fields[label]: value for label, value in values.items()}
        return self._run(self._message())

    def press(self, button: str) -> str:
        """Press a button of the page; returns every text shown."""
        message = self._message()
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.trigger_value = self.fields[button], True
        return self._run(message)

    def _message(self) -> BackMsg:
        """A rerun of the page, with everything that was filled in."""
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self.script
        for name, value in self.filled.items():
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.string_value = name, value
        return message

    def _run(self, message: BackMsg) -> str:
        self.socket.send(message.SerializeToString())
        texts = []
        while True:
            got = ForwardMsg()
            got.ParseFromString(self.socket.recv(timeout=30))
            kind = got.WhichOneof("type")
            if kind == "new_session":
                self.session = got.new_session.initialize.session_id
                self.fields.clear()
            elif kind == "navigation":
                self.script = got.navigation.page_script_hash
            elif kind == "delta":
                self._see(got.delta.new_element)
                texts += re.findall(r'(?:body|label|text): "(.*)"', str(got.delta))
            elif kind == "script_finished" and got.script_finished != 2:
                return "\n".join(map(_readable, texts))

    def _see(self, element: object) -> None:
        kind = element.WhichOneof("type")
        if kind in ("button", "text_area", "text_input", "radio"):
            found = getattr(element, kind)
            self.fields[found.label.removesuffix(" *")] = found.id


def _readable(text: str) -> str:
    return text.encode().decode("unicode_escape").encode("latin-1").decode("utf-8", "replace")
