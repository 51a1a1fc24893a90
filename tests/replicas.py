"""Replicas of the product behind nginx as docs/deploy/nginx.conf has it, on loopback, with TLS."""

import contextlib
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine
from websockets.sync.client import ClientConnection, connect

from pilot.config import ROOT
from pilot.store import schema
from pilot.store.engine import make_engine
from tests import begun
from tests.begun import Begun
from tests.serving import PASSWORD, Seed, Server, people
from tests.serving import _wait as wait
from tests.web.client import Answer, Browser

NAME = "pilot.example.cn"
DEPLOY = ROOT / "docs" / "deploy"
_HEADER = "x-replica"  # which replica answered; only these tests ask nginx to say it


@dataclass(slots=True)
class Replica:
    """One process of the product."""

    port: int
    process: Begun
    log: Path

    @property
    def address(self) -> str:
        """As nginx names it."""
        return f"127.0.0.1:{self.port}"

    def kill(self) -> None:
        """As a power cut of its machine would."""
        self.process.kill()
        self.process.wait()


@dataclass(frozen=True, slots=True)
class Site:
    """nginx, the replicas behind it and their one database."""

    port: int
    plain_port: int
    replicas: list[Replica]
    engine: Engine
    folder: Path
    log: Path

    def visitor(self) -> "Visitor":
        """Somebody at the site's own name."""
        return Visitor(Server(f"https://{NAME}:{self.port}", self.engine, self.folder, self.log))

    def straight(self, replica: Replica, cookies: dict[str, str]) -> Browser:
        """The same browser, had nginx sent it to this replica."""
        return Browser(
            Server(f"http://{replica.address}", self.engine, self.folder, self.log), cookies
        )


@dataclass
class Visitor(Browser):
    """A visitor of the site, who remembers which replicas answered."""

    answered: list[str] = field(default_factory=list)

    def line(self) -> http.client.HTTPConnection:
        """A connection over TLS; the name is not in any directory."""
        port = urlsplit(self.server.url).port
        return http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=TRUSTING)

    def send(self, method: str, path: str, body: bytes | str = b"", **headers: str):
        """One request over TLS, as `Browser.send`."""
        answer = super().send(method, path, body, host=self.server.host, **headers)
        self.answered.append(answer.headers.get(_HEADER, ""))
        return answer

    def sign_in(self, login: str, password: str = PASSWORD, **fields: str) -> Answer:
        """As `Browser.sign_in`, again after a second while nginx holds guessers back (429)."""
        for _ in range(60):
            answer = super().sign_in(login, password, **fields)
            if answer.status != 429:
                return answer
            time.sleep(1)
        raise TimeoutError(f"{login} was held back for a minute")

    def socket(self, resume: str = "", origin: str = "", **headers: str) -> ClientConnection:
        """Open Streamlit's socket as a page of the site, or of another `origin`, does."""
        sent = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        protocols = ["streamlit", "x", resume] if resume else ["streamlit"]
        port = urlsplit(self.server.url).port
        made = connect(
            f"wss://{self.server.host}/_stcore/stream",
            sock=socket.create_connection(("127.0.0.1", port), 60),
            ssl=TRUSTING,
            origin=origin or self.server.url,
            subprotocols=protocols,
            additional_headers=sent | headers,
            max_size=None,
            open_timeout=60,  # a slow machine is no fault of the product
        )
        self.answered.append(made.response.headers.get(_HEADER, ""))
        return made


TRUSTING = ssl.create_default_context()
TRUSTING.check_hostname, TRUSTING.verify_mode = False, ssl.CERT_NONE


@contextlib.contextmanager
def site(
    folder: Path, url: str, *, count: int = 2, seed: Seed = people, **environment: str
) -> Iterator[Site]:
    """Run `count` replicas on the database at `url` behind nginx until the block ends."""
    engine = make_engine(url)
    schema.upgrade(engine)
    seed(engine)
    settings = {
        "PILOT_DATA_DIR": str(folder),
        "PILOT_DATABASE_URL": url,
        "PILOT_ALLOWED_HOSTS": NAME,
        "PILOT_SECURE_COOKIE": "true",
        "PYTHONPATH": str(ROOT),
    } | environment
    with contextlib.ExitStack() as stack:
        stack.callback(engine.dispose)
        running = [start(folder, free_port(), settings) for _ in range(count)]
        stack.callback(lambda: [stop(replica.process) for replica in running])
        for replica in running:
            wait(replica.process, f"http://{replica.address}/healthz", replica.log)
        port, plain = free_port(), free_port()
        stack.callback(stop, nginx(folder / "nginx", port, plain, running))
        yield Site(port, plain, running, engine, folder, folder / "nginx" / "error.log")


def start(folder: Path, port: int, settings: dict[str, str]) -> Replica:
    """One replica, started as the systemd unit starts it."""
    log = folder / f"replica-{port}.log"
    command = ["pilot.cli", "serve", "--host", "127.0.0.1", "--port", str(port)]
    process = begun.begin(command, folder, log, os.environ | settings)
    return Replica(port, process, log)


def nginx(folder: Path, port: int, plain: int, replicas: list[Replica]) -> subprocess.Popen:
    """nginx with the file of docs/deploy, in a folder of its own."""
    main = rendered(folder, port, plain, [replica.address for replica in replicas])
    process = subprocess.Popen([program(), "-p", str(folder), "-c", str(main)])
    for _ in range(100):
        with contextlib.suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return process
        time.sleep(0.05)
    raise RuntimeError((folder / "error.log").read_text())


def rendered(folder: Path, port: int, plain: int, servers: list[str]) -> Path:
    """A main file around docs/deploy/nginx.conf, of which only ports, servers and paths change."""
    folder.mkdir()
    certificate(folder)
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    lines = [f"    server {server} max_fails=1 fail_timeout=5s;" for server in servers]
    text = re.sub(r"(    server 127[^\n]*\n)+", "\n".join(lines) + "\n", text)
    for old, new in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("listen 80", f"listen 127.0.0.1:{plain}"),
        ("/etc/ssl/pilot/fullchain.pem", str(folder / "cert.pem")),
        ("/etc/ssl/pilot/key.pem", str(folder / "key.pem")),
        ("/var/log/nginx/pilot.log", str(folder / "access.log")),
        ("server_tokens off;", f"server_tokens off; add_header {_HEADER} $upstream_addr always;"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    (folder / "pilot.conf").write_text(text, "utf-8")
    places = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    main = folder / "nginx.conf"
    main.write_text(
        f"{user}daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log warn;\n"
        f"events {{}}\nhttp {{\n{places}access_log off;\ninclude {folder}/pilot.conf;\n}}\n"
    )
    return main


def certificate(folder: Path) -> None:
    """A certificate that nobody but these tests trusts."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", f"/CN={NAME}"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(command, check=True, capture_output=True)


def program() -> str | None:
    """nginx, if this machine has it."""
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


def free_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def stop(process: Begun | subprocess.Popen) -> None:
    """End a process that these tests started."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(8)
    process.kill()
    process.wait()
