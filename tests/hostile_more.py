"""More of the hostile portfolio: who asks to come in, tokens, mail, merges, an import."""

from sqlmodel import Session

from pilot.domain.import_columns import ImportKind
from pilot.domain.importing import BatchState, Outcome
from pilot.services import merging
from pilot.store.files import StoredFile
from pilot.store.models import (
    Attachment,
    ImportBatch,
    ImportProblem,
    ImportRow,
    ImportSource,
    MailAddress,
    Registration,
)
from tests import factories
from tests import factories_registry as registry
from tests.authorisation import world
from tests.factories import Team, clock

_FILE = StoredFile("2" * 64, 10, "text/plain", "示例.csv")


def furnish(session: Session, people: Team) -> None:
    """One row at least of everything that is typed there."""
    world._token(session, people, "示例")
    ids = world._joining_ended(session, people)
    world._joining(session, people, "示例")
    session.get_one(Registration, ids["registration"]).refusal = "不是本市单位"
    session.add(
        MailAddress(
            base_id=people.base.id, account_id=people.one.id, recorded_at=factories.NOON,
            address="someone@example.cn", confirmed_at=factories.NOON,
        )
    )  # fmt: skip
    _merged(session, people)
    _imported(session, people)


def _merged(session: Session, people: Team) -> None:
    one, other, third = (registry.result(session, people) for _ in range(3))
    by = {"by": people.manager}
    merging.merge(session, one.id, other.id, at=clock(session), reason="同一成果", **by)
    merging.undo(session, one.id, at=clock(session), reason="并错了", **by)
    merging.distinguish(session, one.id, third.id, at=clock(session), reason="配方不同", **by)


def _imported(session: Session, people: Team) -> None:
    about = {"base_id": people.base.id}
    file = Attachment(
        **about, sha256=_FILE.sha256, size=_FILE.size, media_type=_FILE.media_type,
        name=_FILE.name, by_id=people.manager.id, recorded_at=factories.NOON,
    )  # fmt: skip
    source = ImportSource(
        **about, kind=ImportKind.PROJECTS, name="示例来源", recorded_at=factories.NOON
    )
    session.add_all([file, source])
    session.flush()
    batch = ImportBatch(
        **about, kind=ImportKind.PROJECTS, state=BatchState.UNDONE, attachment_id=file.id,
        source_id=source.id, by_id=people.manager.id, recorded_at=factories.NOON, new=1, hard=1,
        applied_at=factories.NOON, applied_by_id=people.manager.id, undone_at=factories.NOON,
        undone_by_id=people.manager.id, undo_reason="填错了年度",
    )  # fmt: skip
    session.add(batch)
    session.flush()
    session.add(ImportRow(**about, batch_id=batch.id, row=2, outcome=Outcome.NEW, name="示例项目"))
    session.add(
        ImportProblem(
            **about, batch_id=batch.id, position=1, hard=True, row=3, column="名称",
            rule="required", message="名称不能为空", remedy="请填写",
        )
    )  # fmt: skip
