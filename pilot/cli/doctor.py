"""`pilot doctor`: what may go wrong with this installation, and what to do about it."""

from datetime import UTC, datetime

import typer

from pilot.config import settings
from pilot.services import doctor as services
from pilot.services.doctor import Level
from pilot.store.engine import make_engine

_MARKS = {Level.OK: "✓", Level.WARN: "!", Level.FAIL: "✗"}


def doctor() -> None:
    """体检：设置、版本、磁盘、时钟、备份、账号，逐项说明怎么办；有故障时退出码为 1。"""
    chosen = settings()
    checks = services.examine(make_engine(chosen.url), chosen, datetime.now(UTC), call=True)
    for check in checks:
        typer.echo(f"{_MARKS[check.level]} {check.title}：{check.found}")
        if check.remedy:
            typer.echo(f"    {check.remedy}")
    failures = sum(check.level is Level.FAIL for check in checks)
    warnings = sum(check.level is Level.WARN for check in checks)
    typer.echo(f"故障 {failures} 项，注意 {warnings} 项。")
    if failures:
        raise typer.Exit(1)
