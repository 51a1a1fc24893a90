"""How a transfer is told in words (转化事件), the same wherever it is told."""

from collections.abc import Mapping
from typing import Any

from pilot.domain.vocabulary import TransferMode


def checkers(row: Mapping[str, Any]) -> str:
    """Who verified it, the first of two before the last; nothing while nobody has."""
    return "、".join(filter(None, (row["checker"] and row["first_checker"], row["checker"])))


def received(
    mode: TransferMode, receiver: str | None, area: str | None, areas: Mapping[str, str]
) -> str:
    """Who received a result and where; nobody did where its holder implements it themselves."""
    place = areas.get(area, area) if area else ""
    if mode is TransferMode.SELF and not receiver:
        return f"由持有方自行实施（{place}）" if place else "由持有方自行实施"
    return f"受让方 {receiver or '未登记'}（{place or '未登记'}）"
