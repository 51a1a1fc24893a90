"""冻结后的变动: a pack, what it would say differently now, and the correction note."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.moment import Moment, local_day
from pilot.domain.people import Actor
from pilot.domain.report_periods import PeriodKind, period_of
from pilot.reports import pack_changes
from pilot.reports import packs as pack_reports
from pilot.reports.pack_changes import Change
from pilot.screens import pick
from pilot.services import packs


def choose(kept: Sequence[tuple[Any, str]]) -> Any | None:
    """One of the frozen packs, the latest first; `?pack=7` in the address chooses it."""
    if not kept:
        st.info("还没有冻结的报表包；在上报流程中冻结，或用命令 pilot report freeze。")
        return None
    names = {
        str(pack.id): f"{pack.template_code} {pack.period}"
        f"（{local_day(pack.recorded_at)} {who} 冻结，{pack.rows} 行）"
        for pack, who in kept
    }
    rows = {str(pack.id): pack for pack, _who in kept}
    return rows[pick.one("报表包", "pack", names, width=560)]


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


def note_button(view: Moment) -> None:
    """Freeze the correction note (R8) of the current month."""
    month = period_of(view.as_of, PeriodKind.MONTH)
    st.button(
        f"生成更正说明（R8，{month.label}）", type="primary", icon=":material/edit_note:",
        on_click=ui.act, args=(packs.freeze, "R8", month),
        kwargs={
            "folder": ui.folder(), "build": pack_reports.build, "key": ui.once("note"),
            "reason": "上报后有变动，生成更正说明", "done": f"已生成{month.label}的更正说明。",
        },
    )  # fmt: skip


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
