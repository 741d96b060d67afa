"""One revision there or back, on the runner's session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alembic.runtime.migration import MigrationContext, MigrationStep

from studioops.errors import Refused
from studioops.migrations.operations.names import TableName
from studioops.migrations.operations.step import Session
from studioops.migrations.revisions.borrowed import borrowed
from studioops.migrations.revisions.environment import run_env, shared_only
from studioops.migrations.revisions.failed import RevisionFailed
from studioops.migrations.revisions.marks import marking
from studioops.migrations.revisions.revision_file import Revision
from studioops.migrations.revisions.script import Script, opened
from studioops.migrations.revisions.versions import read_heads

LATER_FIRST = "take back first what came after it, as with alembic downgrade"
PUT_BACK = "put the file back as it was, or plan again: studioops migrate plan"


@dataclass(frozen=True, slots=True)
class Planned:
    """A revision as a plan names it.

    Args:
        ini: the path of ``alembic.ini``.
        name: of the revision.
        sha256: of its file's content.
        table: the version table.
    """

    ini: str
    name: str
    sha256: str
    table: TableName


def run_revision(session: Session, planned: Planned, *, up: bool, shared: bool) -> None:
    """Run the upgrade or the downgrade of one revision, and write it into its version table.

    Args:
        session: the runner's.
        planned: the revision.
        up: there, or back.
        shared: whether the session is in a transaction that stays open.

    Raises:
        Refused: the revision is not the one that was planned, or others came after it.
        RevisionFailed: it, or env.py, raised.
        psycopg.Error: where the connection or a lock is the matter.
    """
    name = planned.name
    with opened(planned.ini) as script:
        revision = script.revision(name)
        if revision.sha256 != planned.sha256:
            raise Refused(f"the revision {name} is not the one that was planned", PUT_BACK)
        heads = read_heads(session, planned.table)
        if not up and name not in heads:
            at = ", ".join(heads) or "no revision"
            raise Refused(f"the database is at {at}, and {name} is under it", LATER_FIRST)
        who = f"the revision {name}{'' if up else ', on its way back'}"
        with borrowed(session, who, shared=shared) as on:

            def work(context: MigrationContext, arguments: Mapping[str, Any]) -> None:
                _same_table(context, planned.table)
                if shared:
                    shared_only(context)
                else:
                    marking(context, name, up=up)
                context.run_migrations(**arguments)

            run_env(script, on, work, who, fn=_one(script, revision, up=up))


def _same_table(context: MigrationContext, table: TableName) -> None:
    schema = context.version_table_schema or table.schema
    if TableName(schema, context.version_table) != table:
        there = context.version_table if schema == table.schema else f"the schema {schema}"
        raise RevisionFailed(f"env.py keeps the version in {there}, not in {table}", PUT_BACK)


def _one(script: Script, revision: Revision, *, up: bool) -> Any:
    """What Alembic asks for the steps: this one and no other."""
    make = MigrationStep.upgrade_from_script if up else MigrationStep.downgrade_from_script
    step = make(script.directory.revision_map, script.directory.get_revision(revision.name))
    return lambda _heads, _context: [step]
