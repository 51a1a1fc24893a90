"""Lists that are kept: what anybody writes is there in the next run, and nobody sees another's."""

from datetime import UTC, datetime

import pytest

from pilot.domain.draft_projects import ProjectDraft
from pilot.domain.people import Role
from pilot.services import projects
from pilot.services.command import perform
from pilot.store.engine import writing
from tests import factories, serving


@pytest.fixture
def register(engine):
    """Registers a project of a base, as another person would."""

    def run(name: str, by: int) -> None:
        draft = ProjectDraft(name=name)
        perform(engine, projects.register, draft, by=by, now=datetime.now(UTC))

    return run


def shown(app) -> str:
    return " ".join(str(frame.value.to_dict("list")) for frame in app.dataframe)


@pytest.mark.parametrize("page", ["overview", "projects"])
def test_a_write_by_somebody_else_is_there_in_the_next_run(engine, open_page, register, page):
    app = open_page(page, Role.OFFICER)
    assert "示例新项目" not in shown(app)

    register("示例新项目", by=serving.account(engine, "another", Role.MANAGER))

    assert "示例新项目" in shown(app.run())


def test_what_the_province_keeps_of_all_bases_is_not_shown_in_one(engine, open_page):
    with writing(engine) as session:
        factories.project(session, factories.team(session, "SY"), name="示例外地项目")

    assert "示例外地项目" in shown(open_page("projects", Role.PROVINCE))
    assert "示例外地项目" not in shown(open_page("projects", Role.MANAGER))
