"""Runs migrations on the connection that `pilot.store.schema` hands over."""

import sqlmodel
from alembic import context

from pilot.store import models, search  # noqa: F401  registers every table


def compared(_row, name: str, kind: str, _reflected: bool, _other) -> bool:
    """Whether a model must say the same: not of what a migration alone makes."""
    return (kind, name) != ("index", search.INDEX)


connection = context.config.attributes["connection"]

context.configure(
    connection=connection,
    target_metadata=sqlmodel.SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
    include_object=compared,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
