"""The statements that make the further rows, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Composable, Literal

from studioops.local.studioops_legacy.documents import legacy_objects
from studioops.local.studioops_legacy.identity import FOUND_AT
from studioops.local.studioops_legacy.rows import TABLES
from studioops.local.studioops_legacy.scaled.shares import PARENTS
from studioops.local.studioops_legacy.words import (
    ANSWERS,
    MATERIALS,
    PROJECTS,
    QUESTIONS,
    VENDORS,
)
from studioops.postgres import load_sql

Progress = Callable[[str, int, int], None]
SLICE = 200_000
COUNTED = {"ingest_events": "public.ingest_events", "plan_notes": "reporting.plan_notes"}
# The number of a parent. Spread: neighbours go to different ones, without a pattern that a
# correlation would see. In order: neighbours share one, as the messages of a session do.
SPREAD = SQL("1 + n * 2654435761 % 4294967296 % {count}")
IN_TURN = SQL("1 + (n - 1) % {count}")
IN_ORDER = SQL("1 + (n - 1) * {count} / {rows}")


def insert_scaled(
    connection: Connection[Any], counts: Mapping[str, int], progress: Progress | None = None
) -> None:
    """Make the further rows, before there are constraints and indexes to be kept up with them.

    Args:
        connection: in a transaction, with the tables and nothing in them.
        counts: the rows of each table.
        progress: told the table, how many rows of all tables are there, and of how many.
    """
    done, total = 0, sum(counts.values())
    for table, count in counts.items():
        statement, values = load_sql(__package__, table), _values(table, counts)
        for first in range(1, count + 1, SLICE):
            last = min(first + SLICE - 1, count)
            ends = {"first": _bigint(first), "last": _bigint(last)}
            connection.execute(statement.format(**values, **ends))
            done += last - first + 1
            if progress is not None:
                progress(table, done, total)


def set_sequences(connection: Connection[Any]) -> None:
    """Let the sequences go on behind the rows that were given their numbers.

    Args:
        connection: in the transaction, with all rows.
    """
    for table in COUNTED.values():
        connection.execute(
            SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), max(id)) FROM {}").format(
                Literal(table), SQL(table)
            )
        )


def _values(table: str, counts: Mapping[str, int]) -> dict[str, Composable]:
    """What the braces of a table's statement stand for."""
    values: dict[str, Composable] = {
        "id": _id(table, SQL("n")),
        "found": Literal(_found(table)),
        "moment": SQL("({}::timestamptz - n * 37 % 63072000 * interval '1 second')").format(
            Literal(FOUND_AT)
        ),
        "day": SQL("({}::date - (n % 700)::int)").format(Literal(FOUND_AT.date())),
        "projects_in_all": _bigint(counts["projects"]),
        "projects_names": _texts(name for name, _ in PROJECTS),
        "vendors_names": _texts(VENDORS),
        "materials_names": _texts(name for name, _, _ in MATERIALS),
        "questions": _texts(QUESTIONS),
        "answers": _texts(ANSWERS),
        "paths": _texts(path for path, _ in legacy_objects()),
    }
    for parent in PARENTS:
        amounts = {"count": _bigint(counts[parent]), "rows": _bigint(counts[table])}
        for suffix, number in (("", SPREAD), ("_in_turn", IN_TURN), ("_in_order", IN_ORDER)):
            values[parent + suffix] = _id(parent, number.format(**amounts))
    return values


def _found(table: str) -> int:
    """How many rows were found in a table whose sequence numbers them; they come later."""
    return TABLES[COUNTED[table].removeprefix("public.")][0] if table in COUNTED else 0


def _id(table: str, number: Composable) -> Composable:
    return SQL("md5({} || ({}))::uuid").format(Literal(f"{table}/"), number)


def _bigint(number: int) -> Composable:
    return SQL("{}::bigint").format(Literal(number))


def _texts(texts: Iterable[str]) -> Composable:
    return SQL("({}::text[])").format(Literal(list(texts)))
