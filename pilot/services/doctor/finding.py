"""What the doctor says, and what it has to be told."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pilot.domain.vocabulary import Term
from pilot.services.backup import Places, Secret


class Level(Term):
    """How a finding is meant (检查结论)."""

    OK = "ok", "正常"
    WARN = "warn", "注意"
    FAIL = "fail", "故障"


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: what was looked at, what was found, and what to do unless it is good."""

    level: Level
    title: str
    found: str
    remedy: str = ""


class Chosen(Places, Protocol):
    """What the settings say that the doctor looks at."""

    demo: bool
    host: str
    hosts: frozenset[str]
    allowed_hosts: str
    secure_cookie: bool
    jobs: bool
    metrics_token: Secret
    data_dir: Path
    smtp_url: Secret
    public_url: str


def good(title: str, found: str) -> Check:
    """A finding that needs nothing."""
    return Check(Level.OK, title, found)


def warn(title: str, found: str, remedy: str) -> Check:
    """A finding that should be mended."""
    return Check(Level.WARN, title, found, remedy)


def fail(title: str, found: str, remedy: str) -> Check:
    """A finding that must be mended."""
    return Check(Level.FAIL, title, found, remedy)
