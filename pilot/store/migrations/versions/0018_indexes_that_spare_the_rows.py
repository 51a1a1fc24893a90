"""units that count, text in the list of projects and the order of results: from their indexes

Revision: 0018
Revises: 0017
"""

from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

_UNIT_BEFORE = ['unit_kind', 'unit_id', 'reverses_id']
_UNIT = [
    'base_id', 'unit_kind', 'unit_id', 'indicator', 'scope', 'standing', 'year', 'effective_on',
    'recorded_at', 'sign',
]  # fmt: skip
_VIEW_BEFORE = [
    'base_id', 'known_to', 'valid_to', 'valid_from', 'known_from', 'state', 'stage', 'next_gate',
    'next_planned_on', 'code', 'project_id', 'field', 'in_base',
]  # fmt: skip
_VIEW = [*_VIEW_BEFORE, 'name', 'holder', 'manager']
_RESULTS_BEFORE = ['base_id', 'known_to', 'known_from', 'field', 'kind']
_RESULTS = ['base_id', 'code', 'known_to', 'known_from', 'field', 'kind']


def upgrade() -> None:
    _replace('ix_claim_unit', 'claim', _UNIT)
    _replace('ix_project_span_view', 'project_span', _VIEW)
    _replace('ix_result_span_view', 'result_span', _RESULTS)


def downgrade() -> None:
    _replace('ix_claim_unit', 'claim', _UNIT_BEFORE)
    _replace('ix_project_span_view', 'project_span', _VIEW_BEFORE)
    _replace('ix_result_span_view', 'result_span', _RESULTS_BEFORE)


def _replace(name: str, table: str, columns: list[str]) -> None:
    op.drop_index(name, table_name=table)
    op.create_index(name, table, columns)
