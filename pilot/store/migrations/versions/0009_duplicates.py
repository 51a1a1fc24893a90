"""merged results, distinctions and the keys that find duplicates

Revision: 0009
Revises: 0014
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy import Text

from pilot.domain.identifiers import contract_no_key, stored_title_key

revision = '0009'
down_revision = '0014'
branch_labels = None
depends_on = None

_BATCH = 1000
_LIVE = sa.text('undone_at IS NULL')


def upgrade() -> None:
    op.create_table('result_merge',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('base_id', sa.Integer(), nullable=False),
    sa.Column('result_id', sa.Integer(), nullable=False),
    sa.Column('into_id', sa.Integer(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
    sa.Column('moved', Text(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('recorded_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('undone_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('undone_by', sa.Integer(), nullable=True),
    sa.Column('undo_reason', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=True),
    sa.CheckConstraint('result_id <> into_id', name=op.f('ck_result_merge_not_into_itself')),
    sa.CheckConstraint('(undone_at IS NULL) = (undone_by IS NULL)', name=op.f('ck_result_merge_undone_by_and_at')),
    sa.ForeignKeyConstraint(['base_id'], ['base.id'], name=op.f('fk_result_merge_base_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['by_id'], ['account.id'], name=op.f('fk_result_merge_by_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['into_id'], ['result.id'], name=op.f('fk_result_merge_into_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['result_id'], ['result.id'], name=op.f('fk_result_merge_result_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['undone_by'], ['account.id'], name=op.f('fk_result_merge_undone_by'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_result_merge'))
    )
    with op.batch_alter_table('result_merge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_result_merge_into_id'), ['into_id'], unique=False)
        batch_op.create_index('ix_result_merge_live', ['result_id'], unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE)

    op.create_table('result_distinction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('base_id', sa.Integer(), nullable=False),
    sa.Column('one_id', sa.Integer(), nullable=False),
    sa.Column('other_id', sa.Integer(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('recorded_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.CheckConstraint('one_id < other_id', name=op.f('ck_result_distinction_in_order')),
    sa.ForeignKeyConstraint(['base_id'], ['base.id'], name=op.f('fk_result_distinction_base_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['by_id'], ['account.id'], name=op.f('fk_result_distinction_by_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['one_id'], ['result.id'], name=op.f('fk_result_distinction_one_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['other_id'], ['result.id'], name=op.f('fk_result_distinction_other_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_result_distinction')),
    sa.UniqueConstraint('one_id', 'other_id', name=op.f('uq_result_distinction_one_id_other_id'))
    )
    with op.batch_alter_table('result_distinction', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_result_distinction_other_id'), ['other_id'], unique=False)

    op.add_column('result', sa.Column('title_key', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False, server_default=''))
    op.add_column('contract', sa.Column('no_key', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False, server_default=''))
    _fill('result', 'title', 'title_key', stored_title_key)
    _fill('contract', 'no', 'no_key', contract_no_key)
    op.create_index('ix_result_title_key', 'result', ['base_id', 'title_key'])
    op.create_index('ix_contract_no_key', 'contract', ['base_id', 'no_key'])
    op.create_index('ix_result_identifier_key', 'result_identifier', ['base_id', 'key'])


def _fill(table: str, text: str, key: str, made) -> None:
    """The key of every row that is there already."""
    rows = sa.table(table, sa.column('id'), sa.column(text), sa.column(key))
    connection = op.get_bind()
    last = 0
    query = sa.select(rows.c.id, rows.c[text]).order_by(rows.c.id).limit(_BATCH)
    change = sa.update(rows).where(rows.c.id == sa.bindparam('row')).values({key: sa.bindparam('made')})
    while found := connection.execute(query.where(rows.c.id > last)).all():
        connection.execute(change, [{'row': row_id, 'made': made(words)} for row_id, words in found])
        last = found[-1][0]


def downgrade() -> None:
    op.drop_index('ix_result_identifier_key', 'result_identifier')
    op.drop_index('ix_contract_no_key', 'contract')
    op.drop_index('ix_result_title_key', 'result')
    with op.batch_alter_table('contract', schema=None) as batch_op:
        batch_op.drop_column('no_key')
    with op.batch_alter_table('result', schema=None) as batch_op:
        batch_op.drop_column('title_key')
    op.drop_table('result_distinction')
    op.drop_table('result_merge')
