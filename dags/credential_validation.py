"""### Do our credentials work, and are they as good as they should be?

Every Monday at 06:00 UTC: looks at every credential at the same time, each within its own limit.

| task | what it does |
|---|---|
| `look` | looks at all credentials, keeps since when each is known, writes the report down |
| `verdict` | **fails the run unless every credential that is set is well** |

**Asked of each**: does it work, what may it do, is that more than it needs, when does it expire,
how old is it, is it weak or a known default. They are the roles of the database, the ledger and the
drill server, the keys of the object store, OpenAI and Trello, the application's JWT secret, and
Airflow's own secrets.

**Told as**: *refused* (critical for what is required); *expires* from 30 days ahead, an error on
the last day, critical afterwards; *weak* (an error); *powerful*, *exposed* and *old* (warnings,
which fail no run). A credential that nobody has set is neither well nor ill; one that could not be
looked at, since its service is away, is not_checked, and the run is not green.

**Ages** are known by fingerprints that are made with a key of their own: the connection
`studioops_fingerprint` (password), or else `STUDIOOPS_FINGERPRINT_KEY`. Without it no age is known,
and the report says so. After `STUDIOOPS_CREDENTIAL_DAYS` a credential should be renewed. No secret
is in the ledger, in XCom, in a log or on a page.

**The object store's key** puts one object below `studioops-canary/` in the evidence bucket, reads
it and removes it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import dag, task

from studioops.orchestration.defaults import at, dag_defaults
from studioops.orchestration.verdict import VerdictOperator

WEEKLY = "0 6 * * 1"


@task(execution_timeout=timedelta(minutes=5))
def look() -> dict[str, Any]:
    """Look at every credential."""
    from studioops.orchestration import credentials_step

    return dict(credentials_step.look_and_judge())


@dag(
    schedule=at(WEEKLY),
    doc_md=__doc__,
    **dag_defaults(due=timedelta(minutes=15), timeout=timedelta(minutes=30)),
)
def credential_validation() -> None:
    """Wire the tasks."""
    VerdictOperator(task_id="verdict", recorded=look(), recorded_by="look")


credential_validation()
