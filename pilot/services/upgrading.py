"""Upgrading a database (升级): with a backup first, which shows that the upgrade works."""

import logging
from datetime import datetime

from pilot.services import backup, receiver_rules, report_templates
from pilot.services.backup import Site
from pilot.store import schema
from pilot.store.engine import reading, writing

log = logging.getLogger("pilot.upgrade")


def upgrade(site: Site, *, now: datetime) -> tuple[str | None, str]:
    """Bring the database to this version; returns (revision before, revision after).

    An existing SQLite database is backed up first and the upgrade tried on the copy: what fails
    there stops it here. PostgreSQL upgrades in one transaction; its own backups are the operator's.
    Then every base gets the delivered report templates it lacks.
    """

    def first() -> None:
        if site.engine.dialect.name == "sqlite":
            made = backup.make(site, now=now)
            log.info("backed up before the upgrade: %s", made.file.name)

    found = schema.upgrade(site.engine, first)
    with reading(site.engine) as session:
        lacking = report_templates.lacking(session)
        unruled = receiver_rules.lacking(session)
    if lacking:
        with writing(site.engine) as session:
            added = report_templates.deliver_all(session, now)
        log.info("report templates delivered: %d", added)
    if unruled:
        with writing(site.engine) as session:
            added = receiver_rules.deliver_all(session, now)
        log.info("receivers' rules delivered: %d", added)
    return found
