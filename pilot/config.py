"""Settings; the only reader of the environment, and nothing is read at import."""

import functools
from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[1]
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Settings(BaseSettings):
    """What an operator may set, each as `PILOT_…` in the environment."""

    model_config = SettingsConfigDict(env_prefix="PILOT_", extra="ignore")

    mode: Literal["real", "demo"] = "real"
    database_url: str = ""
    data_dir: Path = ROOT / "data" / "local"
    host: str = "127.0.0.1"
    port: int = 8501
    secure_cookie: bool = False
    idle_minutes: int = 30
    session_hours: int = 10
    max_upload_mb: int = 20
    max_import_mb: int = 400
    project_quota_mb: int = 1_000
    person_quota_mb: int = 5_000
    allowed_hosts: str = ""
    backup_dir: Path | None = None
    backup_key: SecretStr = SecretStr("")
    backup_keep: int = 14
    jobs: bool = True
    metrics_token: SecretStr = SecretStr("")
    attachments_url: str = ""
    public_url: str = ""
    smtp_url: SecretStr = SecretStr("")
    api_per_minute: int = 120

    @property
    def demo(self) -> bool:
        """Whether this is a demonstration: its own database, shown accounts, loopback only."""
        return self.mode == "demo"

    @property
    def url(self) -> str:
        """The database's URL; the embedded SQLite file unless one is set."""
        name = "demo.db" if self.demo else "pilot.db"
        return self.database_url or f"sqlite:///{self.data_dir / name}"

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; a demonstration on the same host keeps its own."""
        name = "pilot_demo" if self.demo else "pilot_session"
        return f"__Host-{name}" if self.secure_cookie else name

    @property
    def hosts(self) -> frozenset[str]:
        """The host names this server answers to; `allowed_hosts` lists more, with commas."""
        if self.demo:
            return frozenset(LOOPBACK)
        listed = {name.strip().lower() for name in self.allowed_hosts.split(",")}
        return (frozenset(LOOPBACK) | listed | {self.host}) - {"", "0.0.0.0", "::"}

    @property
    def attachments(self) -> Path | str:
        """Where stored files lie: a folder, one per mode, or the `s3://…` address that is set."""
        if self.demo:
            return self.data_dir / "demo-attachments"
        return self.attachments_url or self.data_dir / "attachments"

    @property
    def backups(self) -> Path:
        """The folder of backups; best on another disk (`backup_dir`)."""
        folder = "demo-backups" if self.demo else "backups"
        return self.backup_dir or self.data_dir / folder


@functools.cache
def settings() -> Settings:
    """The settings of this process, read at first use."""
    return Settings()
