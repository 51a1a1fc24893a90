"""Stored files (附件) in an S3-compatible bucket, for replicas that share no folder.

`s3://bucket/prefix?endpoint=https://s3.example.cn&region=…`; the keys come from the standard
variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or the machine's own role. An object lies at
`ab/cdef…` like a file in a folder; the answer to a PUT is the promise that it is durable, and only
then may a row that names it commit.
"""

import contextlib
import functools
import importlib
import io
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any, BinaryIO
from urllib.parse import parse_qs, urlsplit

from pilot.domain.errors import NotFound, PilotError

log = logging.getLogger("pilot.store")

MISSING = "附件文件不在了，请联系系统管理员。"
AWAY = "附件存储暂时用不了，没有保存附件；请稍后重试，仍不行请联系系统管理员。"
NO_CLIENT = "设置了对象存储，但没有安装它的程序包：请安装 pilot-portfolio[s3] 后再启动。"
_TIMES = {"connect_timeout": timedelta(seconds=5), "timeout": timedelta(seconds=60)}
_TICK = timedelta(seconds=1)  # how exactly a store tells when an object was sent
_TRIES = {"max_retries": 3, "retry_timeout": timedelta(seconds=15)}


def keep(url: str, key: str, content: bytes) -> None:
    """Store bytes durably; PilotError if the store does not take them.

    Always sent, even if they are there: that mends a damaged object, and a sweep sees a new one.
    """
    with _in_words():
        _client().put(_bucket(url), key, content)


def open_file(url: str, key: str) -> BinaryIO:
    """The bytes of an object (at most the largest upload); NotFound if there is none."""
    with _in_words():
        return io.BytesIO(_client().get(_bucket(url), key).bytes())


def stored(url: str) -> Iterator[tuple[str, datetime]]:
    """Every object's key and when it was last sent."""
    with _in_words():
        for page in _client().list(_bucket(url)):
            for found in page:
                yield found["path"], found["last_modified"]


def remove(url: str, key: str, older_than: datetime) -> bool:
    """Delete an object unless it was sent again meanwhile; whether it went."""
    with _in_words():
        try:
            sent_at = _client().head(_bucket(url), key)["last_modified"]
            if sent_at + _TICK > older_than:
                return False
            _client().delete(_bucket(url), key)
        except FileNotFoundError:
            return False  # another replica was faster
    return True


@functools.cache
def _bucket(url: str) -> Any:
    """The client of one bucket; one a process, it keeps its connections."""
    parts = urlsplit(url)
    chosen = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    endpoint = chosen.get("endpoint")
    if parts.scheme != "s3" or not parts.netloc or set(chosen) - {"endpoint", "region"}:
        raise PilotError(
            "PILOT_ATTACHMENTS_URL 应形如 s3://bucket/prefix?endpoint=https://s3.example.cn&region=…。"
        )
    plain = bool(endpoint) and endpoint.startswith("http://")
    return _client().store.S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        checksum_algorithm="sha256",  # the store refuses bytes that were damaged on their way
        client_options={**_TIMES, "allow_http": plain},
        retry_config=_TRIES,
        **chosen,
    )


@functools.cache
def _client() -> ModuleType:
    try:
        for part in ("store", "exceptions"):
            importlib.import_module(f"obstore.{part}")
        return importlib.import_module("obstore")
    except ImportError as error:
        raise PilotError(NO_CLIENT) from error


@contextlib.contextmanager
def _in_words() -> Iterator[None]:
    """What the store refuses as a sentence; the log has the rest."""
    client = _client()
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound(MISSING) from error
    except client.exceptions.BaseError as error:
        log.warning("object store: %s", str(error).splitlines()[0][:300])
        raise PilotError(AWAY) from error
