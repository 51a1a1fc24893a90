"""`pilot …`: set up, serve, migrate; each command parses, calls one thing and prints."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Engine

from pilot.cli import backup, doctor, export, handover, importing, mail, report, trail, verify
from pilot.cli.refusals import refusals
from pilot.config import LOOPBACK, ROOT, settings
from pilot.domain.errors import PilotError
from pilot.domain.passwords import RULE
from pilot.services import opening, upgrading
from pilot.services.backup import site_of
from pilot.services.opening import NewBase
from pilot.store import schema
from pilot.store.engine import make_engine, shared

app = typer.Typer(no_args_is_help=True, add_completion=False, help="中试项目组合")


@app.callback()
def private() -> None:
    """What any command creates belongs to the operator alone."""
    os.umask(0o077)


# Further commands live in modules of their own and are registered here.
app.command()(verify.verify)
app.command()(export.export)
app.command()(backup.backup)
app.command()(backup.restore)
app.command()(doctor.doctor)
app.command("handover")(handover.write)
app.command()(trail.trail)
app.add_typer(importing.app, name="import")
app.add_typer(mail.app, name="mail")
app.add_typer(report.app, name="report")
app.command("verify-pack")(report.verify_pack)


def _asked(words: str, check: Callable[[str], str] | None = None) -> Any:
    """An option that is asked for where it is not given, in the words that --help shows.

    What `check` refuses is asked for again at once.
    """

    def looked_at(value: str) -> str:
        try:
            return check(value) if check else value
        except PilotError as error:
            raise typer.BadParameter(error.message) from error

    return typer.Option(prompt=words, help=words, callback=looked_at)


@app.command()
def init(
    code: Annotated[str, _asked("基地代码（如 PJ）", opening.base_code)],
    name: Annotated[str, _asked("基地名称")],
    city_code: Annotated[str, _asked("城市行政区划代码（6 位）", opening.city_code)],
    city: Annotated[str, _asked("城市名称")],
    login: Annotated[str, _asked("系统管理员登录名")],
    person: Annotated[str, _asked("系统管理员姓名")],
    password: Annotated[
        str,
        typer.Option(
            prompt="系统管理员密码", hide_input=True, confirmation_prompt=True, help=RULE,
            envvar="PILOT_ADMIN_PASSWORD",
        ),
    ],
) -> None:  # fmt: skip
    """初始化：建库、建基地、建第一个系统管理员；已初始化的库不会改动。"""
    with refusals():
        engine = _migrated()
        base = NewBase(code, name, city_code, city)
        now = datetime.now(UTC)
        opening.open_first_base(engine, base, login=login, name=person, password=password, at=now)
    typer.echo(f"已初始化：{engine.url.render_as_string()}")  # without the password
    typer.echo("启动服务：pilot serve")


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="监听地址；默认 PILOT_HOST")] = "",
    port: Annotated[int, typer.Option(help="端口；默认 PILOT_PORT")] = 0,
) -> None:
    """启动服务。"""
    chosen = settings()
    chosen.host, chosen.port = host or chosen.host, port or chosen.port
    with refusals():
        engine = _migrated()
        if not opening.is_open(engine):
            raise PilotError("还没有初始化：请先运行 pilot init，或用 pilot demo 试用。")
        opening.check_mode(engine, demo=chosen.demo)
        _check_reachable()
        _say_durability(engine)
    _run()


@app.command()
def demo(port: Annotated[int, typer.Option(help="端口")] = 0) -> None:
    """试用：独立的演示库（虚构数据），只在本机可访问。"""
    chosen = settings()
    chosen.mode, chosen.database_url = "demo", ""
    chosen.host, chosen.port = "127.0.0.1", port or chosen.port
    with refusals():
        file = chosen.data_dir / "demo.db"
        if not file.exists():
            _fill(file)
        _say_durability(_migrated())
    _run()


@app.command()
def migrate() -> None:
    """把数据库升级到本程序的版本。"""
    with refusals():
        _migrated()


def _migrated() -> Engine:
    engine, now = shared(settings().url), datetime.now(UTC)
    before, after = upgrading.upgrade(site_of(engine, settings()), now=now)
    if before != after:
        typer.echo(f"数据库已升级：{before or '空库'} → {after}")
    return engine


def _say_durability(engine: Engine) -> None:
    """Which database this is and how it keeps what was saved; refuses one that would not."""
    found = opening.check_durability(engine)
    typer.echo(f"数据库：{found}")
    for warning in found.warnings:
        typer.echo(f"注意：{warning}", err=True)


def _fill(file: Path) -> None:
    """Make the demonstration beside its place, so that a half-filled one is never opened."""
    from pilot import seed  # slow to import, and needed only once

    typer.echo("正在装入演示数据……")
    part = file.with_suffix(".part")
    for leftover in file.parent.glob(f"{part.name}*"):
        leftover.unlink()
    engine = make_engine(f"sqlite:///{part}")
    schema.upgrade(engine)
    seed.load(engine, settings().attachments, typer.echo)
    engine.dispose()
    part.rename(file)
    part.with_suffix(".part.migrate.lock").unlink(missing_ok=True)


def _check_reachable() -> None:
    """A server for others needs its name: without it every request would be refused."""
    chosen = settings()
    if chosen.demo and chosen.host not in LOOPBACK:
        raise PilotError("演示模式只能监听本机地址 127.0.0.1。")
    if chosen.host in ("0.0.0.0", "::") and not chosen.allowed_hosts:
        raise PilotError(
            "监听所有地址时，请用 PILOT_ALLOWED_HOSTS 写明用户访问的主机名，如 pilot.example.cn。"
        )


def _run() -> None:
    import uvicorn  # only the commands that serve need it

    chosen = settings()
    typer.echo(f"请在浏览器打开 http://{chosen.host}:{chosen.port}（按 Ctrl+C 停止）")
    uvicorn.run(
        "app:app",
        app_dir=str(ROOT),
        host=chosen.host,
        port=chosen.port,
        access_log=False,  # paths hold session ids of uploads
        server_header=False,
        ws="websockets-sansio",
        ws_max_size=32 * 1024 * 1024,
        timeout_graceful_shutdown=5,  # after draining.PATIENCE: see pilot/web/draining.py
    )
