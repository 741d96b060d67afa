"""### Is there a backup that can be restored, and is every reference whole?

Looks at one target and says what is known of it. Nothing is changed.

| task | what it does |
|---|---|
| `connectivity` | asks the target's database and the object store a real question each |
| `take` | takes a backup, encrypted, into the object store |
| `backup` | tells what became of it |
| `drill.choose` | reads its manifest |
| `drill.scratch` | makes a scratch database |
| `drill.restore` | restores the backup into it |
| `drill.faithful` | does the copy equal what the manifest says of the original? |
| `drill.sound` | does the copy keep every reference, and the rest? |
| `drill.drop` | drops the scratch database, whatever happened |
| `drill.verdicts` | both verdicts; the proof is kept beside the backup |
| `before_the_scan` | whatever became of the backup, the references are looked at |
| `plan` | reads the catalog and the contract and shares the relationships out over batches |
| `scan` | looks at every relationship: constraint, actions, types, index, broken references |
| `objects` | holds columns that name stored objects against their buckets, both ways |
| `expectations` | holds rows against the contract's expectations, by Great Expectations |
| `catalogue` | puts the questions of the catalogue of checks |
| `report` | merges what these found; what none brought is *not checked*, with the reason |
| `ledger` | writes the reports into the database of evidence |
| `faults` | makes an event of the asset `studioops_integrity_faults` where there are any |
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

from airflow.sdk import dag

from studioops.orchestration import backup_wiring, wiring
from studioops.orchestration.defaults import dag_defaults, target_param

TARGET = "{{ params.target }}"


@dag(
    schedule=None,
    doc_md=__doc__,
    params={"target": target_param()},
    **dag_defaults(),
)
def maintenance() -> None:
    """Wire the tasks."""
    services = wiring.connectivity(TARGET)
    taken = backup_wiring.take_for_drill(TARGET, services)
    backup = backup_wiring.backup(TARGET, services)
    taken >> backup
    drill = backup_wiring.drill(TARGET, backup)
    earlier = {"backup": backup, "drill": drill}
    reports = wiring.look_at_integrity(TARGET, services, earlier=earlier)
    wiring.conclude(TARGET, reports)


maintenance()
