"""A real mail server for tests: it keeps what it gets, and refuses what it is told to refuse."""

import contextlib
import email
import socket
import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from pilot.domain.mailing import MailServer, Security

SENDER = "pilot@example.cn"
USER, PASSWORD = "postman", "Secret@Word:77"


class Postbox:
    """What arrived, in order; `answers` are given to RCPT or DATA before mail is taken."""

    def __init__(self) -> None:
        self.port = free_port()
        self.mails: list[EmailMessage] = []
        self.receivers: list[list[str]] = []
        self.to_receiver: list[str] = []
        self.to_content: list[str] = []

    async def handle_RCPT(self, _server, _session, envelope, address, _options) -> str:
        if self.to_receiver:
            return self.to_receiver.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope) -> str:
        if self.to_content:
            return self.to_content.pop(0)
        self.mails.append(email.message_from_bytes(envelope.content, policy=default))
        self.receivers.append(envelope.rcpt_tos)
        return "250 OK"

    def server(self, security: Security = Security.NONE, **fields: str) -> MailServer:
        """This server as the setting describes it."""
        return MailServer("127.0.0.1", self.port, security, SENDER, **fields)

    @contextlib.contextmanager
    def open(self, **options: object) -> Iterator["Postbox"]:
        """Answer on the port while the block runs."""
        controller = Controller(self, hostname="127.0.0.1", port=self.port, **options)
        controller.start()
        try:
            yield self
        finally:
            controller.stop()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def known(_server, _session, _envelope, _mechanism, given: object) -> AuthResult:
    """Whether a user name and a password are those of `USER`."""
    right = LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=given == right, handled=False)


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """A server's certificate for 127.0.0.1, and the file of the authority to trust."""
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(folder / "ca.pem")
    return context, str(folder / "ca.pem")
