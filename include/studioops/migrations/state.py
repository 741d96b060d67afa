"""All that a database holds but our own schema, to tell whether a way back reached its start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from studioops.migrations.journal.journal import SCHEMA
from studioops.postgres import Database, fetch
from studioops.postgres.definitions import Difference, compare_definitions, read_definitions
from studioops.postgres.fingerprint import TableRows, fingerprint_tables, list_tables

# A name begins with its schema, or with what it is and then its schema: "table studioops.runs".
INSIDE = re.compile(rf"(?:^|\s){SCHEMA}\.")
MAJOR = "SELECT current_setting('server_version_num')::int / 10000 AS major"


@dataclass(frozen=True, slots=True)
class State:
    """What a database held at one moment.

    Args:
        definitions: by kind and name.
        rows: how many rows each table has and what is in them, by its name.
        major: the server's version.
    """

    definitions: Mapping[str, Mapping[str, str]]
    rows: Mapping[str, TableRows]
    major: int

    def differences(self, other: State) -> list[str]:
        """What differs, a line each; columns are compared by name, whatever their order.

        Args:
            other: the database at another moment.
        """
        majors = (self.major, other.major)
        found = compare_definitions(self.definitions, other.definitions, majors=majors)
        changed = [
            f"rows {name}"
            for name in sorted({*self.rows, *other.rows})
            if self.rows.get(name) != other.rows.get(name)
        ]
        return [*(_line(one) for one in found if one.kind != "column order"), *changed]


def read_state(database: Database, *, connections: int = 1) -> State:
    """What a database holds now, but for the journal and the quarantine.

    Args:
        database: read-only.
        connections: used at the same time, for the rows.

    Raises:
        DatabaseError: it can't be read.
    """
    with database.transaction() as connection:
        definitions = {
            kind: {name: text for name, text in texts.items() if not _ours(kind, name)}
            for kind, texts in read_definitions(connection).items()
        }
        tables = [one for one in list_tables(connection).counted if one.schema != SCHEMA]
        major = int(fetch(connection, MAJOR)[0]["major"])
    rows = fingerprint_tables(database, tables, connections=connections)
    return State(definitions, rows, major)


def _ours(kind: str, name: str) -> bool:
    return name == (SCHEMA if kind == "schema" else f"schema {SCHEMA}") or bool(INSIDE.search(name))


def _line(one: Difference) -> str:
    if one.before is None:
        return f"{one.kind} {one.name} is new"
    if one.after is None:
        return f"{one.kind} {one.name} is gone"
    return f"{one.kind} {one.name} was {one.before} and is {one.after}"
