"""reporting days of one template, and drafts of templates

Revision: 0019
Revises: 0018
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('report_calendar', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column('template', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False, server_default='')
        )
        batch_op.add_column(
            sa.Column('active', sa.Boolean(), nullable=False, server_default=sa.true())
        )
        batch_op.drop_constraint(batch_op.f('uq_report_calendar_base_id_kind'), type_='unique')
        batch_op.create_unique_constraint(
            batch_op.f('uq_report_calendar_base_id_kind_template'), ['base_id', 'kind', 'template']
        )
    with op.batch_alter_table('report_calendar', schema=None) as batch_op:
        batch_op.alter_column('template', server_default=None)
        batch_op.alter_column('active', server_default=None)
    op.create_table('template_draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('base_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('start', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('saved_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['base_id'], ['base.id'], name=op.f('fk_template_draft_base_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['by_id'], ['account.id'], name=op.f('fk_template_draft_by_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_template_draft')),
    sa.UniqueConstraint('by_id', 'start', name=op.f('uq_template_draft_by_id_start'))
    )


def downgrade() -> None:
    op.drop_table('template_draft')
    op.execute("DELETE FROM report_calendar WHERE template <> ''")
    with op.batch_alter_table('report_calendar', schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f('uq_report_calendar_base_id_kind_template'), type_='unique'
        )
        batch_op.create_unique_constraint(
            batch_op.f('uq_report_calendar_base_id_kind'), ['base_id', 'kind']
        )
        batch_op.drop_column('active')
        batch_op.drop_column('template')
