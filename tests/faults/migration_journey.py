"""The whole StudioOps plan, there and back, and what holds of its database whatever was killed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from psycopg.rows import dict_row

from studioops.integrity import load_contract, scan
from studioops.local.studioops_legacy import load_legacy
from studioops.migrations.journal import RunState
from studioops.migrations.journal.journal import runs
from studioops.migrations.plan import Plan
from studioops.migrations.quarantine import held_back
from studioops.migrations.reading import reading
from studioops.migrations.runner import apply, revert
from studioops.migrations.runner.trying import Tries
from studioops.migrations.state import State, read_state
from studioops.migrations.status import read_runs
from studioops.postgres import Database, open_database
from studioops.settings.declarations import SHIPPED_CONTRACT, SHIPPED_HISTORY
from tests.conftest import LEGACY_OWNER, Cluster
from tests.integration.migrations.driving import QUICK, state_of
from tests.integration.migrations.histories import planned as revisions_of
from tests.integration.migrations.planner.asking import faults
from tests.integration.migrations.planner.asking import planned as planned_for

THERE, BACK = "apply", "rollback"
WAYS = (THERE, BACK)
CONTRACT = load_contract(SHIPPED_CONTRACT)
# The whole of what a kill must not lose; their batch and the time differ from run to run.
KEPT = """
SELECT kind, level, why, table_name, "values"::text, key_values::text, behind::text
FROM studioops.quarantine WHERE returned_at IS NULL
"""
CHECKED = """
SELECT count(bt_index_check(i.indexrelid, true)) FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_am AS m ON m.oid = c.relam
WHERE m.amname = 'btree' AND i.indisvalid AND c.relkind = 'i'
"""
HEAPS = """
SELECT c.oid::regclass::text, h.msg FROM pg_class AS c
CROSS JOIN LATERAL verify_heapam(c.oid) AS h WHERE c.relkind IN ('r', 'm', 't')
"""
HEAPS_SINCE = 140000


@dataclass(frozen=True)
class End:
    """Where a way ends without a fault.

    Args:
        state: what the database holds there.
        orphans: by relationship.
        kept: what is in quarantine.
    """

    state: State
    orphans: Mapping[str, int]
    kept: Counter[tuple[Any, ...]]


@dataclass(frozen=True)
class Journey:
    """Both plans, the databases that their ways start from, and where these end.

    Args:
        cluster: the server.
        plans: the revisions, then what the contract asks.
        stations: the template of the database before the first plan, and behind each.
        states: what they hold.
        ends: of each way.
        seconds: that each way takes when nobody disturbs it.
    """

    cluster: Cluster
    plans: tuple[Plan, ...]
    stations: tuple[str, ...]
    states: tuple[State, ...]
    ends: Mapping[str, End]
    seconds: Mapping[str, float]

    def begun(self, way: str) -> str:
        """A database that a way starts from; its name."""
        return self.cluster.clone(self.stations[0 if way == THERE else -1])

    def go(self, dsn: str, way: str, tries: Tries = QUICK) -> None:
        """Go a way, or what is left of it, wherever the database stands."""
        if way == BACK:
            while revert(dsn, tries=tries) is not None:
                pass
            return
        if any(state is RunState.REVERTING for _, state in journal(dsn)):
            revert(dsn, tries=tries)
        for plan in self.plans:
            if (plan.hash, RunState.APPLIED) not in journal(dsn):
                apply(dsn, plan, run_by="journey", tries=tries)

    def known(self, dsn: str) -> str:
        """Status says how it stands: in between and what to type, or at one of the stations."""
        with open_database(dsn) as database:
            seen = read_runs(database)
            left = [one for one in seen if not one.run.state.finished]
            if left:
                assert len(left) == 1
                assert left[0].next_step
                assert left[0].applied <= left[0].total
                return f"{left[0].run.state} {left[0].applied} of {left[0].total}: {left[0].at}"
            station = sum(one.run.state is RunState.APPLIED for one in seen)
            assert not read_state(database).differences(self.states[station])
            return f"station {station}"

    def arrived(self, dsn: str, way: str) -> None:
        """The database is as at the end of a way that nothing was killed on."""
        end, found = self.ends[way], end_of(dsn)
        assert not found.state.differences(end.state)
        assert found.orphans == end.orphans
        assert found.kept == end.kept
        with psycopg.connect(dsn, row_factory=dict_row) as session:
            assert held_back(session) == ()
        in_order(dsn)


def journey_on(cluster: Cluster, *, measured: bool) -> Journey:
    """Make the databases, and go each way once without a fault.

    Args:
        cluster: a server that nobody else uses.
        measured: whether to see how long the way back takes, too; else it is guessed.
    """
    start = legacy_on(cluster)
    revisions = Plan(revisions_of(cluster.dsn(start), SHIPPED_HISTORY))
    head = cluster.clone(start)
    took = timed(lambda: apply(cluster.dsn(head), revisions, run_by="journey", tries=QUICK))
    contract = planned_for(cluster.dsn(head), CONTRACT).plan
    end = cluster.clone(head)
    took += timed(lambda: apply(cluster.dsn(end), contract, run_by="journey", tries=QUICK))
    before, after = (end_of(cluster.dsn(one)) for one in (start, end))
    assert set(after.orphans.values()) == {0} != set(before.orphans.values())
    assert after.kept
    states = (before.state, state_of(cluster.dsn(head)), after.state)
    ends = {THERE: after, BACK: before}
    seconds = {THERE: took, BACK: took * 0.7}
    made = Journey(cluster, (revisions, contract), (start, head, end), states, ends, seconds)
    if not measured:
        return made
    copy = made.begun(BACK)
    took = timed(lambda: made.go(cluster.dsn(copy), BACK))
    made.arrived(cluster.dsn(copy), BACK)
    cluster.drop(copy)
    return replace(made, seconds={**seconds, BACK: took})


def legacy_on(cluster: Cluster) -> str:
    """The legacy database on a server of the test's own; its name."""
    cluster.run("CREATE ROLE {} NOLOGIN", LEGACY_OWNER)
    name = cluster.clone("template0")
    with psycopg.connect(cluster.dsn(name)) as connection:
        load_legacy(connection, LEGACY_OWNER)
    return name


def timed(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def journal(dsn: str) -> list[tuple[str, RunState]]:
    """The plan and the state of each run, the newest one first."""
    with open_database(dsn) as database, reading(database) as session:
        return [(one.plan.hash, one.state) for one in runs(session, limit=100)]


def end_of(dsn: str) -> End:
    with open_database(dsn) as database:
        return End(read_state(database), orphans_of(database), kept(dsn))


def orphans_of(database: Database) -> dict[str, int]:
    """By relationship, of those that are there; of a database that keeps its contract all 0."""
    report = scan(database, CONTRACT, target="t")
    found = [one for one in report.evidence["relationships"] if one["orphans"] is not None]
    orphans = {f"{one['child']} {one['parent']}": one["orphans"] for one in found}
    assert any(orphans.values()) or not faults(report), faults(report)
    return orphans


def kept(dsn: str) -> Counter[tuple[Any, ...]]:
    with psycopg.connect(dsn) as connection:
        there = connection.execute("SELECT to_regclass('studioops.quarantine')").fetchone()
        return Counter(connection.execute(KEPT) if there and there[0] else ())


def in_order(dsn: str) -> None:
    """Every b-tree names every row, and every heap can be read; the catalog's own, too."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION amcheck")
        row = connection.execute(CHECKED).fetchone()
        assert row is not None
        assert row[0] > 0
        if connection.info.server_version >= HEAPS_SINCE:
            assert connection.execute(HEAPS).fetchall() == []
