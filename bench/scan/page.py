"""The page of the benchmark."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from bench.scan.claims import NOTHING, Row, claims, ratio, shown
from bench.scan.measuring import Measured
from bench.scan.ways import COMMAND, DBT, GX, GX_ONE, NOT_EXISTS, OURS, VALIDATE, WAYS

ONCE = "¹"
INSIDE = (OURS, VALIDATE, NOT_EXISTS)
PROCESSES = (COMMAND, DBT, GX, GX_ONE)
INTRODUCTION = """
![Seconds by rows, and for many small tables](../images/bench-scan.svg)

The large database has one table of so many rows with five references in no order: three uuid, to \
200,000, 200,000 and 50,000 parents, the last one NULL in a tenth of the rows; two bigint, to \
1,000,000 and 1,000. The other database has many tables of 20 to 219 rows with three references \
each, two of them indexed. Nothing is broken, so that every way reads everything; each run's \
answer is checked for every reference.

Every way has its turn in each round. Figures are medians of {rounds} rounds, in seconds (¹ of \
one); the ratios are what counts. The server runs beside its clients on the same {cores} cores, \
with `shared_buffers` 1 GB and `maintenance_work_mem` 256 MB, all else as it comes.
"""
INSIDE_NOTE = """
Each is a call in a process that runs already, its connections included: ours on two of them, the \
others on one. Ours also counts every table's rows, reads the catalog, and judges actions, types \
and indexes; the other two do not.
"""
PROCESS_NOTE = """
Each is a process, from its start to its end: `studioops scan --dsn … --json`; `dbt test` with two \
threads, its project parsed before; a script for Great Expectations with a query a reference. With \
a suite a table it does what its documentation says; with one suite for all it is faster, and it \
warns of every query. Memory is the most that `studioops scan` had.
"""


def page(measured: Sequence[Measured], rounds: int) -> str:
    """The page under docs/.

    Args:
        measured: on every database, in order.
        rounds: how many there were.
    """
    loads = [one.load for one in measured]
    cores = os.cpu_count()
    heads = [WAYS[way].title for way in INSIDE], [WAYS[way].title for way in PROCESSES]
    blocks = [
        "# The scan, side by side",
        f"Written by `make bench` on {datetime.now(UTC):%Y-%m-%d}: {platform.machine()}, {cores} "
        f"cores, Python {platform.python_version()}; load of the machine before each database "
        f"{min(loads)} to {max(loads)}.",
        INTRODUCTION.strip().format(rounds=rounds, cores=cores),
        "## Wanted and measured",
        table(("", "wanted", "measured"), claims(measured)),
        "## The looking alone",
        INSIDE_NOTE.strip(),
        table(("database", *heads[0], "/ VALIDATE", "/ NOT EXISTS"), map(inside, measured)),
        "## Whole processes",
        PROCESS_NOTE.strip(),
        table(("database", *heads[1], "/ dbt", "/ GE", "memory"), map(processes, measured)),
    ]
    return "\n\n".join(blocks) + "\n"


def table(head: Row, rows: Iterable[Row]) -> str:
    """A table of Markdown.

    Args:
        head: the names of its columns.
        rows: as many cells each.
    """
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def inside(one: Measured) -> Row:
    """A row on calls within a process.

    Args:
        one: of a database.
    """
    shares = [shown(ratio([one], OURS, other)) for other in (VALIDATE, NOT_EXISTS)]
    return (one.case.name, *_seconds(one, INSIDE), *shares)


def processes(one: Measured) -> Row:
    """A row on processes.

    Args:
        one: of a database.
    """
    shares = [shown(ratio([one], COMMAND, other), 3) for other in (DBT, GX)]
    memory = f"{one.peaks[COMMAND]:.0f} MB" if COMMAND in one.peaks else NOTHING
    return (one.case.name, *_seconds(one, PROCESSES), *shares, memory)


def _seconds(one: Measured, ways: Iterable[str]) -> Iterator[str]:
    for way in ways:
        once = ONCE if len(one.seconds.get(way, ())) == 1 else ""
        yield shown(one.median(way)) + once
