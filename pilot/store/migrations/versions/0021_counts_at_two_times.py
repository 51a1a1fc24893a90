"""counts of projects at two times: from an index without names

Revision: 0021
Revises: 0020
"""

from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

_COUNTED = [
    'base_id', 'known_to', 'valid_to', 'valid_from', 'known_from', 'state', 'stage', 'next_gate',
    'next_planned_on',
]  # fmt: skip


def upgrade() -> None:
    op.create_index('ix_project_span_counted', 'project_span', _COUNTED)


def downgrade() -> None:
    op.drop_index('ix_project_span_counted', table_name='project_span')
