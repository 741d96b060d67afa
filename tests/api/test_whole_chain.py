"""``studioops run --once`` as a stranger types it: from 61 orphans to none, with a way back."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from studioops.ledger import Ledger, StoredReport
from studioops.local.parts import Parts
from studioops.local.state import local_paths
from studioops.migrations.status import read_runs
from studioops.model import Status
from studioops.postgres import open_database

HEADLINE = "orphans: 61 in 13 relationships (44 malformed, 1 behind a valid constraint)"
AFTER = "orphans: 0 in 0 relationships (0 malformed, 0 behind a valid constraint)"

# The first to ask waits for all of it.
pytestmark = pytest.mark.timeout(1200)


@pytest.fixture(scope="module")
def looks(chain: Any, stack_ledger: Ledger) -> dict[str, dict[str, StoredReport]]:
    """The reports of each look, ``before`` and the last one, by kind."""
    record = next(one for one in stack_ledger.runs() if one.run.run_id == chain.run.run_id)
    found: dict[str, dict[str, StoredReport]] = {}
    for line in record.reports:
        found.setdefault(line.step, {})[line.kind] = stack_ledger.report(line.report_id)
    return found


def test_it_tells_what_was_found_and_that_nothing_of_it_is_left(
    chain: Any, airflow_stack: Any
) -> None:
    assert chain.code == 0, chain.out
    assert "\x1b" not in chain.out
    assert airflow_stack.airflow_password not in chain.out
    lines = chain.out.splitlines()
    assert HEADLINE in lines
    assert f"before: {HEADLINE}" in lines
    assert "orphans: 60 rows in quarantine, 6 rows that went with them" in chain.out
    after = chain.out[chain.out.index("rows that went with them") :]
    assert AFTER in after
    assert "verdict: passed, report" in after
    assert f"DAG run (success): {airflow_stack.airflow_url}/dags/maintenance/runs/manual__" in after
    assert "the stack ran before and stays" in after


def test_the_backup_to_go_back_to_is_faithful_and_has_the_orphans_still(looks: Any) -> None:
    drill = looks["before"]["drill"].report
    assert (drill.evidence["faithful"], drill.evidence["sound"]) == ("passed", "failed")
    assert looks["before"]["rehearsal"].report.status is Status.PASSED


def test_at_the_end_all_thirty_are_in_place_and_proven(looks: Any) -> None:
    last = looks[""]
    assert last["drill"].report.evidence["sound"] == "passed"
    assert last["migration"].report.status is Status.PASSED
    relationships = last["scan"].report.evidence["relationships"]
    declared = [one for one in relationships if one["declared"]]
    assert [one["status"] for one in declared] == ["passed"] * 30
    assert all(one["constraint"]["validated"] for one in declared)


def test_the_target_keeps_its_journal_and_what_was_taken_out(chain: Any) -> None:
    server = Parts(local_paths(), print).postgres()
    dsn = server.dsn(server.port() or 0, "studioops")
    with open_database(dsn) as database:
        run = read_runs(database)[0]
    assert run.run.state == "applied"
    assert [one["open"] for one in run.run.admitted["gates"]] == [True, True]
    with psycopg.connect(dsn) as connection:
        kept = connection.execute("SELECT count(*) FROM studioops.quarantine").fetchone()
    assert kept == (66,)
