"""### Can the backup be restored, and is what comes back whole?

Whenever a backup was taken, once a week for an older one at random, and whenever it is triggered:
restores a backup into a scratch database, judges the copy twice, and drops it.

| task | what it does |
|---|---|
| `drill.choose` | the backup that made the run due, or the one of the parameter |
| `drill.scratch` | makes the scratch database; what killed runs left goes first |
| `drill.restore` | fetches, decrypts and restores; every message of pg_restore is read |
| `drill.faithful` | does the copy equal what the manifest says of the original? |
| `drill.sound` | does every reference hold, every index, sequence, view, policy? |
| `drill.drop` | drops the scratch database, whatever happened |
| `drill.verdicts` | both verdicts; the proof is kept beside the backup |
| `ledger` | writes the report into the database of evidence |
| `verdict` | **fails the run unless the copy is faithful and sound** |

**Faithful and not sound** means: the backup is good, and so were the faults in the original. A
recovery from it would bring back what there was. **Not faithful** means: do not count on it.

**Parameters** `target`, and `backup`: a backup's id, or nothing for the newest. The copy is made on
the target's own server, or on the one of the connection `TARGET_drill`. A role that is no superuser
can't run amcheck: that part is *not checked* then.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import AssetOrTimeSchedule, dag

from studioops.orchestration import backup_wiring, wiring
from studioops.orchestration.backup_assets import BACKUPS
from studioops.orchestration.defaults import at, backup_param, dag_defaults, target_param
from studioops.orchestration.verdict import VerdictOperator

WEEKLY = "40 5 * * 0"


@dag(
    schedule=AssetOrTimeSchedule(timetable=at(WEEKLY), assets=[BACKUPS]),
    doc_md=__doc__,
    params={"target": target_param(), "backup": backup_param("the newest")},
    **dag_defaults(due=timedelta(hours=6), timeout=timedelta(hours=24)),
)
def restore_drill() -> None:
    """Wire the tasks."""
    told = backup_wiring.drill("{{ params.target }}", "{{ params.backup }}")
    recorded = wiring.ledger([told])
    VerdictOperator(task_id="verdict", recorded=recorded)


restore_drill()
