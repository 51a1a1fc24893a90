"""`pilot import …`: check a file, say everything that is wrong, and only if asked apply it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from pilot.cli.carrying import carry
from pilot.cli.refusals import refusals
from pilot.config import settings
from pilot.domain.errors import PilotError
from pilot.domain.import_columns import ImportKind
from pilot.domain.problems import Problem
from pilot.reports.templates import write_template
from pilot.services import importing, public_facts
from pilot.services.command import perform
from pilot.services.importing import Batch
from pilot.services.operators import operator, reader
from pilot.services.sheets import FileRefused
from pilot.store.engine import reading, shared

app = typer.Typer(no_args_is_help=True, help="导入：默认只检查，--apply 才写入")

File = Annotated[Path, typer.Argument(help="文件（.csv 或 .xlsx）", exists=True, dir_okay=False)]
By = Annotated[str, typer.Option(help="操作人的登录名；写入时必填")]
Apply = Annotated[bool, typer.Option("--apply", help="检查无误后写入；全部写入或全部不写")]


@app.command()
def projects(file: File, by: By = "", apply: Apply = False) -> None:
    """项目。"""
    _import(ImportKind.PROJECTS, file, by, apply)


@app.command()
def results(file: File, by: By = "", apply: Apply = False) -> None:
    """成果。"""
    _import(ImportKind.RESULTS, file, by, apply)


@app.command()
def organisations(file: File, by: By = "", apply: Apply = False) -> None:
    """单位。"""
    _import(ImportKind.ORGANISATIONS, file, by, apply)


@app.command()
def persons(file: File, by: By = "", apply: Apply = False) -> None:
    """人员。"""
    _import(ImportKind.PERSONS, file, by, apply)


@app.command()
def transfers(file: File, by: By = "", apply: Apply = False) -> None:
    """转化事件，连同合同。"""
    _import(ImportKind.TRANSFERS, file, by, apply)


@app.command()
def template(
    kind: Annotated[
        ImportKind,
        typer.Argument(help="哪一种：projects、results、transfers、organisations、persons"),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", dir_okay=False, help="写到哪个文件（.xlsx）")],
    by: By = "",
) -> None:
    """模板：列名、填写说明和代码表。"""
    now = datetime.now(UTC)
    with refusals(), reading(shared(settings().url)) as session:
        actor = reader(session, by, "import.apply", now)
        with out.open("wb") as file:
            write_template(session, actor.base_id, kind, file)
    typer.echo(f"{kind.label}导入模板：{out}")


@app.command()
def public(by: By = "", apply: Apply = False) -> None:
    """公开信息：登记 data/public/facts.csv；只列为待核，不计入。"""
    now, engine = datetime.now(UTC), shared(settings().url)
    with refusals():
        rows = public_facts.load()
        with reading(engine) as session:
            actor = reader(session, by, "fact.record", now)
            fresh = public_facts.unknown(session, actor.base_id, rows)
        typer.echo(f"公开信息 {len(rows)} 条：新增 {len(fresh)}，未变 {len(rows) - len(fresh)}")
        if fresh and apply:
            perform(engine, public_facts.record_facts, rows, by=_writer(by), now=now)
    _say_applied(bool(fresh and apply), apply)


def _import(kind: ImportKind, file: Path, by: str, apply: bool) -> None:
    now, engine = datetime.now(UTC), shared(settings().url)
    with refusals():
        try:
            table = importing.load(file)
        except FileRefused as error:
            _print(error.problems)
            raise
        if apply and importing.goes_long(kind, table):
            carry(engine, kind, file, _writer(by))
            return
        if apply:
            who = _writer(by)
        else:
            with reading(engine) as session:
                who = reader(session, by, "import.apply", now).id
        batch = importing.run(engine, kind, table, by=who, now=now, apply_it=apply)
    _report(batch, apply)


def _writer(by: str) -> int:
    if not by:
        raise PilotError("写入时请用 --by 写明操作人的登录名。")
    return operator(shared(settings().url), by)


def _report(batch: Batch, apply: bool) -> None:
    """Problems first, then the totals, then what was done; status 1 when the file is refused."""
    _print(batch.problems)
    if batch.left_out:
        typer.echo(f"另有 {batch.left_out:,} 处没有列出；在“导入”页面上传，可以下载标注好的文件。")
    totals = "，".join(f"{outcome.label} {number:,}" for outcome, number in batch.totals.items())
    typer.echo(f"{batch.kind.label} {batch.rows:,} 行：{totals}")
    if batch.refused:
        typer.echo("文件有错误，没有写入任何内容；请按上表改正后重新导入整个文件。", err=True)
        raise typer.Exit(1)
    _say_applied(batch.applied, apply)


def _say_applied(applied: bool, asked: bool) -> None:
    if applied:
        typer.echo("已全部写入。")
    else:
        typer.echo("没有需要写入的内容。" if asked else "只作检查，没有写入；加 --apply 写入。")


def _print(problems: list[Problem]) -> None:
    """Row, column, rule, message and remedy of each."""
    if not problems:
        return
    table = Table()
    for heading in ("行", "列", "级别", "规则", "问题", "处理办法"):
        table.add_column(heading, overflow="fold")  # Chinese has no blanks to break at
    for one in problems:
        level = "错误" if one.hard else "提示"
        place = str(one.row or "")
        table.add_row(place, one.column or "", level, one.rule, one.message, one.remedy)
    console = Console()
    Console(width=max(console.width, 120)).print(table, markup=False)
