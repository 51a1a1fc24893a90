"""The fields of a project that registering and editing share (项目字段)."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.drafts import ProjectDraft
from pilot.reports.choices import Choices


def about(known: Choices, now: ProjectDraft) -> dict[str, Any]:
    """What it is and who does it where, starting from `now`."""
    name = ui.line("项目名称 *", now.name, most=200)
    left, right = st.columns(2)
    with left:
        holder = one("成果持有方", known.organisations, now.holder_id)
        field = code(known, "技术领域", "fields", now.field)
        area = code(known, "所在区划", "areas", now.area)
        sites = st.multiselect(
            "场地", list(known.lists.get("sites", {})), list(now.sites), placeholder="选择场地",
            format_func=known.lists.get("sites", {}).get,
        )  # fmt: skip
    with right:
        pilot_org = one("中试单位", known.organisations, now.pilot_org_id)
        industry = code(known, "国民经济行业", "industries", now.industry)
        zone = code(known, "功能区", "zones", now.zone)
        manager = one("项目经理", known.persons, now.manager_id)
    edition = known.editions.get(industry, now.industry_edition) if industry else None
    return {
        "name": name,
        "holder_id": holder,
        "pilot_org_id": pilot_org,
        "manager_id": manager,
        "field": field,
        "industry": industry,
        "industry_edition": edition,
        "area": area,
        "zone": zone,
        "sites": tuple(sites),
    }


def parts(code: str | None) -> tuple[str | None, str | None, int | None]:
    """`scheme-edition:level` of the list of levels, as the three fields of a project."""
    if not code:
        return None, None, None
    standard, _, level = code.rpartition(":")
    scheme, _, version = standard.rpartition("-")
    return scheme, version, int(level)


def one(label: str, known: Mapping[int, str], chosen: int | None = None) -> int | None:
    """A unit or a person, found by typing a part of its name."""
    return st.selectbox(
        label, list(known), _place(known, chosen), format_func=known.get,
        placeholder="输入名称查找",
    )  # fmt: skip


def code(known: Choices, label: str, name: str, chosen: str | None = None) -> str | None:
    """A code; one that is no longer offered stays until another is chosen."""
    labels = dict(known.lists.get(name, {}))
    if chosen:
        labels.setdefault(chosen, f"{chosen}（已停用）")
    return st.selectbox(
        label, list(labels), _place(labels, chosen), placeholder="输入代码或名称查找",
        format_func=lambda code: f"{code} {labels[code]}" if code[0].isdigit() else labels[code],
    )  # fmt: skip


def _place(options: Mapping, chosen: object) -> int | None:
    return list(options).index(chosen) if chosen in options else None
