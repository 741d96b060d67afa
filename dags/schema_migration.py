"""### Bring a database to its contract, with a way back

Triggered, never scheduled. Plans what the target lacks, rehearses it on a fresh and proven backup
(there, back, and there again), asks, applies it, and looks again. **Whatever fails after the first
change is taken back**: then the run is failed, and its report begins with *rolled back, database as
before*.

| task | what it does |
|---|---|
| `plan` | the difference between contract and database, as operations in order |
| `preflight` | rights for the way there and back, room, replicas, long transactions |
| `take` | takes a backup to go back to, should everything else fail |
| `backup` | tells what became of it |
| `drill.choose` | reads its manifest |
| `drill.scratch` | makes a scratch database |
| `drill.restore` | restores the backup into it |
| `drill.faithful` | does the copy equal what the manifest says of the original? |
| `drill.sound` | does the copy keep every reference? Before a repair it may not |
| `drill.drop` | drops the scratch database, whatever happened |
| `drill.verdicts` | both verdicts; the proof is kept beside the backup |
| `rehearsal.choose` | the backup that it is rehearsed on, if the target is still like it |
| `rehearsal.scratch` | makes a scratch database |
| `rehearsal.walk` | restores; applies the plan, takes it back, compares, applies it again |
| `rehearsal.drop` | drops the scratch database, whatever happened |
| `rehearsal.told` | the rehearsal's report |
| `prove` | writes these into the ledger, where the gates ask for them |
| `go_on` | ends a run whose rehearsal was not green, and a dry run |
| `approve` | shows the plan and waits for somebody to agree: *Required Actions* of the run |
| `expand` | applies what only adds; the gates are asked here |
| `clean` | takes orphans out, and keeps them |
| `protect` | converts types, builds indexes, adds and replaces foreign keys |
| `validate` | what can only be said of all rows |
| `contract` | drops what is not needed any more; here the migration is finished |
| `verify` | scans the target with its contract |
| `rollback` | only where one of these failed: walks the journal backwards |
| `outcome` | tells what became of it |
| `ledger` | writes the reports into the database of evidence |
| `verdict` | **fails the run unless the change was applied and everything holds** |

**Parameters** `target`; `dry_run`: end after the rehearsal; `approve`: whether somebody is asked
(always in production); `waive`: why nobody waits for the gates, outside production.

**When `rollback` is red** the database stands in between: its log says what to type. Until the
journal of the target is finished, it refuses every other migration.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import Param, dag

from studioops.orchestration import backup_wiring, migration_wiring, wiring
from studioops.orchestration.defaults import approve_param, dag_defaults, target_param
from studioops.orchestration.verdict import VerdictOperator

TARGET = "{{ params.target }}"
PARAMS = {
    "target": target_param(),
    "dry_run": Param(default=False, type="boolean", title="Dry run"),
    "approve": approve_param(),
    "waive": Param(default="", type="string", title="Why the gates are waived"),
}


@dag(
    schedule=None,
    doc_md=__doc__,
    params=PARAMS,
    **dag_defaults(due=timedelta(hours=12), timeout=timedelta(hours=48)),
)
def schema_migration() -> None:
    """Wire the tasks."""
    planned = migration_wiring.plan(TARGET)
    looked = migration_wiring.preflight(TARGET, planned)
    taken = backup_wiring.take_for_drill(TARGET, None)
    backup = backup_wiring.backup(TARGET)
    looked >> taken >> backup
    drill = backup_wiring.drill(TARGET, backup)
    told, _ = migration_wiring.change(
        TARGET,
        planned,
        drill,
        [backup, drill],
        approve="{{ params.approve }}",
        dry_run="{{ params.dry_run }}",
        waived="{{ params.waive }}",
    )
    VerdictOperator(task_id="verdict", recorded=wiring.ledger(told))


schema_migration()
