"""A revision as SQL, without a database: what `alembic upgrade A:B --sql` would write of it."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from typing import Any

from alembic.runtime.migration import MigrationContext

from studioops.migrations.revisions.environment import run_env
from studioops.migrations.revisions.revision_file import Revision
from studioops.migrations.revisions.script import Script


def rendered(script: Script, revision: Revision) -> str:
    """The SQL of a revision's upgrade alone, without Alembic's own lines about versions.

    Args:
        script: its history.
        revision: to be written.

    Raises:
        RevisionFailed: it can't be written without a database, as where it reads rows.
    """
    out, module = StringIO(), script.directory.get_revision(revision.name).module

    def work(context: MigrationContext, arguments: Mapping[str, Any]) -> None:
        with context.begin_transaction(_per_migration=True):
            module.upgrade(**arguments)

    script.config.output_buffer = out
    who = f"the revision {revision.name} can't be written as SQL"
    run_env(script, None, work, who, as_sql=True, output_buffer=out)
    return out.getvalue()
