"""Whether a dump brings rows at all, and for which tables it brings none on purpose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection

from studioops.backups.foreign.contents import Entry
from studioops.backups.foreign.script import Script
from studioops.backups.seen import fault
from studioops.model import Finding, Severity
from studioops.postgres import Database, fetch, load_sql

SOME = SQL("SELECT EXISTS (SELECT FROM {}) AS some")
TABLES_WHY = "whoever restores from it gets an application without data"
TAKE_WHOLE = "take a whole dump: pg_dump without --schema-only, --data-only or --section"


@dataclass(frozen=True)
class Contents:
    """What a dump says that it holds.

    Args:
        tables: that it makes, as ``schema name`` (and perhaps the owner behind).
        data: whose rows it holds, the same way.
    """

    tables: frozenset[str]
    data: frozenset[str]

    @classmethod
    def of_entries(cls, entries: Iterable[Entry]) -> Contents:
        """By an archive's table of contents.

        A name may hold blanks, and nothing tells where it ends: every beginning is kept.
        """
        found: dict[str, set[str]] = {"TABLE": set(), "TABLE DATA": set()}
        for one in entries:
            words = one.name.split(" ")
            if one.kind in found:
                found[one.kind] |= {" ".join(words[:end]) for end in range(2, len(words) + 1)}
        return cls(frozenset(found["TABLE"]), frozenset(found["TABLE DATA"]))

    @classmethod
    def of_script(cls, script: Script) -> Contents:
        """By the comments of a script."""
        return cls(frozenset(script.tables), frozenset(script.data))

    @property
    def data_only(self) -> bool:
        """Whether there are rows and no table that they could go into."""
        return bool(self.data and not self.tables)


def data_only(name: str) -> Finding:
    """The finding for a dump of rows alone."""
    message = "holds rows and no table that they could go into"
    why = "it restores into a database that has its tables already, and into no other"
    return fault("dump_data_only", name, message, why, TAKE_WHOLE)


def judge_rows(database: Database, contents: Contents, name: str) -> Iterator[Finding]:
    """Hold what a dump says that it holds against what came of it.

    Args:
        database: the restored copy.
        contents: by the dump's own word.
        name: the dump's, to be shown.
    """
    with database.transaction() as connection:
        tables = fetch(connection, load_sql(__package__, "tables"))
        some = any(_has_rows(connection, one) for one in tables)
    if not tables:
        message = "restores to a database without a single table"
        yield fault("dump_without_tables", name, message, TABLES_WHY, TAKE_WHOLE)
    elif not some:
        said = "and not one entry with rows" if not contents.data else "all of them empty"
        message = f"makes {len(tables)} tables, {said}"
        yield fault("dump_schema_only", name, message, TABLES_WHY, TAKE_WHOLE)
    else:
        yield from _left_out(tables, contents, name)


def _left_out(tables: list[dict[str, Any]], contents: Contents, name: str) -> Iterator[Finding]:
    for one in tables:
        key = f"{one['schema']} {one['name']}"
        if key in contents.tables and key not in contents.data:
            yield Finding(
                "dump_without_rows_of_table",
                f"{one['schema']}.{one['name']}",
                Severity.WARNING,
                f"{name} makes this table and holds no rows of it",
                "its rows are lost with a restore",
                "dump without --exclude-table-data and --no-unlogged-table-data, or know that its "
                "rows can be had from elsewhere",
            )


def _has_rows(connection: Connection, table: Mapping[str, Any]) -> bool:
    statement = SOME.format(Identifier(table["schema"], table["name"]))
    return bool(fetch(connection, statement)[0]["some"])
