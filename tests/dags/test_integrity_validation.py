"""The DAG ``integrity_validation`` against real servers: waits, resumes, compares, tells."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from studioops.ledger import Ledger
from studioops.model import Report, Status
from studioops.objectstore import open_object_store
from studioops.postgres import parse_dsn

SHOP = """
CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (
    id int PRIMARY KEY,
    customer_id int NOT NULL CONSTRAINT orders_customer REFERENCES customers,
    status text NOT NULL,
    receipt text NOT NULL
);
CREATE INDEX ON orders (customer_id);
INSERT INTO customers VALUES (1);
INSERT INTO orders VALUES (1, 1, 'open', 'receipt-1');
"""
CONTRACT = """
target: shop
relationships:
  - {child: orders.customer_id, parent: customers.id}
objects:
  - {column: orders.receipt, bucket: temp}
expectations:
  - {column: orders.status, values: [open, paid]}
"""
SET_ASIDE = "SET session_replication_role = replica;"


@pytest.fixture
def shop(
    airflow: Any, database_dsn: str, contract: Callable[[str, str], None], object_store_server: Any
) -> str:
    """A small database that keeps its contract, connected as ``shop``."""
    execute(database_dsn, SHOP)
    airflow.connect_database("shop", database_dsn)
    contract("shop", CONTRACT)
    server = object_store_server
    with open_object_store(server.endpoint, server.access_key, server.secret_key) as store:
        store.put("temp", "receipt-1", b"paid")
    return database_dsn


def execute(dsn: str, statements: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statements)


def scanned(ledger: Ledger, ran: Any) -> Report:
    lines = [
        line
        for record in ledger.runs()
        if record.run.run_id == ran.run_id
        for line in record.reports
        if line.kind == "scan"
    ]
    return ledger.report(lines[-1].report_id).report


def states(ran: Any) -> dict[str, str]:
    return {name: "/".join(sorted(set(found))) for name, found in ran.tasks.items()}


def test_a_contract_that_is_kept_is_green_with_all_its_parts(
    airflow: Any, ledger: Ledger, shop: str
) -> None:
    ran = airflow.run("integrity_validation", target="shop")
    assert ran.state == "success", ran.log[-3000:]
    assert states(ran).pop("faults") == "skipped"
    report = scanned(ledger, ran)
    assert report.status is Status.PASSED
    assert [one["status"] for one in report.evidence["objects"]] == ["passed"]
    assert [one["status"] for one in report.evidence["expectations"]] == ["passed"]
    assert report.evidence["trend"] is None
    assert ran.events == []
    link = ran.left("verdict", "_link_DataDocsLink")
    assert link.startswith("http://airflow.test/studioops/data-docs/shop/integrity_validation/")
    assert link.endswith("/index.html")


def test_faults_make_an_event_and_the_next_run_tells_what_became_of_them(
    airflow: Any, ledger: Ledger, shop: str
) -> None:
    execute(shop, f"{SET_ASIDE} INSERT INTO orders VALUES (2, 77, 'lost', 'receipt-2')")
    first = airflow.run("integrity_validation", target="shop")
    assert states(first)["verdict"] == "failed"
    assert states(first)["faults"] == "success"
    (event,) = first.events
    assert event == {"target": "shop", "report_id": first.left("ledger")["report_id"]}
    found = {one.check for one in scanned(ledger, first).findings}
    assert {"orphan_behind_valid_constraint", "missing_object", "accepted_values"} <= found
    execute(shop, "UPDATE orders SET status = 'paid' WHERE id = 2")
    execute(shop, f"{SET_ASIDE} INSERT INTO orders VALUES (3, 1, 'open', 'receipt-1')")
    second = airflow.run("integrity_validation", target="shop")
    trend = scanned(ledger, second).evidence["trend"]
    assert [one["check"] for one in trend["mended"]] == ["accepted_values"]
    assert {one["check"] for one in trend["persisting"]} == {
        "orphan_behind_valid_constraint",
        "missing_object",
    }
    assert trend["new"] == []


@contextmanager
def later(seconds: float, work: Callable[[], None]) -> Iterator[None]:
    timer = threading.Timer(seconds, work)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def test_a_database_that_comes_back_is_waited_for(
    airflow: Any, ledger: Ledger, shop: str, cluster: Any
) -> None:
    name = parse_dsn(shop).database
    cluster.run("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
    open_again = lambda: cluster.run("ALTER DATABASE {} ALLOW_CONNECTIONS true", name)  # noqa: E731
    try:
        with later(7, open_again):
            ran = airflow.run("integrity_validation", target="shop")
    finally:
        open_again()
    assert ran.state == "success", ran.log[-3000:]
    assert "waiting up to 1800 s" in ran.log
    assert scanned(ledger, ran).status is Status.PASSED


def test_a_database_that_stays_away_is_not_checked_with_its_reason(
    airflow: Any, ledger: Ledger, shop: str
) -> None:
    dead = {"host": "127.0.0.1", "port": 1, "login": "keeper", "password": "hunter2-of-the-test"}
    airflow.connect("shop", conn_type="postgres", **dead, schema="shop")
    airflow.environment["STUDIOOPS_DATABASE_WAIT"] = "1"
    ran = airflow.run("integrity_validation", target="shop")
    assert states(ran)["database"] == "failed"
    assert states(ran)["scan"] == "upstream_failed"
    assert states(ran)["verdict"] == "failed"
    report = scanned(ledger, ran)
    assert {one.status for one in report.subjects} == {Status.NOT_CHECKED}
    assert len(report.subjects) == 3
    assert all("127.0.0.1:1/shop: no connection" in one.reason for one in report.subjects)
    assert ran.events == []
    assert "hunter2-of-the-test" not in ran.log


def end_the_slow_one(dsn: str, ended: list[int]) -> None:
    """What kills a backend in the middle of its statement, once."""
    deadline = time.monotonic() + 120
    with psycopg.connect(dsn, autocommit=True) as connection:
        while not ended and time.monotonic() < deadline:
            row = connection.execute(
                "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE query LIKE '%slow%EXISTS%' AND pid <> pg_backend_pid()"
                " AND datname = current_database() AND state = 'active'"
            ).fetchone()
            if row:
                ended.append(row[0])
            time.sleep(0.1)


def test_a_connection_lost_in_the_middle_is_tried_again_and_goes_on_from_there(
    airflow: Any, ledger: Ledger, shop: str, contract: Callable[[str, str], None]
) -> None:
    execute(
        shop,
        "CREATE VIEW slow AS SELECT 1 + 0 * length(pg_sleep(1)::text) AS customer_id",
    )
    entry = "  - {child: slow.customer_id, parent: customers.id}\n"
    contract("shop", CONTRACT.replace("objects:", f"{entry}objects:"))
    airflow.environment["STUDIOOPS_SCAN_BATCHES"] = "1"
    ended: list[int] = []
    killer = threading.Thread(target=end_the_slow_one, args=(shop, ended))
    killer.start()
    try:
        ran = airflow.run("integrity_validation", target="shop")
    finally:
        ended.append(0)
        killer.join()
    assert len(ended) == 2
    assert ran.state == "success", ran.log[-3000:]
    assert ran.tries["scan"] == 2
    assert "looks are kept" in ran.log
    report = scanned(ledger, ran)
    assert report.status is Status.PASSED
    assert [one["status"] for one in report.evidence["relationships"]] == ["passed", "passed"]
