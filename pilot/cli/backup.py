"""`pilot backup` and `pilot restore`: the whole installation in one checked file, and back."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from pilot.cli.refusals import refusals
from pilot.cli.verify import say
from pilot.config import settings
from pilot.services import backup as backups
from pilot.services import jobs, sealing
from pilot.services import restore as restoring
from pilot.services.backup import Site
from pilot.store.engine import shared


def backup(
    to: Annotated[Path | None, typer.Option(help="写到哪个文件夹；默认 PILOT_BACKUP_DIR")] = None,
    check: Annotated[Path | None, typer.Option(help="不备份，只检查这个备份文件")] = None,
    new_key: Annotated[bool, typer.Option("--new-key", help="生成一对加密密钥")] = False,
) -> None:
    """备份：数据库和附件一并写入一个文件，检查通过才算数；服务运行时也可以备份。"""
    if new_key:
        _say_key()
        return
    with refusals():
        if check:
            _say_manifest(restoring.check(_site(), check))
            return
        now = datetime.now(UTC)
        made = backups.make(_site(), now=now, to=to)
        jobs.note_backup(_site().engine, made, now=now)
    typer.echo(f"已备份：{made.file}")
    typer.echo(made.sentence)
    _say_manifest(made.manifest)
    if made.manifest["missing"]:
        typer.echo("有附件文件缺失：请运行 pilot verify 查看是哪些。", err=True)
        raise typer.Exit(1)


def restore(file: Annotated[Path, typer.Argument(help="备份文件（.zip 或 .zip.age）")]) -> None:
    """恢复：把备份放进一个空的安装（PILOT_DATABASE_URL、PILOT_DATA_DIR），然后核对。"""
    with refusals():
        found = restoring.restore(_site(), file, now=datetime.now(UTC))
    _say_manifest(found.manifest)
    typer.echo("记录指纹与备份一致；原有的登录全部失效。")
    for one in found.checked:
        say(one)
    if not found.sound:
        typer.echo("已恢复，但核对有不符之处（备份时就是如此），请逐条查明。", err=True)
        raise typer.Exit(1)


def _site() -> Site:
    return backups.site_of(shared(settings().url), settings())


def _say_manifest(manifest: dict[str, Any]) -> None:
    """Worth keeping elsewhere: the ends of the journals hold their past to this day."""
    rows = sum(manifest["tables"].values())
    typer.echo(f"{manifest['made_at']}，版本 {manifest['schema']}，记录 {rows} 行，检查通过。")
    for anchor in manifest["journal"]:
        typer.echo(f"日志锚 {anchor.get('anchor') or '（没有）'}")


def _say_key() -> None:
    secret, public = sealing.new_key()
    typer.echo(f"公钥（设为服务器的 PILOT_BACKUP_KEY，只能加密）：{public}")
    typer.echo(f"私钥（离线保存，恢复时设为 PILOT_BACKUP_KEY）：{secret}")
