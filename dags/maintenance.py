"""### Is every reference of a database whole?

Looks at one target and says what is known of it. Nothing is changed.

| task | what it does |
|---|---|
| `connectivity` | asks the target's database and the object store a real question each |
| `plan` | reads the catalog and the contract and shares the relationships out over batches |
| `scan` | looks at every relationship: constraint, actions, types, index, broken references |
| `report` | merges the batches; what no batch brought is *not checked*, with the reason |
| `ledger` | writes both reports into the database of evidence |
| `verdict` | **fails the run unless everything is passed**; opens the report: *Details*, *Report* |

**A failed run is news, not an accident.** Tasks that find faults succeed. When only `verdict` is
red, everything was looked at and the report says what is wrong and how to mend it. When `scan` is
red too, part of the database could not be looked at; the report says which part and why. A green
run means: every relationship was looked at, and every one is whole. The tab *Report* of a run
shows its report, too.

**Parameter** `target`: a database under care. It is the name of an Airflow connection (type
Postgres); its contract is declared in the settings (`STUDIOOPS_TARGETS__NAME__CONTRACT`). Without a
contract the catalog alone is judged.

**When the database does not answer**, `scan` is skipped, the report is *not checked* with what the
server said, and the run fails within a minute. Mend the connection and trigger the DAG again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import Param, TriggerRule, dag, task

from studioops.orchestration.defaults import dag_defaults
from studioops.orchestration.verdict import VerdictOperator

TARGET = "{{ params.target }}"


@dag(
    schedule=None,
    doc_md=__doc__,
    params={
        "target": Param(
            "studioops",
            type="string",
            pattern=r"^[A-Za-z0-9_.\-]{1,200}$",
            title="Target",
            description="The database to look at: the name of its Airflow connection",
        )
    },
    **dag_defaults(),
)
def maintenance() -> None:
    """Wire the tasks."""

    @task
    def connectivity(target: str) -> dict[str, Any]:
        from studioops.orchestration import maintenance as steps

        return steps.look_at_services(target)

    @task
    def plan(target: str, services: Any) -> list[list[str]]:
        from studioops.orchestration import maintenance as steps

        return steps.plan_batches(target, services)

    @task(execution_timeout=timedelta(hours=4))
    def scan(target: str, keys: list[str]) -> dict[str, Any]:
        from studioops.orchestration import maintenance as steps

        return steps.scan_batch(target, keys)

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def report(target: str, services: Any, planned: Any) -> list[dict[str, Any]]:
        from studioops.orchestration import maintenance as steps

        return steps.reports(target, services, planned)

    @task
    def ledger(reports: Any) -> dict[str, Any]:
        from studioops.orchestration import recording

        return dict(recording.record(reports))

    services = connectivity(TARGET)
    planned = plan(TARGET, services)
    scanned = scan.partial(target=TARGET).expand(keys=planned)
    whole = report(TARGET, services, planned)
    scanned >> whole
    VerdictOperator(task_id="verdict", recorded=ledger(whole))


maintenance()
