"""What a recovery needs, looked at before anything is done; each missing right is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from psycopg import Error
from psycopg.sql import SQL

from studioops.backups.recovery.names import quoted
from studioops.backups.recovery.needs import Needs
from studioops.backups.recovery.properties import Properties, Step, carrying
from studioops.backups.recovery.server import execute
from studioops.backups.recovery.sessions import Session, named, read_sessions
from studioops.backups.seen import Seen, fault
from studioops.errors import Refused
from studioops.model import Finding, Severity
from studioops.postgres import Database, fetch, load_sql

SET_SINCE = 16
PUBLIC_OWNED_SINCE = 15
HALF_DROPPED = -2
WHY = "without it the recovery would stop half-way, or bring back less than there was"
REFUSING = {
    "prepared transaction": "COMMIT PREPARED or ROLLBACK PREPARED {} in {}",
    "logical replication slot": "SELECT pg_drop_replication_slot({}), and let its reader copy {} "
    "anew afterwards",
    "enabled subscription": "ALTER SUBSCRIPTION {} DISABLE in {}",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose rights are looked at, and for what.

    Args:
        database: the target's, by name.
        needs: of the backup.
        properties: of the target; None where there is none of that name.
    """

    database: str
    needs: Needs
    properties: Properties | None


def look_at_rights(server: Database, asked: Asked) -> Seen:
    """Everything that a recovery needs of the server, each a subject of its own.

    Args:
        server: from :func:`~studioops.backups.recovery.server.maintenance`.
        asked: what for.
    """
    with server.transaction(isolation="READ COMMITTED") as connection:
        role = fetch(connection, load_sql(__package__, "role"), {"database": asked.database})[0]
        word = "SET" if role["major"] >= SET_SINCE else "MEMBER"
        owners = {*asked.needs.roles, *([asked.properties.owner] if asked.properties else [])}
        values = {"names": sorted(owners | asked.needs.named), "word": word}
        roles = fetch(connection, load_sql(__package__, "roles"), values)
        names = {"names": sorted(asked.needs.extensions)}
        extensions = fetch(connection, load_sql(__package__, "extensions"), names)
        bound = fetch(connection, load_sql(__package__, "bound"), {"database": asked.database})
    parts = {
        "right to make and rename databases": _own(role, asked),
        "roles of the backup": _roles(role, roles, owners),
        "extensions of the backup": _extensions(role, extensions),
        "schema public": _public(role, asked.needs),
        "what is bound to the database": _bound(bound, asked.database),
        "sessions": _sessions(read_sessions(server, asked.database), asked.database),
        "what is carried over": _carried(server, asked),
        "disk": [_disk(role, asked.needs)],
    }
    return Seen.together(Seen.of(name, found) for name, found in parts.items())


def require_rights(seen: Seen) -> None:
    """Refuse where something is missing, all of it in one line.

    Args:
        seen: from :func:`look_at_rights`.

    Raises:
        Refused: a right is missing.
    """
    missing = [one for one in seen.findings if one.severity.fails]
    if missing:
        raise Refused(
            "; ".join(one.message for one in missing),
            "; ".join(dict.fromkeys(one.repair for one in missing)),
        )


def _half_dropped(asked: Asked) -> bool:
    """A DROP DATABASE that was interrupted leaves this limit, and PostgreSQL refuses the rest."""
    return asked.properties is not None and asked.properties.connection_limit == HALF_DROPPED


def _own(role: dict[str, Any], asked: Asked) -> Iterator[Finding]:
    name = role["role"]
    if _half_dropped(asked):
        yield _missing(
            asked.database,
            f"{asked.database} was half dropped by somebody: nothing can be done with it",
            f"DROP DATABASE {quoted(asked.database)}, then run this again",
        )
    if role["standby"]:
        yield _missing(
            asked.database,
            "the server is a standby: nothing can be restored into it",
            "give the primary's URL, or promote this server first (SELECT pg_promote())",
        )
    if not (role["createdb"] or role["is_super"]):
        message = f"{name} has no CREATEDB, which making and renaming databases takes"
        yield _missing(name, message, f"ALTER ROLE {quoted(name)} CREATEDB")
    if role["owner"] is not None and not role["owns"]:
        yield _missing(
            asked.database,
            f"{name} does not own the database {asked.database}, {role['owner']} does",
            f"GRANT {quoted(role['owner'])} TO {quoted(name)}, or run this as {role['owner']}",
        )


def _roles(role: dict[str, Any], rows: list[dict[str, Any]], owners: set[str]) -> Iterator[Finding]:
    for row in rows:
        name, does = row["name"], "owns" if row["name"] in owners else "is granted"
        if not row["there"]:
            message = f"the role {name}, which {does} part of the backup, is not on the server"
            yield _missing(name, message, f"CREATE ROLE {quoted(name)}")
        elif name in owners and not row["ours"]:
            grant = f"GRANT {quoted(name)} TO {quoted(role['role'])}"
            yield _missing(
                name,
                f"{role['role']} may not make objects for {name}, which owns part of the backup",
                "run this as a superuser" if row["is_super"] else grant,
            )


def _extensions(role: dict[str, Any], rows: list[dict[str, Any]]) -> Iterator[Finding]:
    for row in rows:
        name = row["name"]
        if not row["there"]:
            message = f"the extension {name} is not installed on the server"
            yield _missing(name, message, f"install the package with {name} on the server")
        elif not (row["anybody"] or role["is_super"]):
            message = f"only a superuser may create the extension {name}"
            yield _missing(name, message, "run this as a superuser")


def _public(role: dict[str, Any], needs: Needs) -> Iterator[Finding]:
    """Up to 14 the schema belongs to the superuser that made the cluster, in every new database."""
    if needs.public_changed and role["major"] < PUBLIC_OWNED_SINCE and not role["is_super"]:
        yield _missing(
            "public",
            f"schema public of the backup has {needs.public_changed}, and up to PostgreSQL 14 only "
            "a superuser can give it that",
            "run this as a superuser",
        )


def _bound(rows: list[dict[str, Any]], database: str) -> Iterator[Finding]:
    for row in rows:
        kind, name = row["kind"], row["name"]
        text = REFUSING.get(kind)
        message = f"the {kind} {name} is bound to {database}"
        if text is not None:
            spelt = quoted(name) if "SUBSCRIPTION" in text else f"'{name}'"
            yield _missing(name, message, text.format(spelt, database))
        else:
            why = "it stays with the old database"
            repair = f"see pg_subscription in {database} when this is done"
            yield Finding("stays_behind", name, Severity.WARNING, message, why, repair)


def _sessions(sessions: list[Session], database: str) -> Iterator[Finding]:
    others = [one for one in sessions if not one.ours_to_end]
    if others:
        yield _missing(
            database,
            f"sessions on {database} that this role may not end: {named(others)}",
            "ask them to leave, or GRANT pg_signal_backend to this role (which ends no superuser)",
        )


def _carried(server: Database, asked: Asked) -> Iterator[Finding]:
    if asked.properties is None or _half_dropped(asked):
        return
    for step, said in rehearse(server, asked.properties, asked.database):
        yield _missing(
            asked.database,
            f"{step.what} of {asked.database} can't be carried over ({said})",
            f"{step.lack}, or run this as a superuser",
        )
    if asked.properties.tablespace != "pg_default":
        yield Finding(
            "tablespace_not_carried",
            asked.database,
            Severity.WARNING,
            f"{asked.database} lies in the tablespace {asked.properties.tablespace}; the recovered "
            "one will lie in the server's default",
            "the disks may be of another size",
            f"ALTER DATABASE {quoted(asked.database)} SET TABLESPACE "
            f"{quoted(asked.properties.tablespace)} when nobody is connected",
        )


class _Undo(Exception):
    """Ends a transaction that shall leave nothing."""


def rehearse(server: Database, properties: Properties, database: str) -> list[tuple[Step, str]]:
    """What can't be put on a database, found by doing it to the present one and undoing it.

    Only the server knows who may set what: it differs by version, parameter and grants.

    Args:
        server: from :func:`~studioops.backups.recovery.server.maintenance`.
        properties: to be carried.
        database: the present one.

    Returns:
        each step that failed, and the server's words.
    """
    failed: list[tuple[Step, str]] = []
    try:
        with server.transaction(isolation="READ COMMITTED") as connection:
            for step in carrying(properties, database):
                execute(connection, SQL("SAVEPOINT step"))
                try:
                    execute(connection, step.statement)
                except Error as error:
                    failed.append((step, error.diag.message_primary or "refused"))
                    execute(connection, SQL("ROLLBACK TO SAVEPOINT step"))
            raise _Undo
    except _Undo:
        return failed


def _disk(role: dict[str, Any], needs: Needs) -> Finding:
    size = role["size"]
    much = f"about {size >> 20} MiB, as the target has" if size else f"over {needs.size >> 20} MiB"
    return Finding(
        "disk_not_seen",
        "disk",
        Severity.WARNING,
        f"the server needs {much}, free beside the target; SQL can't see whether it is",
        "a full disk stops the restore (the target stays as it is)",
        "look with `df` on the server",
    )


def _missing(name: str, message: str, repair: str) -> Finding:
    return fault("missing_right", name, message, WHY, repair)
