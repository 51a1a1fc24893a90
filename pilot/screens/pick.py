"""Choices that stand in the page's address by their code, so that a link reproduces the view.

A change of any choice begins a long list at its first page again.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st

from pilot.domain.vocabulary import Term

Word = TypeVar("Word", bound=Term)

_PAGE = "p"
_ANY = "全部"


def word(
    label: str,
    key: str,
    options: Sequence[Word],
    *,
    default: Word,
    shown: Callable[[Word], str] = lambda word: word.label,
    hidden: bool = False,
) -> Word:
    """One of a few words as a row of segments; `?key=value` in the address chooses it."""
    name = _follow(key, asked(key, options, default))
    return st.segmented_control(
        label,
        list(options),
        format_func=shown,
        required=True,
        key=name,
        on_change=_write,
        args=(key, name),
        label_visibility="collapsed" if hidden else "visible",
        wrap=True,
    )


def asked(key: str, options: Sequence[Word], default: Word) -> Word:
    """The word that stands in the address under `key`, before its segments are drawn."""
    return {option.value: option for option in options}.get(st.query_params.get(key, ""), default)


def one(
    label: str, key: str, options: Mapping[str, str], *, width: int | str = 360, blank: str = ""
) -> str | None:
    """One code of a list; `?key=code` in the address chooses it, else the first one is.

    With a `blank` (全部) none may be chosen, which is then the default.
    """
    if not options and not blank:
        return None
    codes = [*(("",) if blank else ()), *options]
    wanted = st.query_params.get(key, "")
    name = _follow(key, wanted if wanted in codes else codes[0])
    return st.selectbox(
        label, codes, key=name, width=width, on_change=_write, args=(key, name),
        format_func=lambda code: options[code] if code else blank,
    )  # fmt: skip


def text(label: str, key: str, placeholder: str, width: int = 280) -> str:
    """A search text."""
    name = _follow(key, st.query_params.get(key, ""))
    typed = st.text_input(
        label, key=name, placeholder=placeholder, icon=":material/search:", width=width,
        max_chars=100, on_change=_write, args=(key, name),
    )  # fmt: skip
    return typed.strip()


def several(label: str, key: str, options: Mapping[str, str], width: int = 200) -> tuple[str, ...]:
    """Some codes of a list; none chosen means all."""
    codes = [code for code in st.query_params.get(key, "").split(",") if code in options]
    name = _follow(key, codes)
    chosen = st.multiselect(
        label, list(options), key=name, placeholder=_ANY, format_func=options.get,
        width=width, wrap=True, on_change=_write, args=(key, name),
    )  # fmt: skip
    return tuple(chosen)


def row(
    rows: Any, key: str, columns: Mapping[str, Any], *, order: Sequence[str], alt: str
) -> int | None:
    """A table of which one row is chosen; its `id` stands in the address under `key`.

    What the address asks for is answered even if its row is on another page of the list.
    """
    ids = [int(row_id) for row_id in rows["id"]]
    asked = number(key)
    name = f"{key}-rows-{hash(tuple(ids))}"
    wanted = [ids.index(asked)] if asked in ids else []
    if name not in st.session_state or st.session_state[name]["selection"]["rows"] != wanted:
        st.session_state[name] = {"selection": {"rows": wanted}}

    def choose() -> None:
        chosen = st.session_state[name]["selection"]["rows"]
        if chosen or asked in ids:  # a row of another page stays chosen
            put(key, ids[chosen[0]] if chosen else None)

    st.dataframe(
        rows,
        hide_index=True,
        column_order=list(order),
        column_config=dict(columns),
        on_select=choose,
        selection_mode="single-row",
        placeholder="",
        key=name,
        alt=alt,
    )
    return asked


def number(key: str) -> int | None:
    """The whole number that stands in the address under `key`."""
    text = st.query_params.get(key, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def put(key: str, value: object | None) -> None:
    """Write a value into the address, or take it out."""
    if value in (None, ""):
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = str(value)


def page() -> int:
    """The page of a long list that the address asks for, counted from 1."""
    return max(number(_PAGE) or 1, 1)


def paging(total: int, size: int) -> None:
    """The pages of a long list to choose from; nothing where one holds it all."""
    last = -(-total // size)
    if last < 2:
        return
    here = min(page(), last)
    name = f"{_PAGE}-choice-{here}"  # it always has a default: a state beside it is complained of
    st.pagination(last, default=here, key=name, on_change=_turn, args=(name,))


def _follow(key: str, chosen: object) -> str:
    """The address decides: let the widget's state say what the address says.

    Always, not only on a difference: the same key on the next page is another, still empty widget.
    """
    name = f"{key}-choice"
    st.session_state[name] = chosen
    return name


def _write(key: str, name: str) -> None:
    value = st.session_state[name]
    put(key, ",".join(value) if isinstance(value, list) else value)
    put(_PAGE, None)


def _turn(name: str) -> None:
    put(_PAGE, st.session_state[name])
