"""Hashing of passwords (密码散列): argon2id at its recommended minimum, two at a time.

19 MiB, two passes and one lane cost some 25 ms; a third at once waits its turn, so that a storm
of guesses can take neither the memory nor the processors.
"""

import functools
import secrets
import threading

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

_HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))
_TURNS = threading.BoundedSemaphore(2)
# Without the letters and digits that are taken for one another when read aloud or copied.
_UPPER, _LOWER, _DIGITS = "ABCDEFGHJKMNPQRSTUVWXYZ", "abcdefghjkmnpqrstuvwxyz", "23456789"


def hashed(password: str) -> str:
    """What the database keeps of a password."""
    with _TURNS:
        return _HASHER.hash(password)


def verified(password: str, stored: str | None) -> tuple[bool, str | None]:
    """Whether a password is the stored one, and its new hash if the parameters have changed.

    Nobody's password (`None`, or a text that is no hash) costs as much time as a wrong one.
    """
    known = stored if stored and stored.startswith("$argon2") else None
    with _TURNS:
        good, renewed = _HASHER.verify_and_update(password, known or _nobody())
    return bool(known) and good, renewed if known else None


def temporary() -> str:
    """A fresh temporary password that meets the rules and is easy to copy by hand."""
    groups = (_UPPER, _LOWER, _DIGITS, _LOWER)
    return "-".join("".join(secrets.choice(kind) for _ in range(4)) for kind in groups)


@functools.cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))
