"""The page of the benchmark."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from bench.backup.claims import Row, claims
from bench.backup.measuring import Measured
from bench.backup.ways import DRILL, DUMP, RESTORE, TAKE, TAKE_BARE
from bench.backup.ways.way import JOBS
from bench.scan.page import table

MILLION = 1e6
TITLES = {
    DUMP: "pg_dump, copying",
    TAKE_BARE: "take without fingerprints",
    TAKE: "take",
    RESTORE: "pg_restore",
    DRILL: "drill",
}
INTRODUCTION = """
![Seconds of each step](../images/bench-backup.svg)

A shop's database of five tables (numbers, uuid, text, numeric, timestamps, jsonb), its rows \
together as many as a column says, 60 % of them in one table, with four foreign keys, each \
indexed. Beside it, on the same {cores} cores, run the server (`shared_buffers` 1 GB, \
`maintenance_work_mem` 256 MB, all else as it comes), a real object store (SeaweedFS) and whoever \
is measured. All use directory format, pg_dump's own compression and {jobs} jobs.

- **pg_dump, copying**: `pg_dump --format=directory --no-sync` into a directory, then boto3's \
`upload_file` for each file. Nothing is encrypted, and all of the dump lies on the disk.
- **take**: our backup into a bucket, encrypted, with and without fingerprints of every table.
- **pg_restore**: `CREATE DATABASE`, pg_restore of the files that still lie on the disk, \
`DROP DATABASE`.
- **drill**: the whole of it, into a scratch database on the same server: fetching and decrypting, \
pg_restore, definitions, sequences, fingerprints, amcheck, the scan of every reference, dropping. \
A drill that left anything unproven would end the run.

Ours comes first in one round, theirs in the next; figures are medians of {rounds} rounds, in \
seconds. Each has a process of its own, which has its modules when the clock starts; memory is \
that process's most (VmHWM), pg_dump's and the server's not counted.
"""
STEPS_NOTE = """
What each spends its seconds on. Fingerprints are read beside the dump: *waiting for fingerprints* \
is what they took longer, and the rest of what they cost is in *dump and shipping*. *else* is what \
was not timed by itself: connecting, the manifest, the proof.
"""


def page(measured: Sequence[Measured], rounds: int) -> str:
    """The page under docs/.

    Args:
        measured: on every database, smallest first.
        rounds: how many there were.
    """
    loads = [one.load for one in measured]
    sizes = tuple(_rows(one) for one in measured)
    cores = os.cpu_count()
    blocks = [
        "# Backups and drills, side by side",
        f"Written by `python -m bench backup` on {datetime.now(UTC):%Y-%m-%d}: "
        f"{platform.machine()}, {cores} cores, Python {platform.python_version()}; load of the "
        f"machine before each database {min(loads)} to {max(loads)}.",
        INTRODUCTION.strip().format(rounds=rounds, cores=cores, jobs=JOBS),
        "## Wanted and measured",
        table(("", "wanted", *sizes), claims(measured)),
        "## Seconds",
        table(("", *sizes), _seconds(measured)),
        "## Step by step",
        STEPS_NOTE.strip(),
        *(block for way in TITLES for block in _steps(way, measured, sizes)),
    ]
    return "\n\n".join(blocks) + "\n"


def _rows(one: Measured) -> str:
    return f"{one.rows / MILLION:g} million rows"


def _seconds(measured: Sequence[Measured]) -> Iterator[Row]:
    yield ("database, GB", *(f"{one.size / 1e9:.2f}" for one in measured))
    stored = [one.answers[TAKE][0].size for one in measured]
    yield ("backup, GB", *(f"{size / 1e9:.2f}" for size in stored))
    for way, title in TITLES.items():
        yield (title, *(_spread(one, way) for one in measured))


def _spread(one: Measured, way: str) -> str:
    took = [answer.seconds for answer in one.answers[way]]
    spread = f" ({min(took):.1f} to {max(took):.1f})" if len(took) > 1 else ""
    return f"{one.seconds(way):.1f}{spread}"


def _steps(way: str, measured: Sequence[Measured], sizes: Row) -> Iterator[str]:
    found = [one.steps(way) for one in measured]
    names = dict.fromkeys(name for steps in found for name in steps)
    rows = [(name, *(f"{steps.get(name, 0):.2f}" for steps in found)) for name in names]
    yield f"### {TITLES[way]}"
    yield table(("step", *sizes), rows)
