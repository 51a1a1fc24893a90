"""`pilot report …` and `pilot verify-pack`: preview, freeze, export again, compare, check."""

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from pilot.cli.refusals import refusals
from pilot.config import settings
from pilot.domain.errors import PilotError
from pilot.domain.moment import minute
from pilot.domain.report_periods import period as parsed
from pilot.reports import pack_changes, packs
from pilot.reports.pack_check import check
from pilot.reports.report_content import headings
from pilot.services import packs as freezing
from pilot.services.command import perform
from pilot.services.operators import operator, reader
from pilot.services.packs import Signers
from pilot.store.engine import reading, shared

app = typer.Typer(no_args_is_help=True, help="报表：预览、冻结、再次导出、与上报时比较")

Code = Annotated[str, typer.Argument(help="模板代码，如 R1")]
PeriodKey = Annotated[str, typer.Option("--period", help="报告期：2024-10、2024-Q4 或 2024")]
Out = Annotated[Path, typer.Option("--out", "-o", dir_okay=False, help="写到哪个文件（.zip）")]
Number = Annotated[int, typer.Argument(help="报表包编号，见 pilot report list")]
By = Annotated[str, typer.Option(help="操作人的登录名")]


@app.command("list")
def listing(by: By = "") -> None:
    """模板和已冻结的报表包。"""
    with refusals(), reading(shared(settings().url)) as session:
        actor = reader(session, by, "report.export", datetime.now(UTC))
        templates = Table("模板", "版本", "表名", "报告期")
        for row, template in packs.templates_in_use(session, actor):
            kinds = "、".join(kind.label for kind in template.periods)
            templates.add_row(row.code, str(row.version), row.title, kinds)
        frozen = Table("编号", "模板", "报告期", "行数", "冻结时间", "冻结人", "SHA-256")
        for pack, who in packs.kept(session, actor):
            at = minute(pack.recorded_at)
            code = f"{pack.template_code} 第 {pack.template_version} 版"
            cells = str(pack.id), code, pack.period, str(pack.rows), at, who, pack.sha256[:16]
            frozen.add_row(*cells)
    Console().print(templates, frozen)


@app.command()
def preview(code: Code, period: PeriodKey, by: By = "") -> None:
    """预览：现在冻结会是什么样子，模板自己的校验发现什么。"""
    now = datetime.now(UTC)
    with refusals(), reading(shared(settings().url)) as session:
        actor = reader(session, by, "report.export", now)
        shown = packs.preview(session, actor, code, parsed(period), now, settings().attachments)
    table = Table(*headings(shown.content.template), title=shown.content.template.title)
    for row in (*shown.content.rows, *shown.content.totals()):
        table.add_row(*("" if cell is None else f"{cell}" for cell in row))
    Console().print(table)
    for problem in shown.problems:
        typer.echo(f"第 {problem.row} 行 {problem.message}{problem.remedy}")
    typer.echo(f"{len(shown.content.rows)} 行，校验发现 {len(shown.problems)} 处")


@app.command()
def freeze(
    code: Code,
    period: PeriodKey,
    by: Annotated[str, typer.Option(help="操作人的登录名；必填")],
    out: Annotated[Path | None, typer.Option("--out", "-o", dir_okay=False)] = None,
    prepared: Annotated[str, typer.Option(help="填报人姓名")] = "",
    checked: Annotated[str, typer.Option(help="审核人姓名")] = "",
    responsible: Annotated[str, typer.Option(help="负责人姓名")] = "",
    reason: Annotated[str, typer.Option(help="再次冻结的理由")] = "",
) -> None:
    """冻结：写入报表包；--out 同时导出文件。"""
    now, engine, place = datetime.now(UTC), shared(settings().url), settings().attachments
    with refusals():
        if out is not None:
            _check_free(out)  # before anything is frozen
        done = perform(
            engine, freezing.freeze, code, parsed(period), by=operator(engine, by), now=now,
            folder=place, build=packs.build, reason=reason,
            signers=Signers(prepared, checked, responsible),
        )  # fmt: skip
        typer.echo(f"已冻结：报表包 {done.subject_id}")
        if out is not None:
            _write(done.subject_id, out, by, now)


@app.command()
def export(number: Number, out: Out, by: By = "") -> None:
    """再次导出：与冻结时逐字节相同。"""
    with refusals():
        _write(number, out, by, datetime.now(UTC))


@app.command()
def diff(number: Number, by: By = "") -> None:
    """与上报时比较：新增、减少、改变的单元，逐字段，谁、何时、为何。"""
    now = datetime.now(UTC)
    with refusals(), reading(shared(settings().url)) as session:
        actor = reader(session, by, "report.export", now)
        place = settings().attachments
        changes = pack_changes.changed_since(session, actor, number, place, now)
    for change in changes:
        typer.echo(f"{change.kind.label} {change.name}")
        for one in change.fields:
            typer.echo(f"  {one.column}：{_shown(one.before)} → {_shown(one.now)}")
        for cause in change.causes:
            typer.echo(f"  {cause.at} {cause.who} {cause.what} {cause.reason}".rstrip())
    typer.echo(f"变动 {len(changes)} 项" if changes else "与冻结时相同，没有变动。")


def verify_pack(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="报表包（.zip）")],
) -> None:
    """核验报表包：文件是否完整、是否互相一致；不需要数据库。"""
    found = check(file.read_bytes())
    typer.echo(f"SHA-256 {found.sha256}")
    if found.about:
        template, period = found.about.get("template", {}), found.about.get("period", {})
        typer.echo(f"{template.get('code')} 第 {template.get('version')} 版，{period.get('key')}")
    for difference in found.differences:
        typer.echo(difference, err=True)
    typer.echo(
        "核验通过：文件齐全，且与冻结数据一致。" if not found.differences else "核验未通过。"
    )
    raise typer.Exit(1 if found.differences else 0)


def _check_free(out: Path) -> None:
    """Refuse a place that does not exist, and a file that is there already."""
    folder = out.resolve().parent
    if not folder.is_dir():
        raise PilotError(f"没有文件夹 {folder}。")
    if out.exists():
        raise PilotError(f"文件 {out} 已经存在，没有改动它；请换一个文件名，或先把它移走。")


def _write(number: int, out: Path, by: str, now: datetime) -> None:
    """The pack under its name only when it is whole; the same bytes may be there already."""
    with reading(shared(settings().url)) as session:
        actor = reader(session, by, "report.export", now)
        pack, content = packs.frozen(session, actor, number, settings().attachments)
    if not (out.is_file() and out.read_bytes() == content):
        _check_free(out)
        handle, part = tempfile.mkstemp(dir=out.resolve().parent, prefix=".pack-")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(part, out)
    typer.echo(f"{pack.template_code} {pack.period}：{len(content):,} 字节，{out}")


def _shown(cell: object) -> str:
    return "（空）" if cell is None else str(cell)
