"""### Is there a backup from which everything could be brought back?

Every day, and whenever it is triggered: takes a backup of a target and sends it, encrypted, to the
object store. Nothing in the target is changed.

| task | what it does |
|---|---|
| `database` | waits until the database answers, without holding a slot |
| `store` | waits for the object store; after a while the backup goes to this host's spool |
| `take` | pg_dump and a fingerprint of every table on one snapshot, encrypted on the way |
| `backup` | tells what became of it; what was not taken is *not checked*, with the reason |
| `prune` | removes the backups that are not kept any more, never the newest proven one |
| `ledger` | writes the reports into the database of evidence |
| `verdict` | **fails the run unless a backup is in the object store and `prune` could decide** |

A backup is proven by the DAG `restore_drill`, which each new one makes due.

**Settings**: `STUDIOOPS_BACKUP_SCHEDULE` (cron, UTC), `STUDIOOPS_BACKUP_JOBS`,
`STUDIOOPS_BACKUP_KEEP_DAILY`, `…_WEEKLY`, `…_MONTHLY`, `STUDIOOPS_STORE_WAIT` (seconds). The keys
stand in the connection `studioops_backup_keys`: **keep a copy elsewhere; without the key no backup
can be read.**

**When `take` is red**, its log and the report say why, and nothing of it is listed: mend that and
trigger the DAG again. **When `verdict` alone is red** and the report says *spooled*, the object
store was away: the DAG `backup_delivery` brings the backup there once it answers.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import dag

from studioops.orchestration import backup_wiring, wiring
from studioops.orchestration.defaults import at, dag_defaults, target_param
from studioops.orchestration.verdict import VerdictOperator
from studioops.orchestration.waiting import DatabaseSensor, StoreSensor
from studioops.settings import load_settings

TARGET = "{{ params.target }}"


@dag(
    schedule=at(load_settings().backup_schedule),
    doc_md=__doc__,
    params={"target": target_param()},
    **dag_defaults(due=timedelta(hours=6), timeout=timedelta(hours=24)),
)
def backup() -> None:
    """Wire the tasks."""
    database = DatabaseSensor(task_id="database", target=TARGET)
    store = StoreSensor(task_id="store")
    taken = backup_wiring.take(TARGET, store.output)
    told = backup_wiring.backup(TARGET)
    removed = backup_wiring.prune(TARGET, told)
    database >> taken >> told
    VerdictOperator(task_id="verdict", recorded=wiring.ledger([removed, told]))


backup()
