"""The page in a pack (佐证页), opened from a disk: from a count to its proof, nothing fetched."""

import pytest
from playwright.sync_api import expect

from pilot.domain.report_periods import period
from pilot.reports import packs
from pilot.reports.report_files import members
from pilot.services import packs as freezing
from pilot.store import schema
from pilot.store.engine import make_engine, writing
from tests import export_portfolio, factories


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The files of a pack, as somebody without the product has them."""
    place = tmp_path_factory.mktemp("pack")
    engine = make_engine(f"sqlite:///{place / 'pilot.db'}")
    schema.upgrade(engine)
    with writing(engine) as session:
        by = export_portfolio.portfolio(session).people.manager
        how = {"folder": place / "attachments", "build": packs.build}
        row = freezing.freeze(
            session, "R1", period("2026"), by=by, at=factories.clock(session), **how
        )
        content = freezing.stored_bytes(session, row, place / "attachments")
    engine.dispose()
    for name, body in members(content).items():
        (place / name).write_bytes(body)
    return place


@pytest.mark.parametrize("width", [1400, 390])
def test_a_count_leads_to_its_proof_and_nothing_is_fetched(chromium, copy, width):
    page = chromium.new_page(viewport={"width": width, "height": 900})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for name in ("print.html", "index.html"):
        page.goto((copy / name).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.get_by_role("link", name="1", exact=True).first.click()

    section = page.locator(":target")
    expect(section).to_have_text("新增中试项目（全市）：计入 1 项，待核 0 项")
    expect(section).to_be_in_viewport()
    proof = section.locator("xpath=following-sibling::div[1]")
    expect(proof).to_contain_text("G1 概念验证评审：通过")
    assert asked == [(copy / name).as_uri() for name in ("print.html", "index.html")]
    page.close()
