"""``studioops run --once`` as a stranger types it: from 61 orphans to none, with a way back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from studioops.ledger import Ledger, RunRecord, open_ledger
from studioops.local.parts import Parts
from studioops.local.state import local_paths
from studioops.migrations.status import read_runs
from studioops.model import Status
from studioops.postgres import open_database

STUDIOOPS = Path(sys.executable).with_name("studioops")
HEADLINE = "orphans: 61 in 13 relationships (44 malformed, 1 behind a valid constraint)"
PATIENCE_S = 800


def newest(ledger: Ledger, name: str) -> RunRecord:
    return next(one for one in ledger.runs("studioops", limit=50) if one.run.name == name)


@pytest.mark.timeout(900)
def test_the_whole_chain_ends_with_all_thirty_in_place(airflow_stack: Any) -> None:
    done = subprocess.run(
        [STUDIOOPS, "run", "--once"],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    out = done.stdout
    assert done.returncode == 0, out + done.stderr
    assert "\x1b" not in out
    assert airflow_stack.airflow_password not in out
    # Before: what the first look found. After: nothing of it is left.
    assert HEADLINE in out.splitlines()
    assert f"before: {HEADLINE}" in out.splitlines()
    after = out[out.index("rows that went with them") :]
    assert "orphans: 0 in 0 relationships (0 malformed, 0 behind a valid constraint)" in after
    assert "orphans: 60 rows in quarantine, 6 rows that went with them" in out
    assert "verdict: passed, report" in after
    assert f"DAG run (success): {airflow_stack.airflow_url}/dags/maintenance/runs/manual__" in after
    assert "the stack ran before and stays" in after

    settings = Parts(local_paths(), print).settings()
    with open_ledger(settings.ledger_url.get_secret_value()) as ledger:
        ran = newest(ledger, "maintenance")
        assert ran.status is Status.PASSED
        before = {line.kind: line.report_id for line in ran.reports if line.step == "before"}
        # The backup to go back to is faithful, and has the orphans still.
        drill = ledger.report(before["drill"]).report
        assert (drill.evidence["faithful"], drill.evidence["sound"]) == ("passed", "failed")
        assert ledger.report(before["rehearsal"]).report.status is Status.PASSED
        last = {line.kind: line.report_id for line in ran.reports if line.step == ""}
        assert ledger.report(last["drill"]).report.evidence["sound"] == "passed"
        assert ledger.report(last["migration"]).report.status is Status.PASSED
        relationships = ledger.report(last["scan"]).report.evidence["relationships"]
    declared = [one for one in relationships if one["declared"]]
    assert [one["status"] for one in declared] == ["passed"] * 30
    assert all(one["constraint"]["validated"] for one in declared)

    server = Parts(local_paths(), print).postgres()
    dsn = server.dsn(server.port() or 0, "studioops")
    with open_database(dsn) as database:
        run = read_runs(database)[0]
    assert run.run.state == "applied"
    assert [one["open"] for one in run.run.admitted["gates"]] == [True, True]
    with psycopg.connect(dsn) as connection:
        kept = connection.execute("SELECT count(*) FROM studioops.quarantine").fetchone()
    assert kept == (66,)
