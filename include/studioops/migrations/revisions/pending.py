"""A history in order, and what of it a database has not had yet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from psycopg.sql import SQL, Identifier

from studioops.errors import Refused, UsageError
from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.run_revision import RunRevision
from studioops.migrations.operations.step import Session
from studioops.migrations.revisions.borrowed import borrowed
from studioops.migrations.revisions.environment import run_env
from studioops.migrations.revisions.revision_file import Revision
from studioops.migrations.revisions.script import Script, opened
from studioops.migrations.revisions.versions import read_heads

PROBE = Identifier("studioops_probe")
WHERE = (
    "SELECT coalesce(%(schema)s, (SELECT n.nspname FROM pg_catalog.pg_class AS c "
    "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
    "WHERE c.oid = to_regclass(quote_ident(%(name)s))), current_schema()) AS schema"
)


def history(ini: str) -> tuple[Revision, ...]:
    """All revisions of a history, each after those that it builds on.

    Args:
        ini: the path of its ``alembic.ini``.

    Raises:
        UsageError: it can't be read.
        RevisionFailed: a revision's file says what it can't.
    """
    with opened(ini) as script:
        return script.revisions()


def types_said(ini: str) -> dict[tuple[TableName, str], str]:
    """The types that columns are to have, as the revisions say; a later one counts.

    Args:
        ini: the path of its ``alembic.ini``.

    Raises:
        UsageError: it can't be read.
        RevisionFailed: a revision's file says what it can't.
    """
    return {place: kind for one in history(ini) for place, kind in one.types.items()}


def forward_only(ini: str, name: str) -> str:
    """Why there is no way back from a revision, as far as reading tells; empty where there seems
    to be one. The rest is found by the rehearsal.

    Args:
        ini: the path of its ``alembic.ini``.
        name: of the revision.

    Raises:
        UsageError: it can't be read, or has no such revision.
    """
    with opened(ini) as script:
        return script.revision(name).forward_only


def pending(session: Session, ini: str, *, head: str = "") -> tuple[RunRevision, ...]:
    """The revisions that a database has not had yet, in the order in which they are run.

    Args:
        session: in a transaction; env.py is asked where it keeps the version, and nothing that it
            does meanwhile is kept.
        ini: the path of its ``alembic.ini``.
        head: the revision to reach; the only head where it is not named.

    Raises:
        UsageError: the history can't be read, has several heads, or no such revision.
        Refused: the database is at a revision that the history does not know.
        RevisionFailed: env.py raised.
    """
    with opened(ini) as script:
        table = version_table(session, script)
        current = read_heads(session, table)
        unknown = [one for one in current if not script.has(one)]
        if unknown:
            raise Refused(
                f"the database is at the revision {', '.join(unknown)}, which {ini} does not know",
                "bring the history up to date, or name the one that this database belongs to",
            )
        goal = _goal(script, head)
        had = script.under(current)
        wanted = script.under((goal,)) | _needed(script, goal) if goal else set()
        return tuple(
            _operation(one, ini, table)
            for one in script.revisions()
            if one.name in wanted and one.name not in had
        )


def version_table(session: Session, script: Script) -> TableName:
    """Where env.py keeps the version.

    Args:
        session: in a transaction.
        script: the history.

    Raises:
        RevisionFailed: env.py raised.
    """
    found: list[tuple[str, str | None]] = []

    def look(context: MigrationContext, _: Mapping[str, Any]) -> None:
        found.append((context.version_table, context.version_table_schema))

    session.execute(SQL("SAVEPOINT {}").format(PROBE))
    with borrowed(session, script.ini, shared=True) as on:
        run_env(script, on, look, script.ini)
        name, schema = found[0]
        row = on.connection.exec_driver_sql(WHERE, {"name": name, "schema": schema}).one()
    session.execute(SQL("ROLLBACK TO SAVEPOINT {}").format(PROBE))
    session.execute(SQL("RELEASE SAVEPOINT {}").format(PROBE))
    if row[0] is None:
        raise Refused(
            f"{script.ini}: no schema is there for {name}: the role's search path is empty",
            "set version_table_schema in env.py, or the role's search_path",
        )
    return TableName(row[0], name)


def _goal(script: Script, head: str) -> str:
    if head:
        return script.revision(head).name
    heads = script.heads
    if len(heads) > 1:
        raise UsageError(
            f"{script.ini} has {len(heads)} heads: {', '.join(sorted(heads))}; name one",
            "name the revision to reach, or merge them: alembic merge heads",
        )
    return heads[0] if heads else ""


def _needed(script: Script, goal: str) -> set[str]:
    """What the goal and those under it need from other branches, and whatever is under that."""
    done, left = set[str](), [goal]
    while left:
        for name in script.under((left.pop(),)) - done:
            done.add(name)
            left += [one for one in script.revision(name).needs if one not in done]
    return done


def _operation(one: Revision, ini: str, table: TableName) -> RunRevision:
    return RunRevision(
        revision=one.name,
        down_revision=one.down,
        # The journal keeps it, and whoever goes on may do so from another directory.
        script=str(Path(ini).absolute()),
        sha256=one.sha256,
        version_table=table,
        outside=one.outside,
        lock=one.lock.value,
    )
