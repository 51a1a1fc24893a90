"""Mail (邮件): addresses, the mail server's one setting, when to try again, and what a mail says.

A mail says nothing of what it is about: a name, one sentence, and the link to the page.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from urllib.parse import parse_qs, quote, unquote, urlsplit

from pilot.domain.errors import Invalid
from pilot.domain.schedule import Daily
from pilot.domain.vocabulary import MailKind, Term

GIVEN_UP_AFTER = timedelta(days=3)
KEPT = timedelta(days=30)  # rows of mails that are done with
CONFIRM_WITHIN = timedelta(days=7)
CONFIRMATIONS_A_DAY = 5
TOGETHER = Daily(time(8, 0))  # when a day's notices go out as one mail
_PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 120))
_LONGEST = 254  # RFC 5321, 4.5.3.1.3

# What servers take everywhere: the unquoted local part of RFC 5322, a domain with a dot.
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}"
)


class Security(Term):
    """How the connection to the mail server is protected (加密方式)."""

    TLS = "tls", "TLS"
    STARTTLS = "starttls", "STARTTLS"
    NONE = "none", "不加密"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over, and as whom; `ca` is a file with the certificates to trust."""

    host: str
    port: int
    security: Security
    sender: str
    user: str = ""
    password: str = ""
    ca: str = ""

    def __repr__(self) -> str:
        return f"MailServer({self.shown})"

    @property
    def shown(self) -> str:
        """What an administrator may see of it."""
        return f"{self.host}:{self.port}（{self.security.label}）"


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says: its subject and its text."""

    subject: str
    text: str


def clean_address(value: str) -> str:
    """The address as it is kept; raises Invalid with the remedy."""
    text = unicodedata.normalize("NFKC", value).strip()
    local, _, domain = text.rpartition("@")
    if len(text) > _LONGEST or len(local) > 64 or not _ADDRESS.fullmatch(text):
        raise Invalid(
            "address", "邮箱地址不正确：请写成 name@example.cn 的样子，只用英文字母、数字和符号。"
        )
    return f"{local}@{domain.lower()}"


def mail_server(url: str) -> MailServer:
    """The server of `PILOT_SMTP_URL`; Invalid names what is wrong, never the password.

    `smtps://` is TLS from the start; `smtp://` is STARTTLS unless it ends with `starttls=no`.
    """
    parts = urlsplit(url.strip())
    try:
        asked, port = parse_qs(parts.query, strict_parsing=bool(parts.query)), parts.port
    except ValueError:
        raise _unset("端口或问号后面的部分写得不对") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise _unset("应以 smtp:// 或 smtps:// 开头，后面是主机名")
    if unknown := asked.keys() - {"from", "starttls", "ca"}:
        raise _unset(f"不认识 {'、'.join(sorted(unknown))}")
    if "from" not in asked:
        raise _unset("缺少 from=发件人地址")
    security = _security(parts.scheme, asked.get("starttls", ["yes"])[0])
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return MailServer(
        host=parts.hostname,
        port=port or (465 if security is Security.TLS else 587),
        security=security,
        sender=clean_address(asked["from"][0]),
        user=user,
        password=password,
        ca=asked.get("ca", [""])[0],
    )


def _security(scheme: str, starttls: str) -> Security:
    if starttls not in ("yes", "no"):
        raise _unset("starttls 只能是 yes 或 no")
    if scheme == "smtps":
        return Security.TLS
    return Security.STARTTLS if starttls == "yes" else Security.NONE


def _unset(why: str) -> Invalid:
    form = "smtp://用户:密码@主机:587?from=发件人地址"
    return Invalid("PILOT_SMTP_URL", f"PILOT_SMTP_URL {why}；写法：{form}。")


def public_address(url: str) -> str:
    """The beginning of every link, without a slash at its end; Invalid if it is no web address."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise Invalid(
            "PILOT_PUBLIC_URL",
            "PILOT_PUBLIC_URL 应是用户打开本系统的网址，如 https://pilot.example.cn。",
        )
    return url.strip().rstrip("/")


def link(public_url: str, page: str, **about: object) -> str:
    """The address of a page, for a mail."""
    query = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in about.items())
    return f"{public_url}/{page}" + (f"?{query}" if query else "")


def again_at(tries: int, now: datetime) -> datetime:
    """When a mail that failed `tries` times is tried again."""
    return now + _PAUSES[min(tries, len(_PAUSES)) - 1]


_SAID = {
    MailKind.NOTICE: ("您有一条新通知", "您有一条新的通知，请打开下面的链接查看。"),
    MailKind.DAILY: ("您有未读通知", "您有 {count} 条未读通知，请打开下面的链接查看。"),
    MailKind.WEEKLY: ("本周待办", "{told}请打开下面的链接查看。"),
    MailKind.CONFIRM: (
        "请确认邮箱",
        "有人在中试项目组合里把这个邮箱登记为您的通知邮箱。"
        "请在 7 天内登录并打开下面的链接确认；不是您本人登记的，请忽略这封邮件。",
    ),
    MailKind.TEST: ("测试邮件", "这是一封测试邮件，收到说明本系统可以发信。"),
}
_FOOT = {
    MailKind.CONFIRM: "本邮件由系统自动发出，请勿回复。",
    MailKind.TEST: "本邮件由系统自动发出，请勿回复。",
}
_HOW_TO_STOP = "本邮件由系统自动发出，请勿回复；不想再收到，可在“我的账号”里关闭。"


def letter(kind: MailKind, name: str, address: str, *, count: int = 0, told: str = "") -> Letter:
    """The words of a mail to `name` that leads to `address`; only a digest says what is `told`."""
    subject, sentence = _SAID[kind]
    lines = (
        f"{' '.join(name.split())}，您好：",
        "",
        sentence.format(count=count, told=told),
        "",
        address,
        "",
        "-- ",
        _FOOT.get(kind, _HOW_TO_STOP),
        "",
    )
    return Letter(f"中试项目组合：{subject}", "\n".join(lines))
