"""what follows on a contract: amendments, renewals, instalments, rescissions

Revision: 0015
Revises: 0011
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0015'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('contract_follow_up',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('base_id', sa.Integer(), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('submission_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('amendment', 'renewal', 'instalment', 'registration', 'rescission', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('no', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('amount', sa.Numeric(precision=16, scale=2), nullable=True),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=True),
    sa.Column('recorded_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['base_id'], ['base.id'], name=op.f('fk_contract_follow_up_base_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_contract_follow_up_contract_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_contract_follow_up_submission_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contract_follow_up')),
    sa.UniqueConstraint('submission_id', name=op.f('uq_contract_follow_up_submission_id'))
    )
    with op.batch_alter_table('contract_follow_up', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contract_follow_up_contract_id'), ['contract_id'], unique=False)


def downgrade() -> None:
    op.drop_table('contract_follow_up')
