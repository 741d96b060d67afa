"""The DAG ``maintenance`` against a real database, object store and ledger, well and broken."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from studioops.ledger import Ledger
from studioops.model import Report, Status
from studioops.postgres import parse_dsn

PASSWORD = "hunter2-of-the-test"
SHOP = """
CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (
    id int PRIMARY KEY,
    customer_id int CONSTRAINT orders_customer REFERENCES customers,
    vendor_id int
);
CREATE TABLE vendors (id int PRIMARY KEY);
CREATE INDEX ON orders (customer_id);
INSERT INTO customers VALUES (1);
INSERT INTO orders VALUES (1, 1, NULL);
"""
BREAK = """
SET session_replication_role = replica;
INSERT INTO orders VALUES (2, 77, 88);
"""
CONTRACT = """
target: shop
relationships:
  - child: orders.customer_id
    parent: customers.id
  - child: orders.vendor_id
    parent: vendors.id
  - child: orders.invoice_id
    parent: invoices.id
"""
Declare = Callable[[str, str], None]


@pytest.fixture
def shop(airflow: Any, database_dsn: str) -> str:
    """A small database whose every reference is whole, connected as ``shop``."""
    execute(database_dsn, SHOP)
    airflow.connect_database("shop", database_dsn)
    return database_dsn


def execute(dsn: str, statements: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statements)


def recorded(ledger: Ledger, run_id: str) -> dict[str, Report]:
    """What the ledger holds of a run, by kind."""
    runs = [record for record in ledger.runs() if record.run.run_id == run_id]
    lines = [line for record in runs for line in record.reports]
    return {line.kind: ledger.report(line.report_id).report for line in lines}


def reasons(report: Report) -> set[str]:
    return {one.reason for one in report.subjects if one.status is Status.NOT_CHECKED}


def test_a_database_that_is_whole_is_green_and_recorded(
    airflow: Any, ledger: Ledger, shop: str
) -> None:
    ran = airflow.run("maintenance", target="shop")
    assert ran.state == "success", ran.log
    assert ran.tasks.pop("faults") == ["skipped"]
    # Nothing was to be changed, so nothing of it ran, nor the look after it.
    changing = {name for name in ran.tasks if "repair." in name or "again." in name}
    assert {state for name in changing for state in ran.tasks.pop(name)} == {"skipped"}
    assert {state for states in ran.tasks.values() for state in states} == {"success"}
    kept = recorded(ledger, ran.run_id)
    assert {kind: report.status for kind, report in kept.items()} == {
        "backup": Status.PASSED,
        "check": Status.PASSED,
        "connectivity": Status.PASSED,
        "drill": Status.PASSED,
        "scan": Status.PASSED,
    }
    assert ran.left("verdict").startswith("shop is passed: orphans: 0 in 0 relationships")


def test_broken_references_fail_the_verdict_alone_with_the_report_linked(
    airflow: Any, ledger: Ledger, shop: str
) -> None:
    execute(shop, BREAK)
    ran = airflow.run("maintenance", target="shop")
    assert ran.state == "failed"
    assert ran.tasks["verdict"] == ["failed"]
    assert {
        state
        for name, states in ran.tasks.items()
        for state in states
        if name != "verdict" and "." not in name
    } == {"success"}
    line = (
        "shop is failed: orphans: 1 in 1 relationships (0 malformed, 1 behind a valid constraint)"
    )
    assert f"AirflowFailException: {line}" in ran.log
    report_id = ran.left("ledger")["report_id"]
    assert (
        ran.left("verdict", "_link_ReportLink")
        == f"http://airflow.test/studioops/reports/{report_id}"
    )
    assert ledger.report(report_id).report.status is Status.FAILED
    drill = recorded(ledger, ran.run_id)["drill"]
    assert (drill.evidence["faithful"], drill.evidence["sound"]) == ("passed", "failed")
    assert ran.tries["verdict"] == 1


@pytest.mark.usefixtures("quick")
def test_batches_together_see_what_one_scan_sees_and_what_nobody_could(
    airflow: Any, ledger: Ledger, shop: str, contract: Declare, cluster: Any
) -> None:
    """What is absent, or may not be read, is never green."""
    contract("shop", CONTRACT)
    execute(shop, "".join(f"CREATE TABLE t{n} (r int REFERENCES customers);" for n in range(9)))
    execute(shop, f"DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'")
    execute(shop, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    execute(shop, "REVOKE SELECT ON t7 FROM reader")
    airflow.connect_database("shop", cluster.dsn(parse_dsn(shop).database, "reader", PASSWORD))
    ran = airflow.run("maintenance", target="shop")
    execute(shop, "DROP OWNED BY reader; DROP ROLE reader")
    assert ran.state == "failed"
    assert len(ran.tasks["scan"]) == 4
    assert max(ran.tries.values()) == 1
    scan = recorded(ledger, ran.run_id)["scan"]
    told = {one["child"]: one["status"] for one in scan.evidence["relationships"]}
    unseen = {"public.orders(invoice_id)", "public.t7(r)"}
    assert told == {
        **{f"public.t{n}(r)": "passed" for n in range(9)},
        "public.orders(customer_id)": "passed",
        "public.orders(vendor_id)": "failed",
        **dict.fromkeys(unseen, "not_checked"),
    }
    assert len(reasons(scan)) == 2
    assert any("public.invoices is absent" in reason for reason in reasons(scan))
    assert any("permission denied" in reason for reason in reasons(scan))


def test_a_database_that_is_down_ends_soon_with_nothing_scanned(
    airflow: Any, ledger: Ledger, contract: Declare
) -> None:
    dead = {"host": "127.0.0.1", "port": 1, "login": "keeper", "password": PASSWORD}
    airflow.connect("shop", conn_type="postgres", **dead, schema="shop")
    contract("shop", CONTRACT)
    ran = airflow.run("maintenance", target="shop")
    assert ran.state == "failed"
    assert ran.tasks["connectivity"] == ["success"]
    assert ran.tasks["scan"] == ["skipped"]
    assert max(ran.tries.values()) == 1
    kept = recorded(ledger, ran.run_id)
    assert kept["connectivity"].status is Status.FAILED
    assert kept["scan"].status is Status.NOT_CHECKED
    for kind in ("backup", "drill"):
        assert "127.0.0.1:1/shop: no connection" in reasons(kept[kind]).pop(), kind
    assert len(kept["scan"].subjects) == 3
    assert all("127.0.0.1:1/shop: no connection" in reason for reason in reasons(kept["scan"]))
    assert PASSWORD not in ran.log + json.dumps([one.as_json() for one in kept.values()])


@pytest.mark.usefixtures("quick")
def test_without_a_contract_a_dead_database_still_has_its_reason(
    airflow: Any, ledger: Ledger, cluster: Any
) -> None:
    words = parse_dsn(cluster.dsn()).params
    airflow.connect_database("shop", cluster.dsn("nowhere", words["user"], PASSWORD))
    ran = airflow.run("maintenance", target="shop")
    scan = recorded(ledger, ran.run_id)["scan"]
    assert scan.status is Status.NOT_CHECKED
    assert any("password authentication failed" in reason for reason in reasons(scan))
    assert PASSWORD not in ran.log


def test_an_object_store_that_is_down_fails_the_run_though_the_scan_passed(
    airflow: Any, ledger: Ledger, shop: str
) -> None:
    airflow.connect("studioops_object_store", conn_type="generic", host="127.0.0.1", port=1,
                    login="key", password=PASSWORD)  # fmt: skip
    ran = airflow.run("maintenance", target="shop")
    assert ran.state == "failed"
    kept = recorded(ledger, ran.run_id)
    assert kept["scan"].status is Status.PASSED
    assert kept["connectivity"].status is Status.FAILED
    for kind in ("backup", "drill"):
        assert "127.0.0.1:1" in reasons(kept[kind]).pop(), kind
    told = "connectivity failed, backup not_checked, drill not_checked, check passed, scan passed"
    assert f"({told})" in ran.log
    assert PASSWORD not in ran.log


@pytest.mark.usefixtures("quick")
def test_a_broken_contract_is_the_reason_and_is_not_tried_again(
    airflow: Any, ledger: Ledger, shop: str, contract: Declare
) -> None:
    contract("shop", "target: shop\nrelationships:\n  - child: orders.customer_id\n")
    ran = airflow.run("maintenance", target="shop")
    assert ran.tasks["plan"] == ["failed"]
    assert ran.tries["plan"] == 1
    scan = recorded(ledger, ran.run_id)["scan"]
    assert scan.status is Status.NOT_CHECKED
    assert any("line 3" in reason for reason in reasons(scan))


@pytest.mark.usefixtures("quick")
def test_a_ledger_that_is_down_is_no_green_run(airflow: Any, shop: str) -> None:
    airflow.connect("studioops_ledger", conn_type="postgres", host="127.0.0.1", port=1,
                    login="keeper", password=PASSWORD, schema="ledger")  # fmt: skip
    ran = airflow.run("maintenance", target="shop")
    assert ran.state == "failed"
    assert ran.tasks["ledger"] == ["failed"]
    assert ran.tries["ledger"] == 3
    assert "not_checked: nothing is in the ledger: the ledger: 127.0.0.1:1" in ran.log
    assert not ran.left("verdict", "_link_ReportLink")
    assert PASSWORD not in ran.log
