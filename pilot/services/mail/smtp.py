"""The talk with the mail server (SMTP): one connection, one mail after the other.

What goes wrong is one of three: this mail is refused for good, this mail may come later, or the
server itself takes nothing now.
"""

import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from pilot.domain.errors import PilotError
from pilot.domain.mailing import Letter, MailServer, Security

PATIENCE = 20.0  # seconds that the server may take for any one answer
_CLOSING = 421
_LONGEST = 200
_NAME = "中试项目组合"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


class Undelivered(PilotError):
    """The server did not take this mail; `final` says that it never will."""

    def __init__(self, message: str, *, final: bool) -> None:
        super().__init__(message)
        self.final = final


class Unreachable(PilotError):
    """The server takes no mail at all now: not there, not trusted, or it does not know us."""


class Line:
    """An open connection to the mail server."""

    def __init__(self, server: MailServer, client: smtplib.SMTP) -> None:
        self._server = server
        self._client = client

    def send(self, message: EmailMessage) -> None:
        """Hand over one mail; returns once the server has answered for it."""
        to, sender = message["To"], self._server.sender
        try:
            self._client.send_message(message, sender, [to])
        except smtplib.SMTPRecipientsRefused as error:
            [(code, said)] = error.recipients.values()
            raise _refusal("收件方", code, said, to) from None
        except smtplib.SMTPDataError as error:
            raise _refusal("邮件", error.smtp_code, error.smtp_error, to) from None
        except smtplib.SMTPSenderRefused as error:
            said = _sentence("发件人", error.smtp_code, error.smtp_error, to)
            raise Unreachable(said) from None
        except (smtplib.SMTPException, OSError) as error:
            raise _unreachable(error) from None


@contextlib.contextmanager
def connected(server: MailServer) -> Iterator[Line]:
    """A connection on which mail can be sent; raises Unreachable with the reason."""
    try:
        client = _opened(server)
    except (smtplib.SMTPException, OSError) as error:
        raise _unreachable(error) from None
    try:
        yield Line(server, client)
    finally:
        with contextlib.suppress(smtplib.SMTPException, OSError):
            client.quit()
        client.close()


def message(server: MailServer, to: str, letter: Letter, number: str, at: datetime) -> EmailMessage:
    """A plain text mail; `number` stays the same when it is tried again, so that twins are one."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = formataddr((_NAME, server.sender))
    mail["To"] = to
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{number}@{_domain(server)}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text, cte="base64")
    return mail


def _opened(server: MailServer) -> smtplib.SMTP:
    secure = None if server.security is Security.NONE else _trust(server)
    named = {"local_hostname": _domain(server), "timeout": PATIENCE}
    if server.security is Security.TLS:
        client = smtplib.SMTP_SSL(server.host, server.port, context=secure, **named)
    else:
        client = smtplib.SMTP(server.host, server.port, **named)
    try:
        if server.security is Security.STARTTLS:
            client.starttls(context=secure)
        if server.user:
            client.login(server.user, server.password)
    except BaseException:
        client.close()
        raise
    return client


def _trust(server: MailServer) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=server.ca or None)


def _domain(server: MailServer) -> str:
    return server.sender.rpartition("@")[2]


def _refusal(who: str, code: int, said: bytes | str, address: str) -> Undelivered | Unreachable:
    """One mail refused; with 421 the server ends the talk (RFC 5321, 4.2.1)."""
    sentence = _sentence(who, code, said, address)
    if code == _CLOSING:
        return Unreachable(sentence)
    return Undelivered(sentence, final=code >= 500)


def _unreachable(error: Exception) -> Unreachable:
    """The reason as an administrator reads it; no password and no address is in it."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return Unreachable(f"邮件服务器不接受用户名或密码（{error.smtp_code}）。")
        case smtplib.SMTPNotSupportedError():
            return Unreachable("邮件服务器不支持所要求的加密或登录方式。")
        case smtplib.SMTPServerDisconnected():
            return Unreachable("邮件服务器中断了连接。")
        case smtplib.SMTPResponseException():
            return Unreachable(_sentence("邮件服务器", error.smtp_code, error.smtp_error, ""))
        case ssl.SSLCertVerificationError():
            return Unreachable(f"邮件服务器的证书不可信（{error.verify_message}）。")
        case ConnectionRefusedError():
            return Unreachable("连不上邮件服务器（连接被拒绝，请核对主机和端口）。")
        case socket.gaierror():
            return Unreachable("连不上邮件服务器（找不到这个主机名）。")
        case TimeoutError():
            return Unreachable("邮件服务器没有应答。")
        case OSError():
            return Unreachable(f"连不上邮件服务器（{error.strerror or type(error).__name__}）。")
    return Unreachable(f"与邮件服务器的对话出错（{type(error).__name__}）。")


def _sentence(who: str, code: int, said: bytes | str, address: str) -> str:
    """What the server answered: short, on one line, and without the address."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    if address:
        text = re.sub(re.escape(address), "…", text, flags=re.IGNORECASE)
    text = _CONTROL.sub(" ", text)[:_LONGEST].strip()
    later = "暂时不收" if code < 500 else "被拒收"
    return f"{who}{later}（{code}）：{text}"
