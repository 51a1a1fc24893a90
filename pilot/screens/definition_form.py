"""口径: the versions, and a new one with what it would change, seen before it is saved."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.draft_counting import PARAMETERS, DefinitionDraft
from pilot.domain.draft_fields import label
from pilot.domain.moment import Moment
from pilot.domain.people import Actor
from pilot.domain.vocabulary import (
    GOALS,
    AdmissionEvent,
    Indicator,
    LandingLevel,
    Locality,
    Scope,
    Term,
)
from pilot.reports import definition_effect
from pilot.reports.definition_effect import Consequence
from pilot.services import definitions

_SEEN = "definition-seen"
_WORDS: dict[str, type[Term]] = {
    "admission_event": AdmissionEvent,
    "threshold": LandingLevel,
    "locality": Locality,
    "headline": Scope,
}
_VERSIONS = {
    "indicator": st.column_config.TextColumn("指标", width=150),
    "version": st.column_config.TextColumn("版本", width=70),
    "state": st.column_config.TextColumn("状态", width=70),
    "valid_from": st.column_config.DateColumn("生效", width=95, format="YYYY-MM-DD"),
    "valid_to": st.column_config.TextColumn("止于", width=95),
    "parameters": st.column_config.TextColumn("参数", width=320),
    "approved_by": st.column_config.TextColumn("批准人", width=95),
    "recorded_on": st.column_config.DateColumn("登记", width=95, format="YYYY-MM-DD"),
}


@dataclass(frozen=True, slots=True)
class _Previewed:
    """A draft that was looked at: what it would change, or why it would be refused."""

    draft: DefinitionDraft
    reason: str
    consequences: list[Consequence]
    refusals: list[str]


def versions(rows: Any) -> None:
    """The table of versions; the chosen one in full."""
    event = st.dataframe(
        rows,
        hide_index=True,
        column_order=list(_VERSIONS),
        column_config=_VERSIONS,
        on_select="rerun",
        selection_mode="single-row",
        key="versions",
        alt="指标口径各版本",
    )
    if not event.selection.rows:
        st.caption("点选一行，查看这一版口径的全文。")
        return
    row = rows.iloc[event.selection.rows[0]]
    with st.container(border=True):
        st.markdown(f"**{row.indicator} {row.version}**（{row.state}）")
        st.text(row.text)
        st.caption(ui.plain(row.parameters))


def form(actor: Actor, latest: dict[Indicator, DefinitionDraft], view: Moment) -> None:
    """A new version of one indicator: filled in, previewed, then saved."""
    st.subheader("新的一版口径")
    indicator = st.selectbox(
        "指标", list(Indicator), format_func=lambda one: one.label, key="definition-indicator"
    )
    start = latest.get(indicator) or DefinitionDraft(indicator, view.as_of, "")
    with st.form(f"definition-{indicator}"):
        draft, reason = _fields(start, date(view.as_of.year + 1, 1, 1))
        sent = st.form_submit_button("预览变化", icon=":material/preview:")
    if sent:
        st.session_state[_SEEN] = _preview(actor, draft, reason, view)
    seen = st.session_state.get(_SEEN)
    if seen and seen.draft.indicator is indicator:
        _show(seen)


def _fields(start: DefinitionDraft, on: date) -> tuple[DefinitionDraft, str]:
    key = f"definition-{start.indicator}"
    left, right = st.columns(2)
    with left:
        valid_from = ui.day(
            "生效日期 *",
            on,
            key=f"{key}-from",
            help="事件日期在这一天及以后的，按新口径；此前的仍按原口径。",
        )
    with right:
        values = {name: _parameter(start, name, key) for name in _names(start.indicator)}
    text = ui.area(
        "口径说明 *", start.text, height=160, most=2000, key=f"{key}-text",
        help="写给看数的人：什么算一项，哪一天算数，什么不算。",
    )  # fmt: skip
    reason = ui.line("变更依据 *", placeholder="例如：市科技局〔2026〕12号", key=f"{key}-reason")
    return replace(start, valid_from=valid_from, text=text or "", **values), reason or ""


def _names(indicator: Indicator) -> list[str]:
    """The parameters this indicator looks at; the headline scope is a matter of the goals."""
    return [*PARAMETERS.get(indicator, ()), *(["headline"] if indicator in GOALS else [])]


def _parameter(start: DefinitionDraft, name: str, key: str) -> Any:
    title = label(DefinitionDraft, name)
    if name not in _WORDS:
        return st.checkbox(title, getattr(start, name), key=f"{key}-{name}")
    words = list(_WORDS[name])
    return st.selectbox(
        title,
        words,
        words.index(getattr(start, name)),
        format_func=lambda one: one.label,
        key=f"{key}-{name}",
    )


def _preview(actor: Actor, draft: DefinitionDraft, reason: str, view: Moment) -> _Previewed:
    found = ui.rehearse(definitions.save_definition, draft, reason=reason)
    with ui.reading() as session:
        moved = definition_effect.preview(session, actor.base_id, view, found.entries)
    return _Previewed(draft, reason, moved, list(found.reasons))


def _show(seen: _Previewed) -> None:
    with st.container(border=True, key="definition-preview"):
        st.markdown(f"##### 保存后的变化：{seen.draft.indicator.label}，{seen.draft.valid_from} 起")
        if seen.refusals:
            st.error("\n".join(f"- {ui.plain(one)}" for one in seen.refusals))
            return
        for each in seen.consequences:
            st.markdown(f"**{each.title}**")
            for sentence in each.sentences:
                st.text(sentence)
        if not seen.consequences:
            st.info("今天的数字不会变化。", icon=":material/info:")
        st.caption("变化以今天的事实为准；保存时全部单元重新判定，每一处变化都记入台账。")
        if st.button("保存这一版口径", type="primary", key="definition-save"):
            _save(seen)


def _save(seen: _Previewed) -> None:
    done = ui.act(
        definitions.save_definition,
        seen.draft,
        reason=seen.reason,
        key=ui.once("definition"),
        done=f"已保存{seen.draft.indicator.label}的新口径，自 {seen.draft.valid_from} 起生效。",
    )
    if done:
        del st.session_state[_SEEN]
        st.rerun()
