"""All that a database holds but our own schema, to tell whether a way back reached its start."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection

from studioops.migrations.journal.journal import SCHEMA
from studioops.postgres import Database, fetch, load_sql
from studioops.postgres.definitions import Difference, compare_definitions, read_definitions
from studioops.postgres.fingerprint import TableRows, fingerprint_tables, list_tables

# A name begins with its schema, or with what it is and then its schema: "table studioops.runs".
INSIDE = re.compile(rf"(?:^|\s){SCHEMA}\.")
ROLE = "role"
DIGEST = 16
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
        definitions = read_schema(connection)
        tables = [one for one in list_tables(connection).counted if one.schema != SCHEMA]
        major = int(fetch(connection, MAJOR)[0]["major"])
    rows = fingerprint_tables(database, tables, connections=connections)
    return State(definitions, rows, major)


def read_schema(connection: Connection) -> dict[str, dict[str, str]]:
    """Every definition of a database but those of the journal and the quarantine.

    Args:
        connection: in a transaction.

    Returns:
        texts by kind and name.
    """
    found = without_ours(read_definitions(connection))
    # Whoever migrates owns the journal, and is no news to a database where he owns nothing else.
    named = {row["name"] for row in fetch(connection, load_sql(__package__, "roles"))}
    return {**found, ROLE: {name: one for name, one in found[ROLE].items() if name in named}}


def without_ours(definitions: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Definitions without those of the journal and the quarantine.

    Args:
        definitions: by kind and name.
    """
    return {
        kind: {name: text for name, text in texts.items() if not _ours(kind, name)}
        for kind, texts in definitions.items()
    }


def digests(definitions: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """What each definition is, by kind and name, in few bytes.

    Args:
        definitions: as :func:`read_schema` hands back.
    """
    return {
        f"{kind} {name}": sha256(text.encode()).hexdigest()[:DIGEST]
        for kind, texts in definitions.items()
        if kind != "column order"
        for name, text in texts.items()
    }


def fingerprint_of(found: Mapping[str, str]) -> str:
    """What a whole schema is.

    Args:
        found: as :func:`digests` hands back.
    """
    return sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """What differs between two schemas that only their digests are known of.

    Args:
        before: the digests of one.
        after: of the other.
    """
    names = sorted({*before, *after})
    return [
        _digest_line(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]


def _digest_line(name: str, before: str | None, after: str | None) -> str:
    if before is None:
        return f"{name} is new"
    return f"{name} is gone" if after is None else f"{name} is another one"


def _ours(kind: str, name: str) -> bool:
    return name == (SCHEMA if kind == "schema" else f"schema {SCHEMA}") or bool(INSIDE.search(name))


def _line(one: Difference) -> str:
    if one.before is None:
        return f"{one.kind} {one.name} is new"
    if one.after is None:
        return f"{one.kind} {one.name} is gone"
    return f"{one.kind} {one.name} was {one.before} and is {one.after}"
