"""imports that are written in portions

Revision: 0020
Revises: 0019
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

_OLD_STATES = (
    'waiting', 'mapping', 'checked', 'queued', 'applied', 'undone', 'cancelled', 'failed',
)  # fmt: skip
_STATES = (*_OLD_STATES, 'writing', 'backing', 'held')


def upgrade() -> None:
    with op.batch_alter_table('import_batch', schema=None) as batch_op:
        _words(batch_op, _STATES)
        batch_op.add_column(
            sa.Column('written', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True)
        )
    with op.batch_alter_table('import_row', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True)
        )
        batch_op.create_index('ix_import_row_record', ['batch_id', 'record_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('import_row', schema=None) as batch_op:
        batch_op.drop_index('ix_import_row_record')
        batch_op.drop_column('digest')
    with op.batch_alter_table('import_batch', schema=None) as batch_op:
        batch_op.drop_column('written')
        _words(batch_op, _OLD_STATES)


def _words(batch_op, words: tuple[str, ...]) -> None:
    """The words that the state of a batch may be."""
    listed = ', '.join(f"'{word}'" for word in words)
    batch_op.drop_constraint(batch_op.f('ck_import_batch_state'), type_='check')
    batch_op.create_check_constraint(
        batch_op.f('ck_import_batch_state'), f'state IN ({listed})'
    )
