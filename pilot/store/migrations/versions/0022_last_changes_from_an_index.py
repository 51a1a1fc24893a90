"""last changes of projects: when, from the index that finds them

Revision: 0022
Revises: 0021
"""

from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

_NAME, _TABLE = 'ix_journal_entry_project', 'journal_entry'


def upgrade() -> None:
    op.drop_index(_NAME, table_name=_TABLE)
    op.create_index(_NAME, _TABLE, ['project_id', 'sequence', 'at'])


def downgrade() -> None:
    op.drop_index(_NAME, table_name=_TABLE)
    op.create_index(_NAME, _TABLE, ['project_id', 'sequence'])
