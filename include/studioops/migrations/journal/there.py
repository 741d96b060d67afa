"""Whether the journal is there, and whether what bears its name is ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from psycopg.types.json import Jsonb

from studioops.errors import Refused
from studioops.migrations.operations import Session
from studioops.postgres import load_sql

RUNS, STEPS = "migration_runs", "migration_steps"
COLUMNS = {
    RUNS: "id plan_hash plan state owner run_by admitted before started_at ended_at",
    STEPS: "run number name state memo changed_at",
    "quarantine": "batch ordinal kind schema_name table_name columns types values behind conflict",
}
EXPECTED = [{"name": name, "columns": columns.split()} for name, columns in COLUMNS.items()]
AWAY = "move it away: ALTER TABLE studioops.{} SET SCHEMA public;"


def is_there(session: Session) -> bool:
    """Whether there is a journal.

    Args:
        session: in a transaction.

    Raises:
        Refused: a part of it is missing, or something else bears its name.
    """
    rows = session.execute(load_sql(__package__, "there"), {"expected": Jsonb(EXPECTED)})
    found = {row["name"]: row for row in rows}
    for reason in _faults(found):
        raise reason
    return bool(found[RUNS]["there"])


def _faults(found: Mapping[str, Mapping[str, Any]]) -> Iterator[Refused]:
    for name, row in found.items():
        if row["there"] and not row["is_table"]:
            yield Refused(f"studioops.{name} is no table, and not the journal's", AWAY.format(name))
        if row["there"] and row["lacks"]:
            yield Refused(
                f"studioops.{name} is not the journal's: it has no column {row['lacks'][0]}",
                AWAY.format(name),
            )
    if found[RUNS]["there"] != found[STEPS]["there"]:
        gone = STEPS if found[RUNS]["there"] else RUNS
        yield Refused(
            f"a part of the journal is gone: there is no studioops.{gone}, so nobody knows what "
            "was migrated",
            "put it back from a backup, or decide what stands and then: "
            f"ALTER SCHEMA studioops RENAME TO studioops_{gone}_lost;",
        )
