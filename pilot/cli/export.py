"""`pilot export TABLE --out FILE`: the same file as the download on the page, with its metadata."""

import functools
import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from pilot.cli.refusals import refusals
from pilot.config import settings
from pilot.domain.errors import PilotError
from pilot.domain.moment import moment
from pilot.reports import exports
from pilot.reports.exports import Encoding, Format
from pilot.reports.tables import TABLES
from pilot.services.operators import reader
from pilot.store.engine import reading, shared

_DAYS = ["%Y-%m-%d"]
_LISTS = "、".join(f"{table.name}（{table.title}）" for table in TABLES.values())


def export(
    table: Annotated[str, typer.Argument(help=f"哪张表：{_LISTS}")],
    out: Annotated[Path, typer.Option("--out", "-o", help="写到哪个文件（.csv 或 .xlsx）")],
    year: Annotated[int | None, typer.Option(min=2000, max=2100, help="年度")] = None,
    as_of: Annotated[datetime | None, typer.Option(formats=_DAYS, help="截至日期")] = None,
    known: Annotated[datetime | None, typer.Option(formats=_DAYS, help="知悉日期")] = None,
    encoding: Annotated[Encoding, typer.Option(help="CSV 的编码")] = Encoding.UTF8,
    format: Annotated[Format | None, typer.Option(help="格式；不写则看文件名")] = None,
    by: Annotated[str, typer.Option(help="以哪个账号的权限导出（登录名）")] = "",
) -> None:
    """导出一张表，另写一份元数据（…元数据.json）。"""
    now = datetime.now(UTC)
    view = moment(now, year=year, as_of=as_of and as_of.date(), known_on=known and known.date())
    with refusals():
        kind = format or _kind_of(out)
        with reading(shared(settings().url)) as session:
            actor = reader(session, by, "report.export", now)
            asked = exports.asked(session, actor, table, view)
            if kind is Format.CSV:
                write = functools.partial(exports.write_csv, session, asked, encoding=encoding)
            else:
                write = functools.partial(exports.write_xlsx, session, asked)
            about = _kept(out, write)
    typer.echo(f"{asked.table.title}：{about['行数']} 行，{out}")


def _kind_of(out: Path) -> Format:
    ending = out.suffix.casefold().removeprefix(".")
    if ending not in set(Format):
        raise PilotError("请把文件名写成 .csv 或 .xlsx，或用 --format 写明格式。")
    return Format(ending)


def _kept(out: Path, write: Callable[[BinaryIO], dict]) -> dict:
    """The file appears under its name only when it is whole; its metadata stands beside it."""
    out = out.resolve()
    if not out.parent.is_dir():
        raise PilotError(f"没有文件夹 {out.parent}。")
    handle, part = tempfile.mkstemp(dir=out.parent, prefix=".export-")
    try:
        with os.fdopen(handle, "wb") as file:
            about = write(file)
        os.replace(part, out)
    except BaseException:
        os.unlink(part)
        raise
    out.with_name(f"{out.stem}_元数据.json").write_bytes(exports.as_json(about))
    return about
