"""The DAG ``schema_migration`` where a step fails; where none does, see the whole chain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from studioops.model import Report, Status

SHOP = """
CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int);
INSERT INTO customers SELECT generate_series(1, 5);
INSERT INTO orders SELECT n, n FROM generate_series(1, 7) AS n;
"""
# On the target alone: its copies are called otherwise, so that the rehearsal is green.
BREAKING = """
CREATE FUNCTION stop() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
    IF current_database() = '{name}' AND current_query() ~ 'ADD CONSTRAINT' THEN
        RAISE 'somebody forbids it';
    END IF;
END $$;
CREATE EVENT TRIGGER stop ON ddl_command_start WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION stop();
"""
CONTRACT = """
target: shop
relationships:
  - {child: orders.customer_id, parent: customers.id, on_delete: CASCADE}
"""
Recorded = Callable[[Any], dict[str, Report]]


@pytest.fixture
def shop(airflow: Any, contract: Any, database_dsn: str) -> str:
    """A small database with two orphans and no key, connected as ``shop``."""
    execute(database_dsn, SHOP)
    airflow.connect_database("shop", database_dsn)
    contract("shop", CONTRACT)
    return database_dsn


def execute(dsn: str, statements: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statements)  # type: ignore[call-overload]


def held(dsn: str) -> tuple[int, int, list[str]]:
    """Orders, keys, and the states of the journal's runs."""
    with psycopg.connect(dsn) as connection:
        orders = connection.execute("SELECT count(*) FROM orders").fetchone()
        keys = connection.execute(
            "SELECT count(*) FROM pg_constraint WHERE contype = 'f' "
            "AND connamespace = 'public'::regnamespace"
        ).fetchone()
        there = connection.execute("SELECT to_regclass('studioops.migration_runs')").fetchone()
        runs = (
            connection.execute("SELECT state FROM studioops.migration_runs").fetchall()
            if there != (None,)
            else []
        )
    assert orders is not None
    assert keys is not None
    return orders[0], keys[0], [state for (state,) in runs]


def test_what_fails_on_the_target_is_taken_back(
    airflow: Any, recorded: Recorded, shop: str
) -> None:
    name = psycopg.conninfo.conninfo_to_dict(shop)["dbname"]
    execute(shop, BREAKING.format(name=name))
    ran = airflow.run("schema_migration", target="shop", approve=False)
    assert ran.state == "failed"
    assert ran.tasks["protect"] == ["failed"]
    assert ran.tasks["rollback"] == ["success"]
    assert held(shop) == (7, 0, ["reverted"])
    report = recorded(ran)["migration"]
    assert report.status is Status.FAILED
    assert report.findings[0].message.startswith("rolled back, database as before: ")
    assert "somebody forbids it" in report.findings[0].message
