"""report templates and frozen packs

Revision: 0010
Revises: 0008
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy import Text

revision = '0010'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('report_template',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('base_id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('form_number', sqlmodel.sql.sqltypes.AutoString(length=50), nullable=False),
    sa.Column('issuer', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('document_number', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=False),
    sa.Column('body', Text(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('recorded_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.CheckConstraint('valid_from <= valid_to', name=op.f('ck_report_template_valid_order')),
    sa.ForeignKeyConstraint(['base_id'], ['base.id'], name=op.f('fk_report_template_base_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['by_id'], ['account.id'], name=op.f('fk_report_template_by_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_template')),
    sa.UniqueConstraint('base_id', 'code', 'version', name=op.f('uq_report_template_base_id_code_version'))
    )
    op.create_table('report_pack',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('base_id', sa.Integer(), nullable=False),
    sa.Column('template_id', sa.Integer(), nullable=False),
    sa.Column('template_code', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('template_version', sa.Integer(), nullable=False),
    sa.Column('period', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('known_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('definitions', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('prepared_by', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('checked_by', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('responsible', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('manifest', Text(), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('attachment_id', sa.Integer(), nullable=False),
    sa.Column('product_version', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('recorded_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.CheckConstraint('first_day <= last_day', name=op.f('ck_report_pack_days_order')),
    sa.ForeignKeyConstraint(['attachment_id'], ['attachment.id'], name=op.f('fk_report_pack_attachment_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['base_id'], ['base.id'], name=op.f('fk_report_pack_base_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['by_id'], ['account.id'], name=op.f('fk_report_pack_by_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['template_id'], ['report_template.id'], name=op.f('fk_report_pack_template_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_pack'))
    )
    with op.batch_alter_table('report_pack', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_pack_attachment_id'), ['attachment_id'], unique=False)
        batch_op.create_index('ix_report_pack_period', ['base_id', 'template_code', 'period'], unique=False)


def downgrade() -> None:
    op.drop_table('report_pack')
    op.drop_table('report_template')
