"""scheduled work

Revision: 0002
Revises: 0001
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('job_run',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('due', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('leased_by', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
    sa.Column('leased_until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('last_ok', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('last_failed', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('said', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
    sa.CheckConstraint('(leased_by IS NULL) = (leased_until IS NULL)', name=op.f('ck_job_run_leased_by_and_until')),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_job_run'))
    )


def downgrade() -> None:
    op.drop_table('job_run')
