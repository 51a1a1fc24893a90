"""`pilot trail`: the journal as a file that can be checked without this product."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pilot.cli.refusals import refusals
from pilot.config import settings
from pilot.services import trail as journal
from pilot.services.operators import reader
from pilot.store.engine import reading, shared


def trail(
    out: Annotated[Path, typer.Argument(help="写到哪个文件（.jsonl）")],
    by: Annotated[str, typer.Option(help="以哪个账号的权限导出（登录名）")] = "",
) -> None:
    """导出日志全文；可用 docs/verify_trail.py 独立核对，不需要本系统。"""
    with refusals(), reading(shared(settings().url)) as session:
        actor = reader(session, by, "report.export", datetime.now(UTC))
        with out.open("x", encoding="utf-8") as file:
            number = journal.write(session, actor, file)
    typer.echo(f"日志 {number} 条，{out}")
