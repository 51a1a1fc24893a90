"""The doctor on mail: is it set rightly, does the server take us, and does the queue move?"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Engine

from pilot.domain.errors import PilotError
from pilot.domain.mailing import Security
from pilot.services.doctor.finding import Check, Chosen, good, warn
from pilot.services.mail import delivery
from pilot.services.mail.smtp import connected
from pilot.store import queries_mail
from pilot.store.engine import reading

WATCHED = timedelta(days=7)  # how long a mail that was given up is told of
_SLOW = timedelta(hours=1)
_AS_WRITTEN = "请按所说的原因处理；改过设置后重启服务，用 pilot mail test 试发。"


def setting(chosen: Chosen, *, call: bool) -> Iterator[Check]:
    """What the settings say, and with `call` whether the server takes us."""
    try:
        post = delivery.post_of(chosen)
    except PilotError as error:
        yield warn("邮件", "设置有误，不能发信", error.message)
        return
    if post is None:
        yield good("邮件", "没有设置发信（PILOT_SMTP_URL），通知只在页面里显示")
        return
    if call:
        try:
            with connected(post.server):
                pass
        except PilotError as error:
            yield warn("邮件", error.message, _AS_WRITTEN)
            return
    server = post.server
    if server.security is Security.NONE and server.user:
        found = f"{server.shown}：用户名和密码不加密传送"
        yield warn("邮件", found, "请改用 smtps://，或去掉 starttls=no。")
    else:
        yield good("邮件", f"{server.shown} 可以连接和登录" if call else f"经 {server.shown} 发信")


def queue(engine: Engine, chosen: Chosen, now: datetime) -> Iterator[Check]:
    """How many mails wait, since when, and what went wrong last."""
    with reading(engine) as session:
        found = queries_mail.queue(session, now - WATCHED)
    if found.given_up:
        remedy = "请在“系统状态”里看是哪些；地址写错的请本人改正。"
        yield warn("未送达的邮件", f"7 天内 {found.given_up} 封没有送达", remedy)
    if not found.waiting:
        if chosen.smtp_url.get_secret_value():
            yield good("待发的邮件", "没有")
        return
    hours = int((now - found.oldest) / timedelta(hours=1))
    waited = f"已等 {hours} 小时" if hours else "等了不到 1 小时"
    waits = f"{found.waiting} 封待发，最早的一封{waited}"
    if not chosen.smtp_url.get_secret_value():
        yield warn(
            "待发的邮件", f"{waits}，却没有设置发信", "请设置 PILOT_SMTP_URL；3 天后不再发。"
        )
    elif found.failed_at and found.failed_at > (found.sent_at or found.oldest):
        yield warn("待发的邮件", f"{waits}；{found.error}", _AS_WRITTEN)
    elif now - found.oldest > _SLOW and chosen.jobs:
        yield warn("待发的邮件", waits, "请查看服务日志里 pilot.mail 的记录。")
    else:
        yield good("待发的邮件", f"{found.waiting} 封")
