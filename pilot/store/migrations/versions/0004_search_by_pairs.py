"""an index of neighbouring characters for the search in projects

Revision: 0004
Revises: 0003
"""

from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

_FUNCTION = """
CREATE OR REPLACE FUNCTION pilot_pairs(words text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_agg(one || next)
    FROM unnest(string_to_array(words, NULL), (string_to_array(words, NULL))[2:]) AS t(one, next)
    WHERE next IS NOT NULL
$$
"""
_INDEX = """
CREATE INDEX ix_project_span_pairs ON project_span USING gin (pilot_pairs(
    lower(name || chr(1) || code || chr(1) || coalesce(holder, '') || chr(1) || coalesce(manager, ''))
))
"""


def upgrade() -> None:
    """PostgreSQL only: SQLite looks at every row, which is fast enough for what it serves."""
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(_FUNCTION)
        op.execute(_INDEX)


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('DROP INDEX ix_project_span_pairs')
        op.execute('DROP FUNCTION pilot_pairs(text)')
