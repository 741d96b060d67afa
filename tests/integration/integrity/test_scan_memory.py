"""A scan's own process stays small, whatever it looks at and however much is wrong with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

ROWS, ORPHANS = 1_000_000, 50_000
KB_OF_100_MB = 100 * 1024
# The command itself, and its peak at the end, which getrusage would mix with that of the test.
COMMAND = """
import sys
from pathlib import Path
from studioops.cli import main
try:
    main()
finally:
    status = Path("/proc/self/status").read_text()
    print("peak", status.partition("VmHWM:")[2].split()[0], file=sys.stderr)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc; next: run on Linux")
def test_a_million_rows_and_fifty_thousand_orphans_take_less_than_100_mb(planted, tmp_path):
    planted.sql(
        "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p SELECT generate_series(1, 1000)",
        "CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p, t text)",
    ).orphaned(
        "INSERT INTO c SELECT n, CASE WHEN n % 20 = 0 THEN -n ELSE 1 + n % 1000 END,"
        f" repeat('x', 50) FROM generate_series(1, {ROWS}) AS n"
    ).sql("ANALYZE")
    for range_rows in ("1000000000", "50000"):
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, "scan", "--dsn", planted.dsn, "--json"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "STUDIOOPS_SCAN_RANGE_ROWS": range_rows},
            capture_output=True,
            text=True,
            check=False,
        )
        document = json.loads(done.stdout)
        assert (done.returncode, document["summary"]["orphans"]) == (1, ORPHANS)
        assert (document["relationships"][0]["ranges"] > 1) is (range_rows == "50000")
        assert int(done.stderr.split("peak ")[1]) < KB_OF_100_MB, done.stderr
        # Nor does the report grow with what was found.
        assert len(done.stdout) < 20_000
