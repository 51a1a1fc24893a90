"""Upgrading a database (升级): with a backup first, which shows that the upgrade works."""

import logging
from datetime import datetime

from pilot.services import backup
from pilot.services.backup import Site
from pilot.store import schema

log = logging.getLogger("pilot.upgrade")


def upgrade(site: Site, *, now: datetime) -> tuple[str | None, str]:
    """Bring the database to this version; returns (revision before, revision after).

    An existing SQLite database is backed up first and the upgrade tried on the copy: what fails
    there stops it here. PostgreSQL upgrades in one transaction; its own backups are the operator's.
    """

    def first() -> None:
        if site.engine.dialect.name == "sqlite":
            made = backup.make(site, now=now)
            log.info("backed up before the upgrade: %s", made.file.name)

    return schema.upgrade(site.engine, first)
