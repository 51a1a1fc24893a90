"""spans of projects found by their lengths

Revision: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

_INDEXES = {
    'ix_project_span_standing': (
        [
            'base_id', 'stage', 'state', 'valid_length', 'valid_to', 'valid_from', 'known_from',
            'known_length',
        ],
        sa.text('known_length IS NULL'),
    ),
    'ix_project_span_corrected': (
        [
            'base_id', 'known_length', 'known_to', 'known_from', 'valid_to', 'valid_from',
            'state', 'stage',
        ],
        sa.text('known_length IS NOT NULL'),
    ),
}  # fmt: skip


def upgrade() -> None:
    for name in ('valid_length', 'known_length'):
        op.add_column('project_span', sa.Column(name, sa.Integer(), nullable=True))
    op.execute(
        f"UPDATE project_span SET valid_length = {_length(_days('valid_from', 'valid_to'))}, "
        "known_length = CASE WHEN known_to < '9999-01-01' "
        f"THEN {_length(_days('known_from', 'known_to'))} END"
    )
    with op.batch_alter_table('project_span', schema=None) as batch_op:
        batch_op.alter_column('valid_length', existing_type=sa.Integer(), nullable=False)
    for name, (columns, where) in _INDEXES.items():
        op.create_index(
            name, 'project_span', columns, sqlite_where=where, postgresql_where=where
        )


def downgrade() -> None:
    for name, (_, where) in _INDEXES.items():
        op.drop_index(name, 'project_span', sqlite_where=where, postgresql_where=where)
    with op.batch_alter_table('project_span', schema=None) as batch_op:
        batch_op.drop_column('known_length')
        batch_op.drop_column('valid_length')


def _days(start: str, end: str) -> str:
    """Days between; one that is rounded up is looked for among longer ones, and found."""
    if op.get_bind().dialect.name == 'sqlite':
        return f'julianday({end}) - julianday({start}) + 0.00001'
    if start == 'valid_from':
        return f'({end} - {start})'
    return f'(extract(epoch FROM {end} - {start}) / 86400 + 0.00001)'


def _length(days: str) -> str:
    """As pilot.domain.spans.length: the least n, at most 7, of under 4**n days."""
    cases = ' '.join(f'WHEN {days} < {4**n} THEN {n}' for n in range(7))
    return f'CASE {cases} ELSE 7 END'
