"""Two blind scorecards (双盲评分): assessors, one's own card, then both and where they differ."""

from collections.abc import Mapping, Sequence

import streamlit as st

from pilot import ui
from pilot.domain.guards import DISAGREEMENT
from pilot.domain.people import Actor, may
from pilot.domain.vocabulary import Dimension
from pilot.reports.round_parts import Cards, Point, Seat
from pilot.reports.rounds import Round
from pilot.services import reviews


def cards(
    shown: Round,
    seats: Sequence[Seat],
    seen: Cards | None,
    reader: Actor,
    known: Mapping[int, str],
) -> None:
    """Everything about the scores of a round that this reader may see now."""
    st.subheader("双盲评分")
    if not shown.scored:
        st.caption("这个阶段门不评分，只核对准则和材料。")
        return
    open_now = shown.open and shown.writable
    for seat in seats:
        icon = "check_circle" if seat.submitted else "hourglass_empty"
        state = "已提交" if seat.submitted else "未提交"
        mine = "（您）" if seat.mine else ""
        st.markdown(f":material/{icon}: {ui.plain(seat.name)}{mine} {state}")
    if not seats:
        st.caption("还没有指定评审人。")
    if open_now and may(reader, "review.assign") and not any(seat.submitted for seat in seats):
        _assign(shown, seats, known)
    own = next((seat for seat in seats if seat.mine), None)
    if open_now and own and not own.submitted:
        _own(shown)
    if seen and len(seen.names) == 2:
        _both(shown, seen, may_agree=open_now and may(reader, "review.consolidate"))
    elif seen:
        _mine(seen)
    elif any(seat.submitted for seat in seats):
        st.info("两位都提交后才公开评分。", icon=":material/visibility_off:")


def _assign(shown: Round, seats: Sequence[Seat], known: Mapping[int, str]) -> None:
    label = "更换评审人" if seats else "指定两位评审人"
    chosen = [seat.assessor_id for seat in seats if seat.assessor_id in known]
    icon = ":material/group_add:"
    with st.popover(label, icon=icon), st.form(f"assign-{shown.id}", border=False):
        ids = st.multiselect(
            "评审人（两位，不能是提交人）", list(known), chosen, format_func=known.get,
            max_selections=2, placeholder="选择两位",
        )  # fmt: skip
        if st.form_submit_button("确定评审人", type="primary"):
            key = ui.once(f"assign-{shown.id}")
            if ui.act(reviews.assign, shown.id, ids, key=key, done="已指定评审人。"):
                st.rerun()


def _own(shown: Round) -> None:
    with st.form(f"card-{shown.id}"):
        st.markdown("**我的评分表**")
        st.caption("0–100 分，留空表示未评；提交后不能修改，对方提交前看不到彼此的评分。")
        given = {
            dimension.value: st.number_input(  # no bounds: a browser's own would hold back the form
                dimension.label,
                value=None,
                step=1,
                placeholder="未评",
                key=f"{shown.id}-{dimension}",
            )
            for dimension in Dimension
        }
        comment = ui.area("意见", most=2000)
        if st.form_submit_button("提交评分", type="primary"):
            key = ui.once(f"card-{shown.id}")
            done = "评分已提交。"
            if ui.act(reviews.score, shown.id, comment=comment, key=key, done=done, **given):
                st.rerun()


def _mine(seen: Cards) -> None:
    scores = "，".join(
        f"{point.dimension.label} {_score(point.scores[0])}" for point in seen.points
    )
    st.caption(f"您的评分：{scores}。对方提交后公开两份评分。")


def _both(shown: Round, seen: Cards, *, may_agree: bool) -> None:
    names = [ui.plain(name) for name in seen.names]
    st.table(
        {
            point.dimension.label: "　".join(
                [f"{name} {_score(score)}" for name, score in zip(names, point.scores, strict=True)]
                + [f"合议 {point.agreed}"] * (point.agreed is not None)
            )
            for point in seen.points
        },
        border="horizontal",
    )
    for name, comment in zip(seen.names, seen.comments, strict=True):
        if comment:
            st.markdown(f":gray[:small[{ui.plain(name)}]]  \n{ui.plain(comment)}")
    apart = [point for point in seen.points if point.apart]
    if not apart:
        st.caption(f":material/handshake: 三个维度都没有分歧（相差不超过 {DISAGREEMENT} 分）。")
    for point in apart:
        _apart(shown, point, may_agree=may_agree)


def _apart(shown: Round, point: Point, *, may_agree: bool) -> None:
    with st.container(border=True):
        scores = "、".join(_score(score) for score in point.scores)
        st.markdown(f":material/call_split: **{point.dimension.label}**分歧：{scores}")
        if point.agreed is not None:
            st.text(f"合议 {point.agreed} 分（{point.who}）：{point.note}")
            if point.dissent:
                st.text(f"保留意见：{point.dissent}")
        elif may_agree:
            _agree(shown, point)
        else:
            st.caption("尚未合议，合议后才能通过。")


def _agree(shown: Round, point: Point) -> None:
    name = f"agree-{shown.id}-{point.dimension.value}"
    with st.popover("合议", key=name), st.form(f"{name}-form", border=False):
        score = st.number_input("合议分（0–100）", value=None, step=1)
        note = ui.area("理由 *", most=1000)
        dissent = ui.area("保留意见", most=1000, help="不同意的一方的意见，原样保留")
        if st.form_submit_button("保存合议", type="primary"):
            if score is None:
                st.error("请填写合议分。")
            elif ui.act(
                reviews.consolidate, shown.id, point.dimension, score=score, note=note,
                dissent=dissent, key=ui.once(name), done=f"{point.dimension.label}已合议。",
            ):  # fmt: skip
                st.rerun()


def _score(score: int | None) -> str:
    return "未评" if score is None else str(score)
