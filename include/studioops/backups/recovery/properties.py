"""What hangs on a database itself and so is in no dump: owner, privileges, settings, limit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from psycopg.sql import SQL, Composed, Identifier, Literal
from sqlalchemy import Connection

from studioops.postgres import fetch, load_sql

# PostgreSQL keeps these as lists of quoted names (GUC_LIST_QUOTE in its source).
LISTS = frozenset(
    (
        "local_preload_libraries",
        "search_path",
        "session_preload_libraries",
        "shared_preload_libraries",
        "temp_tablespaces",
        "unix_socket_directories",
    )
)
LIST_ENTRY = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?:,|$)')
PRIVILEGES = ("CONNECT", "CREATE", "TEMPORARY")


@dataclass(frozen=True, slots=True)
class Grant:
    """One privilege on a database.

    Args:
        role: who has it; None for everybody.
        privilege: its name.
        grantable: whether the role may hand it on.
    """

    role: str | None
    privilege: str
    grantable: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting that holds in a database.

    Args:
        role: for whom; None for everybody.
        name: of the parameter.
        value: as PostgreSQL keeps it.
    """

    role: str | None
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Properties:
    """All that hangs on a database.

    Args:
        owner: its role.
        connection_limit: -1 for none.
        is_template: whether everybody may clone it.
        tablespace: where its files lie by default; not carried.
        grants: every privilege, those that PostgreSQL gives by default included.
        settings: of ALTER DATABASE … SET and ALTER ROLE … IN DATABASE … SET.
    """

    owner: str
    connection_limit: int = -1
    is_template: bool = False
    tablespace: str = "pg_default"
    grants: tuple[Grant, ...] = field(default=())
    settings: tuple[Setting, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Step:
    """One statement that carries something over.

    Args:
        what: it carries, as people call it.
        statement: to run.
        lack: the right that it takes beyond the database's owner's, to be told where it fails.
    """

    what: str
    statement: Composed
    lack: str


def read_properties(connection: Connection, database: str) -> Properties | None:
    """What hangs on a database; None where there is none of that name.

    Args:
        connection: to any database of the server.
        database: its name.
    """
    rows = fetch(connection, load_sql(__package__, "properties"), {"database": database})
    return _properties(rows[0]) if rows else None


def carrying(properties: Properties, onto: str) -> list[Step]:
    """The statements that put it on another database, in the order that works.

    Args:
        properties: of the one.
        onto: the other's name.
    """
    return [*_head(properties, onto), *_granting(properties, onto), *_setting(properties, onto)]


def list_entries(value: str) -> list[str]:
    """The names in a setting that PostgreSQL keeps as a list of quoted names.

    Args:
        value: such as ``"$user", public``.
    """
    found, place = list[str](), 0
    while place < len(value):
        entry = LIST_ENTRY.match(value, place)
        if entry is None or entry.end() == place:
            break
        quoted, plain = entry.groups()
        found.append(plain.strip() if quoted is None else quoted.replace('""', '"'))
        place = entry.end()
    return found


def _properties(row: dict[str, Any]) -> Properties:
    settings = (Setting(role, *entry.split("=", 1)) for role, entry in row["settings"])
    return Properties(
        row["owner"],
        row["connection_limit"],
        row["is_template"],
        row["tablespace"],
        tuple(Grant(*one) for one in row["grants"]),
        tuple(settings),
    )


def _head(properties: Properties, onto: str) -> Iterator[Step]:
    name, owner = Identifier(onto), Identifier(properties.owner)
    yield Step(
        f"the owner {properties.owner}",
        SQL("ALTER DATABASE {} OWNER TO {}").format(name, owner),
        f"be a member of {properties.owner} with SET",
    )
    yield Step(
        f"the connection limit {properties.connection_limit}",
        SQL("ALTER DATABASE {} WITH CONNECTION LIMIT {} IS_TEMPLATE {}").format(
            name, Literal(properties.connection_limit), Literal(properties.is_template)
        ),
        "be the database's owner",
    )
    yield Step(
        "the settings of its own",
        SQL("ALTER DATABASE {} RESET ALL").format(name),
        "be the database's owner",
    )


def _granting(properties: Properties, onto: str) -> Iterator[Step]:
    lack = "be the database's owner"
    for role in (None, properties.owner):
        yield Step(
            f"the privileges of {role or 'everybody'}",
            SQL("REVOKE ALL ON DATABASE {} FROM {}").format(Identifier(onto), _role(role)),
            lack,
        )
    for one in properties.grants:
        if one.privilege not in PRIVILEGES:
            continue
        tail = " WITH GRANT OPTION" if one.grantable and one.role != properties.owner else ""
        yield Step(
            f"{one.privilege} for {one.role or 'everybody'}",
            SQL("GRANT {} ON DATABASE {} TO {}{}").format(
                SQL(one.privilege), Identifier(onto), _role(one.role), SQL(tail)
            ),
            lack,
        )


def _setting(properties: Properties, onto: str) -> Iterator[Step]:
    for one in properties.settings:
        words: Any = [Identifier(onto), Identifier(*one.name.split(".")), _value(one)]
        text, lack = "ALTER DATABASE {} SET {} TO {}", f"be allowed to set {one.name}"
        if one.role is not None:
            text, words = "ALTER ROLE {} IN DATABASE {} SET {} TO {}", [_role(one.role), *words]
            lack = f"have CREATEROLE, and from 16 on ADMIN on {one.role}, to set {one.name} for it"
        what = f"the setting {one.name}" + (f" of {one.role}" if one.role else "")
        yield Step(what, SQL(text).format(*words), lack)


def _value(setting: Setting) -> Composed:
    if setting.name not in LISTS:
        return Composed([Literal(setting.value)])
    entries = list_entries(setting.value) or [""]
    return SQL(", ").join([Literal(one) for one in entries])


def _role(name: str | None) -> SQL | Identifier:
    return SQL("PUBLIC") if name is None else Identifier(name)
