"""Messages about what was just done (提示): kept over a rerun, shown at the top of the page."""

import time
from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pilot.domain.errors import GuardFailed, PilotError, Refused
from pilot.domain.problems import Problem
from pilot.ui.words import plain

_KEY = "flash"
_IN_TOAST = 3
_MOST = 30
_TOASTED = "flash-toasted"
_STAYS = 10.0  # seconds that a toast of “long” duration stays


def succeeded(text: str) -> None:
    """Queue a message of success."""
    _queue("success", [text])


def refused(error: PilotError) -> None:
    """Queue a refusal with each of its reasons."""
    if isinstance(error, GuardFailed):
        _queue("error", error.reasons)
    elif isinstance(error, Refused):
        _queue("error", _told(error.problems))
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
            if time.monotonic() - st.session_state.pop(_TOASTED, -_STAYS) < _STAYS:
                # Drawn in the place of the refusal before it, it takes that one away.
                st.toast(text, icon=":material/check_circle:")
        else:
            slot.error(text, icon=":material/block:")
            # The button may be far below the message: the reason comes to where the reader is.
            first = "".join(f"{plain(one).rstrip('。；')}。" for one in lines[:_IN_TOAST])
            more = f"等 {len(lines)} 项，见页面上方。" if len(lines) > _IN_TOAST else ""
            st.toast(f"没有完成：{first}{more}", icon=":material/block:", duration="long")
            st.session_state[_TOASTED] = time.monotonic()
    return len(queued)


def clear() -> None:
    """Forget what a whole run has shown."""
    st.session_state.pop(_KEY, None)


def _told(problems: Sequence[Problem]) -> list[str]:
    """A line a problem, with the row of a table where it has one; of very many the first."""
    lines = []
    for one in problems[:_MOST]:
        where = f"第 {one.row} 行" if one.row is not None else ""
        lead = f"{where}：" if where and where not in one.message else ""
        lines.append(f"{lead}{one.message.rstrip('。')}。{one.remedy}")
    if len(problems) > _MOST:
        lines.append(f"另有 {len(problems) - _MOST} 项没有列出。")
    return lines


def _queue(kind: str, lines: list[str]) -> None:
    entry = (kind, lines)
    queued = st.session_state.setdefault(_KEY, [])
    if entry not in queued:
        queued.append(entry)
