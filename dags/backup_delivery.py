"""### Does a backup wait on this host's disk for the object store?

Every quarter of an hour: brings the backups that were spooled while the object store was away to
it, each exactly once, and removes them from the spool. Each that arrived makes a drill due. With
nothing to deliver it does nothing.

| task | what it does |
|---|---|
| `waiting` | looks into the spool; where it is empty the run ends here, well |
| `deliver` | moves each whole backup, its manifest last; the next run tries again what it can't |
| `ledger` | writes the report into the database of evidence |
| `verdict` | **fails the run where a backup could not be delivered** |

A spool belongs to the host that wrote it: with workers on several hosts, run this DAG's `deliver`
on each (the report on a spooled backup names its host).
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import dag

from studioops.orchestration import backup_wiring, wiring
from studioops.orchestration.defaults import dag_defaults
from studioops.orchestration.verdict import VerdictOperator


@dag(
    schedule=timedelta(minutes=15),
    doc_md=__doc__,
    **dag_defaults(due=timedelta(hours=6)),
)
def backup_delivery() -> None:
    """Wire the tasks."""
    delivered = backup_wiring.deliver()
    backup_wiring.waiting() >> delivered
    VerdictOperator(task_id="verdict", recorded=wiring.ledger([delivered]))


backup_delivery()
