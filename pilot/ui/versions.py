"""Which version of a record this page showed (页面版本): a click speaks of what was drawn."""

import streamlit as st


def drawn(table: str, row_id: int, rev: int) -> int:
    """The version that the run before this one drew, `rev` if there was none; call once a run.

    A form is handled in the run after it was drawn, when the record has already been read anew;
    only the earlier version can tell that somebody else changed it in between.
    """
    key = f"drawn-{table}-{row_id}"
    before = st.session_state.get(key, rev)
    st.session_state[key] = rev
    return before
