"""`pilot mail test ADDRESS`: send one mail now and say how it went."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

import typer

from pilot.cli.refusals import refusals
from pilot.config import settings
from pilot.domain.errors import PilotError
from pilot.domain.mailing import clean_address, letter, link
from pilot.domain.vocabulary import MailKind
from pilot.services.mail import delivery, smtp

app = typer.Typer(no_args_is_help=True, help="邮件")


@app.callback()
def mail() -> None:
    """邮件：试发。"""


@app.command()
def test(address: Annotated[str, typer.Argument(help="收件地址")]) -> None:
    """立即发一封测试邮件，不经过队列，说明成败和原因。"""
    with refusals():
        post = delivery.post_of(settings())
        if post is None:
            raise PilotError("没有设置发信：请设置 PILOT_SMTP_URL 和 PILOT_PUBLIC_URL。")
        to, now = clean_address(address), datetime.now(UTC)
        words = letter(MailKind.TEST, "系统管理员", link(post.public_url, "system"))
        written = smtp.message(post.server, to, words, f"pilot.test.{uuid4().hex}", now)
        with smtp.connected(post.server) as line:
            line.send(written)
    typer.echo(f"已交给 {post.server.shown}，收件人 {to}；请查看收件箱和垃圾邮件箱。")
