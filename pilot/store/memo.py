"""What a batch reads once instead of for every row (成批): inside one transaction only."""

import contextlib
from collections.abc import Callable, Hashable, Iterator
from typing import TypeVar

from sqlmodel import Session

_KEY = "memo"
Found = TypeVar("Found")


@contextlib.contextmanager
def kept(session: Session) -> Iterator[None]:
    """Inside the block, what `once` has read is not read again; its writers `forget` it."""
    session.info[_KEY] = {}
    try:
        yield
    finally:
        del session.info[_KEY]


def once(session: Session, key: Hashable, read: Callable[[], Found]) -> Found:
    """What `read` finds: the first time in a batch, every time outside one."""
    memo = session.info.get(_KEY)
    if memo is None:
        return read()
    if key not in memo:
        memo[key] = read()
    return memo[key]


def note(session: Session, key: Hashable, found: object) -> None:
    """What `once` is to find from now on; nothing outside a batch."""
    if session.info.get(_KEY) is not None:
        session.info[_KEY][key] = found


def forget_all(session: Session) -> None:
    """Let everything be read anew: what was written has been taken back."""
    session.info.get(_KEY, {}).clear()


def forget(session: Session, key: Hashable) -> None:
    """Let it be read anew."""
    session.info.get(_KEY, {}).pop(key, None)
