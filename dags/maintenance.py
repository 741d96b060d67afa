"""### Is there a backup that can be restored, and is every reference whole?

Looks at one target and says what is known of it. **With `repair` it brings the target to its
contract**, rehearsed on the backup that it has just proven, and with a way back; then it looks
again. Without, nothing is changed.

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
| `repair_wanted` | skips what follows, up to `ledger`, where nothing is to be changed |
| `repair.plan` `.preflight` | as in the DAG `schema_migration`: what is lacking, what that needs |
| `repair.rehearsal.choose` `.scratch` `.walk` `.drop` `.told` | there, back, and there again |
| `repair.prove` `.go_on` `.approve` | writes down what was before; asks, unless it need not |
| `repair.expand` `.clean` `.protect` `.validate` `.contract` | applies it, stage by stage |
| `repair.verify` `.rollback` `.outcome` | looks; goes back if anything failed; tells which |
| `repaired` | skips what follows, up to `ledger`, where nothing was changed |
| `again.take` `.backup` | the look once more, the last word on the target: a new backup, |
| `again.drill.choose` `.scratch` `.restore` `.faithful` `.sound` `.drop` `.verdicts` | its drill, |
| `again.plan` `.scan` `.objects` `.expectations` `.catalogue` `.report` | and all the rest |
| `ledger` | writes the reports into the database of evidence |
| `faults` | makes an event of the asset `studioops_integrity_faults` where there are any |
| `verdict` | **fails the run unless everything is passed**; opens the report: *Details*, *Report* |

**A failed run is news, not an accident.** Tasks that find faults succeed. When only `verdict` is
red, everything was looked at and the report says what is wrong and how to mend it. When `scan` is
red too, part of the database could not be looked at; the report says which part and why. When a
task of `repair` is red, the report begins with what became of the change: *rolled back, database as
before*, or what to type. A green run means: every relationship was looked at, and every one is
whole. The tab *Report* of a run shows its report, too.

**Parameters** `target`: a database under care, by the name of its Airflow connection (type
Postgres); the settings declare its contract (`STUDIOOPS_TARGETS__NAME__CONTRACT`), and without one
the catalog alone is judged. `repair`: whether it is brought to its contract. `approve`: whether
somebody is asked first, in *Required Actions* of the run (always in production).

**When the database does not answer**, `scan` is skipped, the report is *not checked* with what the
server said, and the run fails within a minute. Mend the connection and trigger the DAG again.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import Param, dag

from studioops.orchestration import maintenance_wiring, wiring
from studioops.orchestration.defaults import approve_param, dag_defaults, target_param

TARGET = "{{ params.target }}"
WANTED, APPROVE = "{{ params.repair }}", "{{ params.approve }}"
PARAMS = {
    "target": target_param(),
    "repair": Param(default=False, type="boolean", title="Bring it to its contract"),
    "approve": approve_param(),
}


@dag(
    schedule=None,
    doc_md=__doc__,
    params=PARAMS,
    **dag_defaults(timeout=timedelta(hours=48)),
)
def maintenance() -> None:
    """Wire the tasks."""
    services = wiring.connectivity(TARGET)
    found = maintenance_wiring.look(TARGET, services)
    told, holds = maintenance_wiring.repair(TARGET, found, wanted=WANTED, approve=APPROVE)
    again = maintenance_wiring.look_again(TARGET, told, holds)
    wiring.conclude(TARGET, found, told, again)


maintenance()
