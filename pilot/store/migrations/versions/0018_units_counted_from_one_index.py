"""units that count are found in the index that knows their history

Revision: 0018
Revises: 0017
"""

from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

_COLUMNS = [
    'base_id', 'unit_kind', 'unit_id', 'indicator', 'scope', 'standing', 'year', 'effective_on',
    'recorded_at', 'sign',
]  # fmt: skip


def upgrade() -> None:
    op.drop_index('ix_claim_unit', table_name='claim')
    op.create_index('ix_claim_unit', 'claim', _COLUMNS)


def downgrade() -> None:
    op.drop_index('ix_claim_unit', table_name='claim')
    op.create_index('ix_claim_unit', 'claim', ['unit_kind', 'unit_id', 'reverses_id'])
