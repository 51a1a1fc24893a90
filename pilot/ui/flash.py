"""Messages about what was just done (提示): kept over a rerun, shown at the top of the page."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pilot.domain.errors import GuardFailed, PilotError, Refused
from pilot.ui.words import plain

_KEY = "flash"
_IN_TOAST = 3


def succeeded(text: str) -> None:
    """Queue a message of success."""
    _queue("success", [text])


def refused(error: PilotError) -> None:
    """Queue a refusal with each of its reasons."""
    if isinstance(error, GuardFailed):
        _queue("error", error.reasons)
    elif isinstance(error, Refused):
        _queue("error", [f"{one.message}{one.remedy}" for one in error.problems])
    else:
        _queue("error", [error.message])


def draw(slot: DeltaGenerator, after: int = 0) -> int:
    """Show the queued messages from the `after`-th on; returns how many are queued.

    They stay queued until `clear`: a run that is cut short would otherwise lose them.
    """
    queued = st.session_state.get(_KEY, [])
    for kind, lines in queued[after:]:
        text = plain(lines[0]) if len(lines) == 1 else "\n".join(f"- {plain(one)}" for one in lines)
        if kind == "success":
            slot.success(text, icon=":material/check_circle:")
        else:
            slot.error(text, icon=":material/block:")
            # The button may be far below the message: the reason comes to where the reader is.
            first = "；".join(plain(one) for one in lines[:_IN_TOAST])
            more = f" 等 {len(lines)} 项，见页面上方。" if len(lines) > _IN_TOAST else ""
            st.toast(f"没有完成：{first}{more}", icon=":material/block:", duration="long")
    return len(queued)


def clear() -> None:
    """Forget what a whole run has shown."""
    st.session_state.pop(_KEY, None)


def _queue(kind: str, lines: list[str]) -> None:
    entry = (kind, lines)
    queued = st.session_state.setdefault(_KEY, [])
    if entry not in queued:
        queued.append(entry)
