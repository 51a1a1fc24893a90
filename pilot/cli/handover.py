"""`pilot handover KIND --out FILE`: all records of a kind, as an import file takes them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pilot.cli.refusals import refusals
from pilot.config import settings
from pilot.domain.import_columns import ImportKind
from pilot.reports import handover
from pilot.reports.exports import Encoding
from pilot.services.operators import reader
from pilot.store.engine import reading, shared


def write(
    kind: Annotated[ImportKind, typer.Argument(help="projects、results、organisations")],
    out: Annotated[Path, typer.Option("--out", "-o", dir_okay=False, help="写到哪个文件（.csv）")],
    encoding: Annotated[Encoding, typer.Option(help="编码")] = Encoding.UTF8,
    by: Annotated[str, typer.Option(help="以哪个账号的权限导出（登录名）")] = "",
) -> None:
    """移交文件：可以用 pilot import 导入另一个基地；先导入单位，再导入成果和项目。"""
    now = datetime.now(UTC)
    with refusals(), reading(shared(settings().url)) as session:
        actor = reader(session, by, "report.export", now)
        with out.open("wb") as file:
            number = handover.write(session, actor, kind, file, encoding)
    typer.echo(f"{kind.label}：{number} 条，{out}")
