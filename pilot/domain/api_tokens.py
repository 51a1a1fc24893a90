"""Tokens of the read-only interface (接口令牌): what they may open, and for how long."""

import re
from collections.abc import Collection
from datetime import date, timedelta

from pilot.domain.errors import Invalid
from pilot.domain.parsing import clean_text
from pilot.domain.vocabulary import Term

PREFIX = "pilot_"
LONGEST = timedelta(days=366)
_SHOWN = len(PREFIX) + 6  # enough to tell two tokens apart, of no use to who sees it
_TOKEN = re.compile(PREFIX + r"[A-Za-z0-9_-]{43}")  # 256 random bits


class ApiScope(Term):
    """A part of the portfolio that a token opens (接口范围)."""

    COUNTS = "counts", "指标汇总"
    CLAIMS = "claims", "三项指标明细"
    PROJECTS = "projects", "项目台账"
    RESULTS = "results", "成果清单"
    TRANSFERS = "transfers", "成果转化明细"
    PACKS = "packs", "冻结报表包"


def is_token(text: str) -> bool:
    """Whether a text can be a token at all."""
    return _TOKEN.fullmatch(text) is not None


def shown(token: str) -> str:
    """The beginning of a token, which lists tell it by."""
    return token[:_SHOWN]


def check_name(name: str) -> str:
    """What a token is called: one line, 1 to 100 characters; Invalid otherwise."""
    cleaned = clean_text(name, 100)
    if not cleaned or "\n" in cleaned:
        raise Invalid("name", "请写明令牌给谁用（一行，最多 100 字），如“省科技厅数据平台”。")
    return cleaned


def check_scopes(scopes: Collection[ApiScope]) -> list[ApiScope]:
    """The scopes in their order; Invalid for none."""
    wanted = [scope for scope in ApiScope if scope in set(scopes)]
    if not wanted:
        raise Invalid("scopes", "请至少选择一项可读取的内容。")
    return wanted


def check_end(expires_on: date, today: date) -> None:
    """Raise Invalid unless the last day lies from today to a year from now."""
    if not today <= expires_on <= today + LONGEST:
        latest = today + LONGEST
        raise Invalid("expires_on", f"有效期应在 {today} 至 {latest} 之间；到期前可另建新令牌。")
