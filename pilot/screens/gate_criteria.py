"""The checklist of a round (准则与材料): each line with its proof, who, and how it stands."""

from collections.abc import Sequence

import streamlit as st

from pilot import ui
from pilot.domain.people import Actor, may
from pilot.domain.vocabulary import CheckState, EvidenceState, Requirement
from pilot.reports.project_papers import SIGNS
from pilot.reports.round_parts import Criterion
from pilot.reports.rounds import Round
from pilot.services import reviews

_CHECK_SIGNS = {
    CheckState.OPEN: "○",
    CheckState.MET: "●",
    CheckState.UNMET: "✕",
    CheckState.NOT_APPLICABLE: "－",
}
_OURS = "建议口径"  # our own suggestion, no source to name
_BAD = {CheckState.UNMET, EvidenceState.RETURNED, EvidenceState.EXPIRED}


def checklist(shown: Round, lines: Sequence[Criterion], reader: Actor) -> None:
    """How many of the hard lines are proven, then papers, then criteria."""
    hard = [line for line in lines if line.hard]
    done = sum(line.proven for line in hard)
    st.subheader("准则与材料")
    if hard:
        st.progress(done / len(hard), f"已证实 {done}/{len(hard)}（建议项不计）")
    for title, group in (
        ("材料（随核验结果自动判定）", [line for line in lines if line.doc_code]),
        ("准则", [line for line in lines if not line.doc_code]),
    ):
        if group:
            st.markdown(f"**{title}**")
            for line in group:
                _line(shown, line, reader)


def _line(shown: Round, line: Criterion, reader: Actor) -> None:
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        st.badge(_sign(line), color=_colour(line))
        name = f"{line.doc_code} {line.text}" if line.doc_code else line.text
        about = f":gray[:small[{ui.plain(_about(line))}]]"
        st.markdown(f"{ui.plain(name)}  \n{about}", width="stretch")
        if line.attachment_id and may(reader, "attachment.read") and shown.writable:
            url = f"/files/{line.attachment_id}"
            name = ui.plain(line.file)
            st.link_button("", url, icon=":material/attach_file:", help=name, type="tertiary")
        if shown.open and shown.writable:
            _settle(shown, line, reader)


def _settle(shown: Round, line: Criterion, reader: Actor) -> None:
    """The way to the paper or the record that proves a line, or its tick."""
    if line.doc_code:
        if not line.proven and (may(reader, "evidence.submit") or may(reader, "evidence.judge")):
            about = {"tab": "材料", "paper": line.doc_code}
            ui.link("去办理", "project", id=shown.project_id, **about)
    elif line.on_record:
        if not line.proven and may(reader, "project.edit"):
            ui.link("去办理", "project", id=shown.project_id)
    elif may(reader, "review.check"):
        _tick(line)


def _sign(line: Criterion) -> str:
    signs = SIGNS if isinstance(line.state, EvidenceState) else _CHECK_SIGNS
    return f"{signs[line.state]} {line.state.label}"


def _colour(line: Criterion) -> str:
    if line.proven:
        return "green"
    if line.state in _BAD:
        return "red"
    return "orange" if line.hard else "gray"


def _about(line: Criterion) -> str:
    parts = [line.requirement.label]
    parts += [line.dimension.label] if line.dimension else []
    parts += [line.basis] if line.basis != _OURS else []
    parts += ["由项目记录判定"] if line.on_record else []
    parts += [line.who] if line.who else []
    parts += [line.reason] if line.reason else []
    return " · ".join(part for part in parts if part)


def _tick(line: Criterion) -> None:
    if line.state is CheckState.OPEN:
        st.button(
            "符合", key=f"met-{line.id}", type="tertiary", on_click=ui.act,
            args=(reviews.check, line.id, CheckState.MET),
            kwargs={"done": "已核对为符合。"},
        )  # fmt: skip
    popover = st.popover("核对", key=f"check-{line.id}", type="tertiary")
    with popover, st.form(f"tick-{line.id}", border=False):
        states = [
            state
            for state in CheckState
            if state is not CheckState.NOT_APPLICABLE
            or line.requirement is not Requirement.REQUIRED
        ]
        state = st.radio(
            "核对结果", states, states.index(line.state) if line.state in states else 0,
            format_func=lambda one: one.label, horizontal=True,
        )  # fmt: skip
        reason = ui.area("说明", line.reason, most=500, help="不符合、不适用必须说明")
        if st.form_submit_button("保存核对", type="primary"):
            key = ui.once(f"check-{line.id}")
            said = reason.strip() or None
            done = f"已核对为{state.label}。"
            if ui.act(reviews.check, line.id, state, reason=said, key=key, done=done):
                st.rerun()
