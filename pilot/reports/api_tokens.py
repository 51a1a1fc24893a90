"""The tokens of a base as its administrator reads them (接口令牌)."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlmodel import Session

from pilot.domain.api_tokens import ApiScope
from pilot.domain.moment import local_day, minute
from pilot.domain.people import Actor
from pilot.services.reads import read
from pilot.store import queries_api

_COLUMNS = ["名称", "开头", "状态", "有效至", "最近使用", "基地", "可读取", "建立人"]


@dataclass(frozen=True, slots=True)
class TokenLine:
    """One token with what its button needs."""

    id: int
    rev: int
    name: str
    live: bool
    cells: tuple[str, ...]


@read("api.read")
def token_lines(session: Session, reader: Actor, now: datetime) -> list[TokenLine]:
    """Every token of the reader's base, the latest first; days and times in Asia/Shanghai."""
    lines = []
    for row, maker, gone in queries_api.tokens(session, reader.base_id):
        state = _state(row.revoked_at, row.expires_at, gone, now)
        scopes = "、".join(ApiScope(word).label for word in row.scopes.split())
        cells = (
            row.name,
            f"{row.shown}…",
            state,
            local_day(row.expires_at).isoformat(),
            minute(row.last_used_at, "从未"),
            "全部基地" if row.all_bases else "本基地",
            scopes,
            maker,
        )
        lines.append(TokenLine(row.id, row.rev, row.name, state == "在用", cells))
    return lines


def token_frame(lines: list[TokenLine]) -> pd.DataFrame:
    """The same as a table with Chinese headings."""
    return pd.DataFrame([line.cells for line in lines], columns=_COLUMNS)


def _state(
    revoked: datetime | None, expires: datetime, maker_gone: datetime | None, now: datetime
) -> str:
    if revoked is not None:
        return "已撤销"
    if expires <= now:
        return "已到期"
    return "建立人已停用" if maker_gone is not None else "在用"
