"""indexes for large portfolios

Revision: 0003
Revises: 0002
"""

from alembic import op
import sqlalchemy as sa

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

BY_BASE = [
    'account', 'attachment', 'checklist_item', 'claim', 'code_item', 'condition', 'consolidation',
    'contract', 'decision', 'definition', 'evidence', 'filing', 'gate_plan', 'landing',
    'landing_step', 'move', 'organisation', 'person', 'pilot_run', 'project', 'project_note',
    'project_result', 'project_site', 'project_span', 'public_fact', 'result', 'result_holder',
    'result_identifier', 'review', 'review_check', 'scorecard', 'target', 'transfer',
    'transfer_span',
]
SPANS = [
    'base_id', 'known_to', 'valid_to', 'valid_from', 'known_from', 'state', 'stage', 'next_gate',
    'next_planned_on', 'code', 'project_id', 'field', 'in_base',
]
NEW = [
    ('ix_transfer_span_result', 'transfer_span', ['result_id', 'known_to'], None),
    ('ix_journal_entry_at', 'journal_entry', ['base_id', 'at'], None),
    ('ix_result_list', 'result', ['base_id', 'recorded_at', 'voided_at', 'field', 'kind'], None),
    ('ix_contract_list', 'contract', ['base_id', 'signed_on', 'recorded_at', 'type'], None),
    (
        'ix_transfer_waiting', 'transfer', ['base_id', 'recorded_at'],
        'verified_by IS NULL AND voided_at IS NULL',
    ),
    ('ix_condition_open', 'condition', ['base_id', 'due_on'], 'closed_on IS NULL'),
    (
        'ix_landing_step_waiting', 'landing_step', ['base_id', 'recorded_at'],
        'verified_by IS NULL AND withdrawn_on IS NULL',
    ),
]
REPLACED = [
    ('ix_project_span_view', 'project_span', ['base_id', 'valid_from', 'valid_to', 'known_from'], SPANS),
    (
        'ix_evidence_base', 'evidence', ['base_id', 'known_to'],
        ['base_id', 'known_to', 'state', 'valid_until'],
    ),
]


def upgrade() -> None:
    for table in BY_BASE:
        op.drop_index(f'ix_{table}_base_id', table)
    for name, table, _, after in REPLACED:
        op.drop_index(name, table)
        op.create_index(name, table, after)
    for name, table, columns, where in NEW:
        condition = sa.text(where) if where else None
        op.create_index(
            name, table, columns, sqlite_where=condition, postgresql_where=condition
        )


def downgrade() -> None:
    for name, table, _, _ in reversed(NEW):
        op.drop_index(name, table)
    for name, table, before, _ in reversed(REPLACED):
        op.drop_index(name, table)
        op.create_index(name, table, before)
    for table in BY_BASE:
        op.create_index(f'ix_{table}_base_id', table, ['base_id'])
