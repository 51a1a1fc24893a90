"""Session tokens: 256 random bits in the cookie, only their SHA-256 in the database."""

import hashlib
import secrets


def new_token() -> str:
    """A fresh URL-safe token of 256 bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
