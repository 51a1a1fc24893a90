"""What every table shares: its base (基地), enum columns as checked text, the page version."""

from datetime import datetime

from sqlalchemy import Enum, MetaData
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

from pilot.domain.vocabulary import Term

SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def words(kind: type[Term], name: str) -> Enum:
    """A column type that stores the value of a vocabulary word and refuses any other."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


class Record(SQLModel):
    """A row that belongs to one base; uniqueness is always within that base.

    The base alone is no index: nearly every row shares it, and a planner without statistics would
    take it for a choice. Where a base's rows are listed, a longer index begins with it.
    """

    id: int | None = Field(default=None, primary_key=True)
    base_id: int = Field(foreign_key="base.id", ondelete="RESTRICT")


class Versioned(SQLModel):
    """A row that people edit: `rev` grows by one at each change and guards against stale pages."""

    rev: int = Field(default=1)
    recorded_at: datetime

    @declared_attr.directive
    def __mapper_args__(cls) -> dict:
        return {"version_id_col": cls.__table__.c.rev if hasattr(cls, "__table__") else cls.rev}
