"""DAGs that change something, where that fails or is not needed; it goes well in the whole chain."""

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
KEPT = """
DELETE FROM orders WHERE customer_id > 5;
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers ON DELETE CASCADE;
CREATE INDEX ON orders (customer_id);
"""
# Only there: what is rehearsed is called otherwise.
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


def orders_and_keys(dsn: str) -> tuple[Any, ...] | None:
    with psycopg.connect(dsn) as connection:
        return connection.execute(
            "SELECT (SELECT count(*) FROM public.orders), (SELECT count(*) FROM pg_constraint"
            " WHERE conrelid = 'public.orders'::regclass AND contype = 'f' AND convalidated)"
        ).fetchone()


def test_what_fails_is_taken_back_and_the_first_look_stands(
    airflow: Any, recorded: Recorded, shop: str
) -> None:
    name = psycopg.conninfo.conninfo_to_dict(shop)["dbname"]
    execute(shop, BREAKING.format(name=name))
    ran = airflow.run("maintenance", target="shop", repair=True, approve=False)
    assert ran.state == "failed"
    assert ran.tasks["repair.rollback"] == ["success"]
    assert {*ran.tasks["again.take"], *ran.tasks["again.report"]} == {"skipped"}
    assert orders_and_keys(shop) == (7, 0)
    kept = recorded(ran)
    assert kept["migration"].findings[0].message.startswith("rolled back, database as before: ")
    assert (kept["scan"].status, kept["backup"].status) == (Status.FAILED, Status.PASSED)
    # What the run is about is what became of the change.
    assert ran.left("verdict", "_link_ReportLink").endswith(str(ran.left("ledger")["report_id"]))
    assert "AirflowFailException: shop is failed: rolled back" in ran.log


@pytest.mark.usefixtures("quick")
def test_where_nothing_is_lacking_nothing_is_changed_nor_looked_at_again(
    airflow: Any, recorded: Recorded, shop: str
) -> None:
    execute(shop, KEPT)
    ran = airflow.run("maintenance", target="shop", repair=True, approve=False)
    assert ran.tasks["repair.plan"] == ["success"]
    assert {*ran.tasks["repair.expand"], *ran.tasks["again.report"]} == {"skipped"}
    assert orders_and_keys(shop) == (5, 1)
    assert recorded(ran)["migration"].status is Status.PASSED
    assert recorded(ran)["scan"].status is Status.PASSED


@pytest.mark.usefixtures("quick")
def test_without_a_contract_nothing_is_changed_and_the_run_says_what_is_lacking(
    airflow: Any, recorded: Recorded, database_dsn: str
) -> None:
    execute(database_dsn, SHOP)
    airflow.connect_database("shop", database_dsn)
    ran = airflow.run("maintenance", target="shop", repair=True, approve=False)
    assert ran.state == "failed"
    assert ran.tasks["repair.plan"] == ["failed"]
    assert {*ran.tasks["repair.expand"]} <= {"upstream_failed", "skipped"}
    assert {*ran.tasks["again.report"], *ran.tasks["again.take"]} == {"skipped"}
    told = recorded(ran)["migration"]
    assert told.status is Status.NOT_CHECKED
    assert "CONTRACT" in told.subjects[0].reason


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
