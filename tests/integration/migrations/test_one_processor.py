"""Whoever uses the target meanwhile keeps the other processors: no look and no change takes more."""

from __future__ import annotations

import psycopg
import pytest

from studioops.integrity import load_contract
from studioops.migrations.operations import Lock
from studioops.migrations.proposing import Wanted, propose
from studioops.migrations.runner import apply
from studioops.migrations.runner.hold import hold
from studioops.postgres import open_database
from tests.integration.migrations.driving import run

# Whatever reads a table is shared out.
EAGER = (
    "ALTER DATABASE {} SET parallel_tuple_cost = 0",
    "ALTER DATABASE {} SET min_parallel_table_scan_size = 0",
    "ALTER DATABASE {} SET parallel_setup_cost = 0",
)
CONTRACT = """
target: shop
relationships:
  - {child: sale.shop_id, parent: shop.id}
"""


def helpers(dsn: str) -> int:
    """How many processes have ever been launched to help with a query there."""
    question = (
        "SELECT parallel_workers_launched FROM pg_stat_database WHERE datname = current_database()"
    )
    with psycopg.connect(dsn, options="-c max_parallel_workers_per_gather=0") as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.postgres(18)
def test_a_plan_is_made_and_applied_without_helpers(cluster, database_dsn, tmp_path):
    name = psycopg.conninfo.conninfo_to_dict(database_dsn)["dbname"]
    run(
        database_dsn,
        "CREATE TABLE shop (id bigint PRIMARY KEY)",
        "CREATE TABLE sale (id bigint PRIMARY KEY, shop_id bigint)",
        "INSERT INTO shop SELECT generate_series(1, 10)",
        "INSERT INTO sale SELECT n, 1 + n % 11 FROM generate_series(1, 1000) AS n",
    )
    for statement in EAGER:
        cluster.run(statement, name)
    run(database_dsn, "SELECT count(*) FROM sale")
    before = helpers(database_dsn)
    assert before > 0
    path = tmp_path / "shop.yaml"
    path.write_text(CONTRACT)
    with open_database(database_dsn) as database:
        proposal = propose(database, Wanted(load_contract(path)))
    assert proposal.plan.operations
    apply(database_dsn, proposal.plan, run_by="test")
    assert helpers(database_dsn) == before


def test_an_index_is_built_without_helpers(database_dsn):
    with hold(database_dsn) as held, held.outside(Lock.CONCURRENTLY.patience) as session:
        shown = session.execute("SHOW max_parallel_maintenance_workers").fetchone()
    assert shown == {"max_parallel_maintenance_workers": "0"}
