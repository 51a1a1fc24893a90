"""What tests of the researcher's pages look for and press."""

import json

from sqlalchemy import Engine
from sqlmodel import Session, select

from pilot.store.engine import reading, writing
from pilot.store.models import Account, Submission
from pilot.store.queries_people import as_actor
from tests import factories_registry as registry
from tests.factories_submissions import Author
from tests.pages.people_of import people_of


def writer(session: Session, login: str = "researcher") -> Author:
    """The researcher of the page tests, who belongs to an institute."""
    home = registry.institute(session, people_of(session))
    row = session.exec(select(Account).where(Account.login == login)).one()
    row.organisation_id = home.id
    session.flush()
    return Author(as_actor(session, row), home)


def words(app) -> str:
    """Everything the page says outside tables, with the Markdown escapes taken out."""
    shown = [app.title, app.subheader, app.markdown, app.text, app.caption, app.info]
    shown += [app.success, app.warning, app.error]
    said = "\n".join(str(item.value) for group in shown for item in group)
    return said.replace("\\", "").replace("\u2060", "")


def tables(app) -> str:
    """What stands in the tables of a page."""
    said = "\n".join(table.value.to_string() for table in app.table)
    return said.replace("\\", "").replace("\u2060", "")


def labelled(app, label: str):
    """The input with a label."""
    groups = [app.text_input, app.text_area, app.selectbox, app.date_input, app.checkbox]
    return next(item for group in [*groups, app.radio] for item in group if item.label == label)


def button(app, label: str):
    """The button whose label holds these words."""
    return next(one for one in app.button if label in one.label)


def press(app, label: str):
    """The page after a click."""
    return button(app, label).click().run()


def fill(app, **values):
    """The page after each input, by label, was given its value."""
    for label, value in values.items():
        app = labelled(app, label).set_value(value).run()
    return app


def content(engine: Engine, submission_id: int | None = None) -> dict:
    """What the database has of a submission, the latest by default."""
    with reading(engine) as session:
        return json.loads(latest(session, submission_id).content)


def latest(session: Session, submission_id: int | None = None) -> Submission:
    """A submission, the latest by default."""
    if submission_id is not None:
        return session.get_one(Submission, submission_id)
    return session.exec(select(Submission).order_by(Submission.id.desc())).first()


def stored(engine: Engine, submission_id: int | None = None) -> Submission:
    """The row itself."""
    with reading(engine) as session:
        return latest(session, submission_id)


def write(engine: Engine):
    """A session that commits."""
    return writing(engine)
