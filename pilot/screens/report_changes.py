"""冻结后的变动: a pack, what it would say differently now, and the correction note."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.filings import PackStatus
from pilot.domain.moment import Moment, local_day, minute
from pilot.domain.people import Actor
from pilot.domain.report_periods import PeriodKind, period_of
from pilot.reports import pack_changes
from pilot.reports import packs as pack_reports
from pilot.reports.pack_diff import Change
from pilot.screens import pick
from pilot.services import packs

_NOTE = "R8"  # the correction note; what it tells of comes before it in the choices


def choose(kept: Sequence[tuple[Any, str]]) -> Any | None:
    """One of the frozen packs, the latest first, notes last; `?pack=7` in the address chooses it.

    A note just made thus leaves on the page the pack that it was made for.
    """
    if not kept:
        st.info("还没有冻结的报表包：一期报表签发后，这里列出它的变动。")
        ui.link("去上报", "reports", icon=":material/outbox:")
        return None
    names = _named(sorted(kept, key=lambda one: one[0].template_code == _NOTE))
    rows = {str(pack.id): pack for pack, _who in kept}
    return rows[pick.one("报表包", "pack", names, width=560)]


def _named(kept: Sequence[tuple[Any, str]]) -> dict[str, str]:
    """Each pack for people, the latest of a report first; which of them a later one replaces."""
    current = {(pack.template_code, pack.period): pack.id for pack, _who in reversed(kept)}
    names = {}
    for pack, who in kept:
        last = pack.id == current[pack.template_code, pack.period]
        about = f"{local_day(pack.recorded_at)} {who} 冻结，{pack.rows} 行"
        about += "" if last else f"，{PackStatus.REPLACED.label}"
        names[str(pack.id)] = f"{pack.template_code} {pack.period}（{about}）"
    return names


def found(session: Any, actor: Actor, pack: Any, view: Moment) -> list[Change]:
    """What has changed since the pack was frozen, as known at the view."""
    return pack_changes.changed_since(session, actor, pack.id, ui.folder(), view.known_at)


def show(changes: Sequence[Change]) -> None:
    """A line a cell that differs, with who, when and why."""
    if not changes:
        st.success("与冻结时相同，没有变动。", icon=":material/check:")
        return
    st.caption(f"冻结后有 {len(changes)} 个单元变动；冻结的文件不变。")
    st.dataframe(
        [line for change in changes for line in _lines(change)],
        hide_index=True, placeholder="", alt="冻结后的变动", height="content",
    )  # fmt: skip


def note_button(view: Moment, kept: Sequence[tuple[Any, str]]) -> None:
    """Freeze the correction note (R8) of the current month; the one that there is, to take away."""
    month = period_of(view.as_of, PeriodKind.MONTH)
    made = [row for row, _who in kept if (row.template_code, row.period) == (_NOTE, month.key)]
    if made:
        _take_away(made[0], month.label)
    st.button(
        f"{'重新' if made else ''}生成更正说明（{_NOTE}，{month.label}）",
        icon=":material/edit_note:",
        type="secondary" if made else "primary", key="make-note",
        on_click=ui.act, args=(packs.freeze, _NOTE, month),
        kwargs={
            "folder": ui.folder(), "build": pack_reports.build, "key": ui.once("note"),
            "reason": "上报后有变动，生成更正说明", "done": f"已生成{month.label}的更正说明。",
        },
    )  # fmt: skip


def _take_away(pack: Any, month: str) -> None:
    """The latest note of the month: its print page and the whole."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{month}的更正说明已于 {minute(pack.recorded_at)} 生成：", width="content")
        for label, member, icon in (
            ("打印页", "print.html", "print"),
            ("整包（zip）", "zip", "folder_zip"),
        ):
            st.link_button(label, f"/pack/{pack.id}/{member}", icon=f":material/{icon}:")


def _lines(change: Change) -> list[dict[str, Any]]:
    why = "；".join(
        " ".join(filter(None, (cause.at, cause.who, cause.what, cause.reason)))
        for cause in change.causes
    )
    return [
        {
            "变动": change.kind.label,
            "单元": change.name,
            "列": one.column,
            "冻结时": None if one.before is None else str(one.before),
            "现在": None if one.now is None else str(one.now),
            "谁、何时、为何": why,
        }
        for one in change.fields
    ]
