"""Runs migrations on the connection that `pilot.store.schema` hands over."""

import sqlmodel
from alembic import context

from pilot.store import models  # noqa: F401  registers every table

connection = context.config.attributes["connection"]

context.configure(
    connection=connection,
    target_metadata=sqlmodel.SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
