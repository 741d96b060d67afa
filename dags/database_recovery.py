"""### Bring a database back from a proven backup

Triggered, never scheduled. Restores the newest backup that was proven faithful beside the target,
proves the copy, and swaps it in by rename. **The old database is kept**: the report tells the way
back, and how to drop it when you are sure.

| task | what it does |
|---|---|
| `plan` | chooses the backup, looks whether every right is there, estimates what would be lost |
| `approve` | shows the plan and waits for somebody to agree: *Required Actions* of the run |
| `recover` | restores beside, proves, ends the sessions, renames both in one transaction |
| `outcome` | tells what became of it |
| `ledger` | writes the reports into the database of evidence |
| `verdict` | **fails the run unless the database was recovered** |

**Lost is everything that was committed after the backup**: the plan says since when, and about how
much. Until the swap nobody notices; then nobody can connect for a second or two, and sessions are
ended.

**Parameters** `target`, and `backup`: a backup's id, or nothing for the newest proven one. One that
was never proven is refused: trigger `restore_drill` for it first.

**When `recover` is red**, its log says whether anything was changed and what to type. It is never
tried again by itself: a second recovery would lose what was written since the first.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import dag

from studioops.orchestration import recovery_wiring, wiring
from studioops.orchestration.defaults import backup_param, dag_defaults, target_param
from studioops.orchestration.verdict import VerdictOperator

TARGET = "{{ params.target }}"


@dag(
    schedule=None,
    doc_md=__doc__,
    params={"target": target_param(), "backup": backup_param("the newest that was proven")},
    **dag_defaults(due=timedelta(hours=12), timeout=timedelta(hours=48)),
)
def database_recovery() -> None:
    """Wire the tasks."""
    planned = recovery_wiring.plan(TARGET, "{{ params.backup }}")
    approve = ApprovalOperator(
        task_id="approve",
        subject="Recover {{ params.target }}?",
        body="{{ ti.xcom_pull(task_ids='plan')['lines'] }}",
        execution_timeout=None,
        response_timeout=timedelta(hours=24),
    )
    recovered = recovery_wiring.recover(TARGET, planned)
    told = recovery_wiring.outcome(TARGET)
    planned >> approve >> recovered >> told
    VerdictOperator(task_id="verdict", recorded=wiring.ledger(told))


database_recovery()
