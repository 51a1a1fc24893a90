"""counts at the ends of months

Revision: 0005
Revises: 0004
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('count_snapshot',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('base_id', sa.Integer(), nullable=False),
    sa.Column('month_end', sa.Date(), nullable=False),
    sa.Column('known_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['base_id'], ['base.id'], name=op.f('fk_count_snapshot_base_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_count_snapshot')),
    sa.UniqueConstraint('base_id', 'month_end', 'known_at', name=op.f('uq_count_snapshot_base_id_month_end_known_at'))
    )
    op.create_table('snapshot_claims',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('base_id', sa.Integer(), nullable=False),
    sa.Column('snapshot_id', sa.Integer(), nullable=False),
    sa.Column('indicator', sa.Enum('M1', 'M2', 'M3', 'M2X', 'M3X', 'M3C', name='indicator', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('scope', sa.Enum('base', 'city', name='scope', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('standing', sa.Enum('counted', 'pending', 'excluded', name='standing', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['base_id'], ['base.id'], name=op.f('fk_snapshot_claims_base_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['snapshot_id'], ['count_snapshot.id'], name=op.f('fk_snapshot_claims_snapshot_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_snapshot_claims'))
    )
    with op.batch_alter_table('snapshot_claims', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_snapshot_claims_snapshot_id'), ['snapshot_id'], unique=False)

    op.create_table('snapshot_projects',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('base_id', sa.Integer(), nullable=False),
    sa.Column('snapshot_id', sa.Integer(), nullable=False),
    sa.Column('stage', sa.Enum('pool', 'concept', 'pilot', 'industry', name='stage', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('state', sa.Enum('active', 'awaiting', 'conditional', 'paused', 'industrialised', 'elsewhere', 'unlanded', 'terminated', 'voided', 'merged', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('field', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
    sa.Column('area', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=True),
    sa.Column('in_base', sa.Boolean(), nullable=False),
    sa.Column('projects', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['base_id'], ['base.id'], name=op.f('fk_snapshot_projects_base_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['snapshot_id'], ['count_snapshot.id'], name=op.f('fk_snapshot_projects_snapshot_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_snapshot_projects'))
    )
    with op.batch_alter_table('snapshot_projects', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_snapshot_projects_snapshot_id'), ['snapshot_id'], unique=False)

    with op.batch_alter_table('claim', schema=None) as batch_op:
        batch_op.create_index('ix_claim_effective_on', ['effective_on'], unique=False)
        batch_op.create_index('ix_claim_recorded_at', ['recorded_at'], unique=False)

    with op.batch_alter_table('project_span', schema=None) as batch_op:
        batch_op.create_index('ix_project_span_known_from', ['known_from'], unique=False)
        batch_op.create_index('ix_project_span_known_to', ['known_to'], unique=False)
        batch_op.create_index('ix_project_span_valid_from', ['valid_from'], unique=False)
        batch_op.create_index('ix_project_span_valid_to', ['valid_to'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('project_span', schema=None) as batch_op:
        batch_op.drop_index('ix_project_span_valid_to')
        batch_op.drop_index('ix_project_span_valid_from')
        batch_op.drop_index('ix_project_span_known_to')
        batch_op.drop_index('ix_project_span_known_from')

    with op.batch_alter_table('claim', schema=None) as batch_op:
        batch_op.drop_index('ix_claim_recorded_at')
        batch_op.drop_index('ix_claim_effective_on')

    with op.batch_alter_table('snapshot_projects', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_snapshot_projects_snapshot_id'))

    op.drop_table('snapshot_projects')
    with op.batch_alter_table('snapshot_claims', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_snapshot_claims_snapshot_id'))

    op.drop_table('snapshot_claims')

    op.drop_table('count_snapshot')
