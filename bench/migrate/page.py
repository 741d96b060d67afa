"""The page of the benchmark."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from bench.migrate.claims import P99, Round, claims, slower
from bench.migrate.figures import SHARES, medians, percentile
from bench.migrate.load import CLIENTS, Transaction
from bench.migrate.measuring import PAUSE_S, How, Measured
from bench.migrate.server_log import SLOW_MS
from bench.migrate.ways import OURS, PLAIN
from bench.migrate.ways.way import LOOKS, PARTS
from bench.scan.claims import NOTHING
from bench.scan.page import table

Row = tuple[str, ...]
MILLION = 1e6
MILLI = 1000
TITLES = {PLAIN: "plain", OURS: "studioops"}
INTRODUCTION = """
![Latency over time, the migration shaded](../images/bench-migrate.svg)

A shop of {rows:g} million orders, {customers:,.0f} customers and {products:,.0f} products. Orders \
name their customer in a `varchar` by no key; one in two thousand names none that there is, or \
what is no UUID. Their key to products has no action. In the end the column is a `uuid`, indexed, \
with a key, both keys CASCADE, and no orphan is left; each run ends with a look that the two \
databases have the same catalog.

- **plain**: what a user would type, each statement a transaction, no `lock_timeout`: `DELETE` of \
the orphans, `ALTER COLUMN … TYPE uuid`, `CREATE INDEX`, `ADD FOREIGN KEY`, `DROP CONSTRAINT` and \
`ADD CONSTRAINT` in one. One that a deadlock ends is typed again.
- **studioops**: `studioops migrate apply --contract … --waive bench --yes`, with the settings \
that it comes with: the process from its start to its end, its planning and its preflight \
included. \
Orphans are kept in quarantine, and all of it can be taken back.

Meanwhile {clients} clients of pgbench begin {rate:.0f} transactions in a second, half of what \
they reach on this machine when nothing holds them back. Three of four only read (an order with \
its product, a customer); the others change an order, or place one: four statements in a \
transaction that write two of the three tables, in one order or the other. There is \
always a long transaction in the way: a report reads orders and products and stays open for \
{report:.0f} s (REPEATABLE READ, read only), {pause} s later comes the next, and the first has \
begun when the migration does. Server and clients share {cores} cores; `shared_buffers` 1 GB, \
`maintenance_work_mem` 256 MB, all else as it comes, autovacuum and fsync included.
"""
MEASURED = """
*Waited* is the longest that one statement of a client took by the server's own log, which counts \
from its arrival on, so that waiting for the lock of a table is in it; nothing below {slow} ms is \
logged. *Latency* is pgbench's, of whole transactions, from when one should have begun: whoever \
queues behind others that wait has waited too. *During* are those of which any part fell into the \
migration. *Failed* is what pgbench counts, deadlocks among them, and each client that gave up.
"""
PARTS_NOTE = """
Seconds that each part took, the longest wait of a client's statement meanwhile, and the 99th \
percentile of the transactions that were due then. In ours by the journal's times, each step up to \
its commit; the old column, which is dropped last, is counted to the conversion. *Looks* are the \
command's start, planning, preflight and report, which change nothing.
"""


def page(rows: int, how: How, rounds: Sequence[Round]) -> str:
    """The page under docs/.

    Args:
        rows: of the large table.
        how: how long everything took.
        rounds: what was measured in each.
    """
    loads = [one.machine for both in rounds for one in both.values()]
    heads = [f"round {n}" for n in range(1, len(rounds) + 1)] if len(rounds) > 1 else ["measured"]
    blocks = [
        "# A migration under load, side by side",
        f"Written by `python -m bench migrate` on {datetime.now(UTC):%Y-%m-%d}: "
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; load "
        f"of the machine before each way {min(loads)} to {max(loads)}; {len(rounds)} "
        f"{'round' if len(rounds) == 1 else 'rounds'}.",
        _introduction(rows, how),
        "## Wanted and measured",
        table(("", "wanted", *heads), claims(rounds)),
        MEASURED.strip().format(slow=SLOW_MS),
        "## What the clients saw",
        table(("", *TITLES.values()), _clients(rounds)),
        "## Part by part",
        PARTS_NOTE.strip(),
        table(("part", *_heads()), _parts(rounds)),
    ]
    return "\n\n".join(blocks) + "\n"


def _introduction(rows: int, how: How) -> str:
    return INTRODUCTION.strip().format(
        rows=rows / MILLION,
        customers=rows * 0.05,
        products=rows * 0.0025,
        clients=CLIENTS,
        rate=how.rate,
        report=how.report,
        pause=PAUSE_S,
        cores=os.cpu_count(),
    )


def _clients(rounds: Sequence[Round]) -> Iterator[Row]:
    yield _row("migration, s", rounds, lambda one: one.seconds, 1)
    yield _row("waited, ms", rounds, lambda one: MILLI * one.waited(), 0)
    for words, of in (("before", Measured.before), ("during", Measured.during)):
        for share in SHARES:
            name = f"latency {words}, {share:.0%}, ms"
            yield _row(name, rounds, lambda one, of=of, share=share: _latency(of(one), share), 1)
    yield _row("99 % during / before", rounds, slower, 1)
    yield _row("transactions during", rounds, lambda one: len(one.during()), 0)
    yield _row("failed", rounds, lambda one: one.done.failed, 0)
    yield _row("migration gave way", rounds, Measured.given_way, 0)


def _latency(transactions: Sequence[Transaction], share: float) -> float:
    return MILLI * percentile(transactions, share)


def _heads() -> Iterator[str]:
    for title in TITLES.values():
        yield from (f"{title}, s", "waited, ms", "99 %, ms")


def _parts(rounds: Sequence[Round]) -> Iterator[Row]:
    for part in (*PARTS, LOOKS):
        yield (
            part,
            *(cell for way in TITLES for cell in _part(part, [one[way] for one in rounds])),
        )


def _part(part: str, measured: Sequence[Measured]) -> Iterator[str]:
    if not any(one.took(part) for one in measured):
        yield from (NOTHING,) * 3
        return
    yield _shown([one.took(part) for one in measured], 1)
    yield _shown([MILLI * one.waited(part) for one in measured], 0)
    due = [one.within(part) for one in measured]
    yield _shown([_latency(one, P99) for one in due], 1) if all(due) else NOTHING


def _row(
    name: str, rounds: Sequence[Round], value: Callable[[Measured], float], digits: int
) -> Row:
    return (name, *(_shown([value(one[way]) for one in rounds], digits) for way in TITLES))


def _shown(values: Sequence[float], digits: int) -> str:
    middle, least, most = medians(values)
    spread = f" ({least:,.{digits}f} to {most:,.{digits}f})" if len(values) > 1 else ""
    return f"{middle:,.{digits}f}{spread}"
