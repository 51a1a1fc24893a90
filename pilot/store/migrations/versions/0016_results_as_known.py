"""results as they were known, and turns of tokens counted for all processes

Revision: 0016
Revises: 0015
"""

import json
from collections import defaultdict

import sqlalchemy as sa
import sqlmodel
from alembic import op

from pilot.domain.moment import FOREVER
from pilot.store.known_spans import joined

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

_BATCH = 1000
_UTC = sqlmodel.sql.sqltypes.UTCDateTime()
_TABLES = {
    'organisation': sa.table('organisation', sa.column('id'), sa.column('name')),
    'person': sa.table('person', sa.column('id'), sa.column('name')),
    'result': sa.table(
        'result', *map(sa.column, ('id', 'base_id', 'code', 'title', 'kind', 'field', 'registration_no', 'package_id', 'split_reason', 'contact_id')),
        sa.column('recorded_at', _UTC), sa.column('voided_at', _UTC),
    ),
    'result_holder': sa.table('result_holder', *map(sa.column, ('id', 'result_id', 'organisation_id', 'position'))),
    'result_identifier': sa.table('result_identifier', *map(sa.column, ('id', 'result_id', 'number', 'key'))),
}
_ENTRIES = sa.table('journal_entry', sa.column('base_id'), sa.column('sequence'), sa.column('at', _UTC), sa.column('changes'))
_SPANS = sa.table(
    'result_span', *map(sa.column, ('base_id', 'result_id', 'code', 'title', 'kind', 'field', 'registration_no', 'holders', 'numbers', 'package', 'split', 'contact')),
    sa.column('known_from', _UTC), sa.column('known_to', _UTC),
)


def upgrade() -> None:
    op.add_column('api_token', sa.Column('counted_minute', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('api_token', sa.Column('counted', sa.Integer(), nullable=False, server_default='0'))
    op.create_table('result_span',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('base_id', sa.Integer(), nullable=False),
    sa.Column('result_id', sa.Integer(), nullable=False),
    sa.Column('known_from', _UTC, nullable=False),
    sa.Column('known_to', _UTC, nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('field', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
    sa.Column('registration_no', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
    sa.Column('holders', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=True),
    sa.Column('numbers', sa.Text(), nullable=True),
    sa.Column('package', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
    sa.Column('split', sa.Boolean(), nullable=False),
    sa.Column('contact', sqlmodel.sql.sqltypes.AutoString(length=50), nullable=True),
    sa.CheckConstraint('known_from < known_to', name=op.f('ck_result_span_known_order')),
    sa.ForeignKeyConstraint(['base_id'], ['base.id'], name=op.f('fk_result_span_base_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['result_id'], ['result.id'], name=op.f('fk_result_span_result_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_result_span'))
    )
    fill(op.get_bind())
    op.create_index('ix_result_span_view', 'result_span', ['base_id', 'known_to', 'known_from', 'field', 'kind'])
    op.create_index('ix_result_span_result', 'result_span', ['result_id', 'known_to'])


def downgrade() -> None:
    op.drop_table('result_span')
    with op.batch_alter_table('api_token', schema=None) as batch_op:
        batch_op.drop_column('counted')
        batch_op.drop_column('counted_minute')


class Told:
    """Results with their holders and numbers, as far as the story has been told."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}
        self.results: dict[int, dict] = {}
        self.parts = {name: defaultdict(dict) for name in ('result_holder', 'result_identifier')}
        self.owner: dict[tuple[str, int], int] = {}
        self.held: dict[int, set[int]] = defaultdict(set)
        self.people: dict[int, str] = {}
        self.led: dict[int, set[int]] = defaultdict(set)

    def put(self, table: str, key: int, values: dict) -> set[int]:
        """A row is new or changed; the results that may read differently."""
        if table == 'organisation':
            self.names[key] = values.get('name', self.names.get(key))
            return self.held[key] if 'name' in values else set()
        if table == 'person':
            self.people[key] = values.get('name', self.people.get(key))
            return self.led[key] if 'name' in values else set()
        if table == 'result':
            if values.get('contact_id') is not None:
                self.led[values['contact_id']].add(key)
            self.results.setdefault(key, {}).update(values)
            return {key}
        before = self.owner.get((table, key))
        row = self.parts[table][before].pop(key, {}) | values if before else dict(values)
        now = self.owner[table, key] = row['result_id']
        self.parts[table][now][key] = row
        if table == 'result_holder':
            self.held[row['organisation_id']].add(now)
        return {before, now} - {None}

    def drop(self, table: str, key: int) -> set[int]:
        """A row is gone."""
        if table not in self.parts:
            return set()
        owner = self.owner.pop((table, key), None)
        self.parts[table][owner].pop(key, None)
        return {owner} - {None}

    def line(self, result_id: int, *, voided: bool = False) -> dict | None:
        """How a result reads in the list; None if it is not there or is voided."""
        row = self.results.get(result_id, {})
        if 'title' not in row or (row.get('voided_at') is not None and not voided):
            return None
        holders = sorted(self.parts['result_holder'][result_id].values(), key=lambda one: one.get('position') or 0)
        names = [self.names.get(one['organisation_id']) for one in holders]
        numbers = []
        for _key, one in sorted(self.parts['result_identifier'][result_id].items()):
            numbers += [one['number']] if one['number'] == one['key'] else [one['number'], one['key']]
        return {
            **{name: row.get(name) for name in ('code', 'title', 'kind', 'field', 'registration_no')},
            'holders': joined([name for name in names if name], 500),
            'numbers': ' '.join(numbers) or None,
            'package': self.results.get(row.get('package_id'), {}).get('code'),
            'split': row.get('split_reason') is not None,
            'contact': self.people.get(row.get('contact_id')),
        }


def fill(connection) -> None:
    """How every result read at each instant: the journal told once more, then what stands today."""
    rows = {name: {row.id: dict(row._mapping) for row in connection.execute(sa.select(table))} for name, table in _TABLES.items()}
    spans, today = _told(connection, rows), Told()
    for name, found in rows.items():
        for key, row in found.items():
            today.put(name, key, row)
    made = [
        {'base_id': row['base_id'], 'result_id': key, 'known_from': since, 'known_to': until} | line
        for key, row in rows['result'].items()
        for since, until, line in _ended(spans[key], row, today, key)
        if since < until
    ]
    for start in range(0, len(made), _BATCH):
        connection.execute(sa.insert(_SPANS), made[start:start + _BATCH])


def _told(connection, rows: dict[str, dict[int, dict]]) -> dict[int, list]:
    """The spans of every result by the journal; rows that it never speaks of were as they are."""
    speaks = sa.or_(*(_ENTRIES.c.changes.contains(f'"table":"{name}"') for name in _TABLES))
    query = sa.select(_ENTRIES.c.at, _ENTRIES.c.changes).where(speaks).order_by(_ENTRIES.c.base_id, _ENTRIES.c.sequence)
    entries = [
        (at, [one for one in json.loads(changes) if one['table'] in _TABLES])
        for at, changes in connection.execute(query)
    ]
    spoken = {(one['table'], one['id']) for _at, changes in entries for one in changes}
    told, spans = Told(), defaultdict(list)
    for name, found in rows.items():
        for key, row in found.items():
            if (name, key) not in spoken:
                told.put(name, key, row)
    for at, changes in entries:
        touched = set()
        for one in sorted(changes, key=_in_order):
            touched |= _retold(told, one)
        for result_id in touched:
            _write(spans[result_id], told.line(result_id), at)
    return spans


def _in_order(change: dict) -> int:
    return list(_TABLES).index(change['table'])


def _retold(told: Told, change: dict) -> set[int]:
    fields = change['fields']
    before, after = fields.get('id', (None, None))
    if before is not None and after is None:
        return told.drop(change['table'], change['id'])
    return set(told.put(change['table'], change['id'], {name: pair[1] for name, pair in fields.items()}))


def _write(known: list, line: dict | None, at) -> None:
    if known and known[-1][1] == FOREVER:
        if known[-1][2] == line:
            return
        known[-1] = (known[-1][0], at, known[-1][2])
    if line is not None:
        known.append((at, FOREVER, line))


def _ended(known: list, row: dict, today: Told, key: int) -> list:
    """The spans with what stands today as the last: it is true, whatever the journal lacks."""
    line = today.line(key)
    if not known:
        return [(row['recorded_at'], row['voided_at'] or FOREVER, today.line(key, voided=True))]
    since, until, said = known[-1]
    if line is None:
        return [*known[:-1], (since, min(until, row['voided_at']), said)]
    if until == FOREVER:
        return [*known[:-1], (since, FOREVER, line)]
    return [*known, (until, FOREVER, line)]
