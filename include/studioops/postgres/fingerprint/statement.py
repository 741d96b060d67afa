"""The statement that reads a table once: how many rows, and the sum of their hashes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, LiteralString

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal
from sqlalchemy import Connection

from studioops.postgres.fingerprint.model import TableRows
from studioops.postgres.fingerprint.tables import Table
from studioops.postgres.sql import fetch, load_sql

SEED = 8103
ALGORITHM = "sum of hashtextextended over format(), columns by name, 1"
# bool, bigint, smallint, int, oid, real, double, date, time, timestamp, with time zone, timetz,
# numeric, uuid: their texts are never empty and never hold the separator, so NULL is the empty
# text and nothing needs quotes, which saves a third of the time.
PLAIN_TYPES = {16, 20, 21, 23, 26, 700, 701, 1082, 1083, 1114, 1184, 1266, 1700, 2950}
# A function takes a hundred arguments.
TOGETHER = 90
READ: LiteralString = """
SELECT count(*) AS rows, sum(hashtextextended(({text}) COLLATE "C", {seed})) AS total
FROM ONLY {table} {condition}
"""
COUNT: LiteralString = "SELECT count(*) AS rows, NULL AS total FROM ONLY {table} {condition}"


def hash_probe(connection: Connection) -> dict[str, str]:
    """How rows are hashed, and the hash of a known text.

    Two servers whose answers are equal hash alike; digests of others can't be compared.

    Args:
        connection: in a transaction.

    Returns:
        ``algorithm`` and ``probe``, 16 hex digits.
    """
    row = fetch(connection, load_sql(__package__, "probe"))[0]
    return {"algorithm": ALGORITHM, "probe": _digits(row["hash"])}


def pin(connection: Connection) -> None:
    """Fix every setting that a value's text depends on, until the transaction ends."""
    fetch(connection, load_sql(__package__, "pinned"))


def read_rows(connection: Connection, table: Table, *, contents: bool) -> TableRows:
    """What a table holds, in one pass.

    Args:
        connection: in a transaction that :func:`pin` has set up.
        table: which.
        contents: whether its contents are hashed, or its rows only counted.
    """
    row = fetch(connection, _statement(table, contents=contents))[0]
    return TableRows(int(row["rows"]), _digest(row) if contents else "")


def _statement(table: Table, *, contents: bool) -> SQL | Composed:
    if not table.schema:
        return load_sql(__package__, "large_objects" if contents else "large_objects_count")
    return SQL(READ if contents else COUNT).format(
        text=_text(table),
        seed=Literal(SEED),
        table=Identifier(table.schema, table.relation),
        # The catalog's own text, which pg_dump runs in the same way.
        condition=SQL(table.condition),
    )


def _text(table: Table) -> Composable:
    """A row as text: two rows have the same text only where every value is the same."""
    columns = list(zip(table.columns, table.types, strict=True))
    pieces = [columns[n : n + TOGETHER] for n in range(0, len(columns), TOGETHER)]
    return SQL(" || '|' || ").join(map(_piece, pieces)) if pieces else Literal("")


def _piece(columns: list[tuple[str, int]]) -> Composed:
    """What ``format`` makes of the columns, which looks up how a type is written row by row.

    ``concat_ws`` does that once and leaves NULLs out, so it serves where there are none.
    """
    template = "|".join("%s" if kind in PLAIN_TYPES else "%L" for _, kind in columns)
    names = [Identifier(name) for name, _ in columns]
    slow = SQL("format({}, {})").format(Literal(template), SQL(", ").join(names))
    plain = [Identifier(name) for name, kind in columns if kind in PLAIN_TYPES]
    if not plain:
        return slow
    values = [one if one in plain else SQL("format('%L', {})").format(one) for one in names]
    return SQL("CASE num_nulls({}) WHEN 0 THEN concat_ws('|', {}) ELSE {} END").format(
        SQL(", ").join(plain), SQL(", ").join(values), slow
    )


def _digest(row: Mapping[str, Any]) -> str:
    return _digits(row["total"] or 0)


def _digits(number: Any) -> str:
    return f"{int(number) % 2**64:016x}"
