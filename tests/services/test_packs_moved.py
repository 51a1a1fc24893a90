"""A frozen pack outlives its database: the same bytes after a backup, on the other kind."""

from datetime import timedelta

import pytest
from sqlmodel import select

from pilot.domain.report_periods import period
from pilot.reports import packs
from pilot.reports.pack_check import check
from pilot.services import backup, restore
from pilot.services import packs as freezing
from pilot.services.backup import Site
from pilot.services.packs import Signers
from pilot.store.engine import make_engine, reading, writing
from pilot.store.models import ReportPack
from tests import export_portfolio, factories
from tests.conftest import empty

NOW = factories.NOON + timedelta(days=3)
NAMES = Signers("示例填报", "示例审核", "示例负责")
CODES = ("R1", "R2", "R3")
OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


@pytest.fixture
def site(engine, folder, tmp_path):
    """An installation with three frozen packs."""
    with writing(engine) as session:
        by = export_portfolio.portfolio(session).people.manager
        for code in CODES:
            freezing.freeze(
                session, code, period("2026-05"), by=by, at=factories.clock(session),
                folder=folder, build=packs.build, signers=NAMES,
            )  # fmt: skip
    return Site(engine, folder, tmp_path / "work", tmp_path / "backups")


@pytest.fixture
def elsewhere(site, tmp_path, migrated):
    """An empty installation on the other kind of database, on another machine."""
    place = tmp_path / "elsewhere"
    kind = OTHER[site.engine.dialect.name]
    target = (
        migrated["postgres"] if kind == "postgresql" else make_engine(f"sqlite:///{place / 'p.db'}")
    )
    yield Site(target, place / "attachments", place / "work", place / "backups")
    if kind == "postgresql":
        empty(target)
    else:
        target.dispose()


def exported(site):
    """The bytes of every pack, as `pilot report export` and the browser give them."""
    with reading(site.engine) as session:
        rows = session.exec(select(ReportPack).order_by(ReportPack.id)).all()
        return [freezing.stored_bytes(session, row, site.attachments) for row in rows]


def test_a_pack_is_the_same_after_a_backup_on_the_other_kind_of_database(site, elsewhere):
    before = exported(site)
    made = backup.make(site, now=NOW)
    found = restore.restore(elsewhere, made.file, now=NOW)
    assert found.fingerprint == made.manifest["fingerprint"]

    after = exported(elsewhere)

    assert after == before
    assert [check(content).differences for content in after] == [()] * len(CODES)


def test_frozen_anew_there_at_the_same_two_times_it_is_the_same_again(site, elsewhere):
    """Not only are the bytes kept: the database says the same, whatever has come since."""
    before = exported(site)
    restore.restore(elsewhere, backup.make(site, now=NOW).file, now=NOW)
    with writing(elsewhere.engine) as session:
        session.info["clock"] = NOW
        later = factories.clock(session)
        rows = session.exec(select(ReportPack).order_by(ReportPack.id)).all()
        base = session.get(factories.Base, rows[0].base_id)
        by = factories.actor(session, base, factories.Role.OFFICER, login="later")
        for row in rows:
            freezing.freeze(
                session, row.template_code, period("2026-05"), by=by, at=later,
                folder=elsewhere.attachments, build=packs.build, signers=NAMES,
                known_at=row.known_at, reason="核对",
            )  # fmt: skip

    assert exported(elsewhere)[len(CODES) :] == before
