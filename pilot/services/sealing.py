"""Encrypted backups (备份加密) in the age format: the `age` tool (age-encryption.org) opens them.

A public key (`age1…`) only closes, so that a server can't open its own backups; the secret key
(`AGE-SECRET-KEY-1…`) does both.
"""

from pathlib import Path

import pyrage
from pyrage import x25519

from pilot.domain.errors import PilotError

ENDING = ".age"
_SECRET = "AGE-SECRET-KEY-1"


def new_key() -> tuple[str, str]:
    """A new pair of keys: the secret one and the public one."""
    identity = x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def can_open(key: str) -> bool:
    """Whether a key is the secret one."""
    return key.strip().upper().startswith(_SECRET)


def check_key(key: str) -> None:
    """Raise a PilotError for a key that is none; the key itself is not repeated."""
    _recipient(key)


def seal(plain: Path, sealed: Path, key: str) -> None:
    """Encrypt a file into another one for the owner of `key`."""
    pyrage.encrypt_file(str(plain), str(sealed), [_recipient(key)])


def unseal(sealed: Path, plain: Path, key: str) -> None:
    """Decrypt a file with the secret key; a PilotError if it is another's, or damaged."""
    if not can_open(key):
        raise PilotError(
            "这个备份已加密：请在 PILOT_BACKUP_KEY 中给出私钥（AGE-SECRET-KEY-1…）后重试。"
        )
    try:
        identity = x25519.Identity.from_str(key.strip().upper())
        pyrage.decrypt_file(str(sealed), str(plain), [identity])
    except pyrage.IdentityError:
        raise _not_a_key() from None
    except (pyrage.DecryptError, OSError) as error:
        if getattr(error, "errno", None):  # the disk's trouble, not the file's
            raise
        raise PilotError("打不开这个备份：密钥不对，或文件已损坏。") from None


def _recipient(key: str) -> x25519.Recipient:
    try:
        if can_open(key):
            return x25519.Identity.from_str(key.strip().upper()).to_public()
        return x25519.Recipient.from_str(key.strip())
    except (pyrage.IdentityError, pyrage.RecipientError):
        raise _not_a_key() from None


def _not_a_key() -> PilotError:
    return PilotError(
        "PILOT_BACKUP_KEY 不是有效的密钥：应为 age1… 或 AGE-SECRET-KEY-1…；"
        "可用 pilot backup --new-key 生成。"
    )
