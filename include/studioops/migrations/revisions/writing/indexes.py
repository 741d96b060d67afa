"""Indexes in a revision: built CONCURRENTLY, and looked at, for a build that was cut off stays."""

from __future__ import annotations

from collections.abc import Iterator

from psycopg.sql import SQL, Composed, Identifier, Literal

from studioops.migrations.operations import CreateIndex, Lock, TableName
from studioops.migrations.operations.names import listed
from studioops.migrations.revisions.writing.guards import guarded
from studioops.migrations.revisions.writing.parts import Part, Said, part

BUILD = SQL("CREATE INDEX CONCURRENTLY IF NOT EXISTS {} ON {} ({})")
ABOVE = SQL("CREATE INDEX IF NOT EXISTS {} ON {} ({})")
DROP = SQL("DROP INDEX CONCURRENTLY IF EXISTS {}")
DROP_ABOVE = SQL("DROP INDEX IF EXISTS {}")
# Another one that has the name is another table's, of other columns, or not valid.
LIKE = SQL(
    "NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indexrelid = to_regclass({name}) "
    "AND i.indrelid = {table}::regclass AND i.indisvalid AND i.indpred IS NULL AND ARRAY("
    "SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place) "
    "JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number "
    "WHERE k.place <= i.indnkeyatts ORDER BY k.place) = {columns}::text[])"
)
PARTITIONED = {
    "require-concurrent-index-creation": "of a partitioned table no index can be built "
    "CONCURRENTLY; its partitions have theirs already, and are taken over"
}


def created(operation: CreateIndex) -> Said:
    """An index; of a partitioned table one a partition, which the whole then takes over."""
    own = (operation.table, operation.name)
    leaves = [(one.table, one.index) for one in operation.leaves]
    up = [one for table, name in leaves or [own] for one in _built(operation, table, name)]
    down = [part(Lock.CONCURRENTLY, DROP.format(t.beside(n).sql)) for t, n in leaves or [own]]
    if not leaves:
        return Said(tuple(up), tuple(down))
    name = operation.table.beside(operation.name).sql
    words = (Identifier(operation.name), operation.table.sql, listed(operation.columns))
    above = part(Lock.SHARE_ROW_EXCLUSIVE, ABOVE.format(*words))
    dropped = part(Lock.ACCESS_EXCLUSIVE, DROP_ABOVE.format(name))
    return Said((*up, above), (dropped, *down), ignored=PARTITIONED)


def _built(operation: CreateIndex, table: TableName, name: str) -> Iterator[Part]:
    columns = listed(operation.columns)
    yield part(Lock.CONCURRENTLY, BUILD.format(Identifier(name), table.sql, columns))
    yield part(Lock.ROW, _looked_at(operation, table, name))


def _looked_at(operation: CreateIndex, table: TableName, name: str) -> Composed:
    index = table.beside(name)
    condition = LIKE.format(
        name=Literal(str(index)),
        table=Literal(str(table)),
        columns=Literal(list(operation.columns)),
    )
    line = (
        f"{index} is not valid, as after a build that was cut off, or is another index: "
        f"DROP INDEX CONCURRENTLY {index}, then run this again"
    )
    return guarded(condition, line)
