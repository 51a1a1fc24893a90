"""imports of persons and transfers, of work that failed, and of undoing by two

Revision: 0017
Revises: 0016
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

_OLD_KINDS = ('projects', 'results', 'organisations')
_KINDS = ('projects', 'results', 'transfers', 'organisations', 'persons')
_OLD_STATES = ('waiting', 'mapping', 'checked', 'queued', 'applied', 'undone', 'cancelled')
_STATES = (
    'waiting', 'mapping', 'checked', 'queued', 'applied', 'undone', 'cancelled', 'failed',
)  # fmt: skip


def upgrade() -> None:
    with op.batch_alter_table('import_source', schema=None) as batch_op:
        _words(batch_op, 'import_source', 'kind', _KINDS)
    with op.batch_alter_table('import_batch', schema=None) as batch_op:
        _words(batch_op, 'import_batch', 'kind', _KINDS)
        _words(batch_op, 'import_batch', 'state', _STATES)
        batch_op.add_column(sa.Column('tries', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('undo_asked_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column('undo_asked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True)
        )
        batch_op.create_foreign_key(
            batch_op.f('fk_import_batch_undo_asked_by_id'), 'account', ['undo_asked_by_id'], ['id'],
            ondelete='RESTRICT',
        )  # fmt: skip
        batch_op.create_check_constraint(
            batch_op.f('ck_import_batch_undo_asked_by_and_at'),
            '(undo_asked_at IS NULL) = (undo_asked_by_id IS NULL)',
        )
    with op.batch_alter_table('import_batch', schema=None) as batch_op:
        batch_op.alter_column('tries', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('import_batch', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_import_batch_undo_asked_by_and_at'), type_='check')
        batch_op.drop_constraint(
            batch_op.f('fk_import_batch_undo_asked_by_id'), type_='foreignkey'
        )
        batch_op.drop_column('undo_asked_at')
        batch_op.drop_column('undo_asked_by_id')
        batch_op.drop_column('tries')
        _words(batch_op, 'import_batch', 'state', _OLD_STATES)
        _words(batch_op, 'import_batch', 'kind', _OLD_KINDS)
    with op.batch_alter_table('import_source', schema=None) as batch_op:
        _words(batch_op, 'import_source', 'kind', _OLD_KINDS)


def _words(batch_op, table: str, column: str, words: tuple[str, ...]) -> None:
    """The words that a column may hold."""
    listed = ', '.join(f"'{word}'" for word in words)
    batch_op.drop_constraint(batch_op.f(f'ck_{table}_{column}'), type_='check')
    batch_op.create_check_constraint(batch_op.f(f'ck_{table}_{column}'), f'{column} IN ({listed})')
