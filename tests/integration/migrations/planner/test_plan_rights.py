"""Whoever may read can plan; what they lack to apply is listed, and apply refuses."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from studioops.errors import Refused
from studioops.migrations.carrying import require_clear
from studioops.migrations.preflight import look
from studioops.postgres import open_database
from tests.integration.migrations.driving import run
from tests.integration.migrations.planner.asking import contract_of, planned

CONTRACT = contract_of("stall.shop_id -> shop.id; on_delete: CASCADE")
TABLES = (
    "CREATE TABLE shop (id bigint PRIMARY KEY)",
    "CREATE TABLE stall (id bigint PRIMARY KEY, shop_id bigint)",
    "INSERT INTO stall VALUES (1, 7)",
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
    "CREATE TRIGGER t BEFORE DELETE ON stall FOR EACH ROW EXECUTE FUNCTION f()",
)
READS = "GRANT SELECT ON ALL TABLES IN SCHEMA public TO looker"


@pytest.fixture
def looker(cluster, database_dsn: str) -> Iterator[str]:
    """Somebody who may connect, and no more."""
    run(database_dsn, *TABLES)
    cluster.run("CREATE ROLE looker LOGIN PASSWORD 'a'")
    try:
        yield psycopg.conninfo.make_conninfo(database_dsn, user="looker", password="a")
    finally:
        run(database_dsn, "DROP OWNED BY looker")
        cluster.run("DROP ROLE looker")


@pytest.mark.postgres(15)
def test_the_plan_is_the_owner_s_and_each_missing_right_is_listed_once(
    database_dsn: str, looker: str
) -> None:
    run(database_dsn, READS)
    proposal = planned(looker, CONTRACT)
    assert proposal.plan == planned(database_dsn, CONTRACT).plan
    assert proposal.estimates[0].words == "1 row taken out"
    owner = "this role does not own public.{}, and only studioops_admin may change it"
    assert proposal.rights == (
        "this role has no right to CREATE in this database",
        owner.format("stall"),
        "this role has no right to let a key refer to public.shop",
        "this role has no right to UPDATE, DELETE, INSERT on public.stall",
        "public.stall: trigger t would fire: as a superuser: GRANT SET ON PARAMETER "
        "session_replication_role TO looker",
    )
    assert planned(database_dsn, CONTRACT).rights == ()


def test_apply_refuses_still(database_dsn: str, looker: str) -> None:
    run(database_dsn, READS)
    plan = planned(looker, CONTRACT).plan
    with (
        open_database(looker) as database,
        pytest.raises(Refused, match="can't keep the journal"),
    ):
        require_clear(look(database, plan))


def test_without_the_right_to_read_there_is_no_plan(database_dsn: str, looker: str) -> None:
    run(database_dsn, "GRANT SELECT ON stall TO looker")
    proposal = planned(looker, CONTRACT)
    assert proposal.plan.operations == ()
    assert proposal.rights == ()
    assert "shop" in proposal.refusals[0]
