"""`pilot verify`: whether every number follows from the facts and everything is still there."""

from pathlib import Path
from typing import Annotated

import typer

from pilot.cli.refusals import refusals
from pilot.config import settings
from pilot.domain import chain
from pilot.domain.chain import Anchor
from pilot.services import backup as backups
from pilot.services import restore as restoring
from pilot.services.verify import Verification, verify_all
from pilot.store.engine import reading, shared

SHOWN = 20


def verify(
    anchor: Annotated[
        list[str] | None,
        typer.Option(
            help="以前报表上的日志锚，或写着它的备份文件；日志的末尾被截去或重写时，只有它能发现。可写多个"
        ),
    ] = None,
) -> None:
    """核对：由事实重算全部计入单元，逐条校验日志、附件和项目历史；有不符时退出码为 1。"""
    chosen = settings()
    with refusals(), reading(shared(chosen.url)) as session:
        anchors = [each for text in anchor or () for each in named(text)]
        checked = verify_all(session, chosen.attachments, anchors)
    for one in checked:
        say(one)
    if not all(one.sound for one in checked):
        raise typer.Exit(1)
    if not anchors:
        typer.echo("没有给出以前的日志锚（--anchor）：日志末尾是否被截去或重写，不在核对之内。")


def named(text: str) -> list[Anchor]:
    """The anchors that were meant: one that was printed, or all of a backup file's manifest."""
    if text.endswith((".zip", ".zip.age")):
        site = backups.site_of(shared(settings().url), settings())
        return restoring.anchors(site, Path(text))
    return [chain.anchor(text)]


def say(one: Verification) -> None:
    """What was found of one base: in a line, or each difference."""
    looked_at = f"台账 {one.claims} 条、日志 {one.entries} 条、附件 {one.files} 个"
    if one.sound:
        typer.echo(f"{one.base}：{looked_at}，全部相符。")
        if one.anchor:
            typer.echo(f"  现在的日志锚：{one.anchor}")
        return
    typer.echo(f"{one.base}：{looked_at}，发现 {len(one.differences)} 处不符：", err=True)
    for sentence in one.differences[:SHOWN]:
        typer.echo(f"  - {sentence}", err=True)
    if len(one.differences) > SHOWN:
        typer.echo(f"  另有 {len(one.differences) - SHOWN} 处未列出。", err=True)
