"""### Does the database keep its contract, today as yesterday?

Every night, and whenever it is triggered: waits until the database answers, then looks at
everything that its contract asks for and tells what has changed since the last look. Nothing is
changed.

| task | what it does |
|---|---|
| `database` | waits until the database answers, without holding a slot |
| `plan` | shares the relationships out over batches; a huge table in ranges of its key |
| `scan` | looks at each batch; a retry goes on where the connection was lost |
| `objects` | holds columns that name stored objects against their buckets, both ways |
| `expectations` | holds rows against the contract's expectations, and publishes *Data Docs* |
| `catalogue` | puts the questions of the catalogue of checks |
| `report` | merges all of it and sets it beside the last run: new, persisting, mended |
| `ledger` | writes the reports into the database of evidence |
| `faults` | makes an event of the asset `studioops_integrity_faults` where there are any |
| `verdict` | **fails the run unless everything is passed**; *Details* link report and docs |

**A failed run is news, not an accident**: when only `verdict` is red, everything was looked at, and
the report says what is wrong and how to mend it. Any other red task means that something could not
be looked at; the report says what and why.

**Parameter** `target`: a database under care, by the name of its Airflow connection (type
Postgres). The settings name its contract (`STUDIOOPS_TARGETS__NAME__CONTRACT`), how long to wait
for it (`STUDIOOPS_DATABASE_WAIT`, seconds) and from how many rows on a table is looked at in ranges
(`STUDIOOPS_SCAN_RANGE_ROWS`).

**When `database` is red**, it did not answer in all that time, or refused the password: its log
says which. Mend that and trigger the DAG again.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import dag

from studioops.orchestration import wiring
from studioops.orchestration.defaults import at, dag_defaults, target_param
from studioops.orchestration.waiting import DatabaseSensor

TARGET = "{{ params.target }}"
NIGHTLY = "17 2 * * *"


@dag(
    schedule=at(NIGHTLY),
    doc_md=__doc__,
    params={"target": target_param()},
    **dag_defaults(due=timedelta(hours=5)),
)
def integrity_validation() -> None:
    """Wire the tasks."""
    database = DatabaseSensor(task_id="database", target=TARGET)
    reports = wiring.look_at_integrity(TARGET, after=database)
    wiring.conclude(TARGET, reports)


integrity_validation()
