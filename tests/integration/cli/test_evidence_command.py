"""What `scan` records, `evidence show` shows."""

from __future__ import annotations

import psycopg
import pytest

from studioops.ledger import open_ledger

SOUND = (
    "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1)",
    "CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p); INSERT INTO c VALUES (1, 1)",
)


@pytest.fixture
def ledger_url(cluster):
    name = cluster.clone("template0")
    url = cluster.dsn(name)
    with open_ledger(url) as ledger:
        ledger.migrate()
    yield url
    cluster.drop(name)


def test_a_scan_is_recorded_and_shown_with_its_last_pass(studioops, sql, ledger_url):
    dsn = sql(*SOUND)
    settings = {"STUDIOOPS_TARGETS__SHOP__URL": dsn, "LEDGER_URL": ledger_url}
    assert studioops("scan", "--target", "shop", **settings).code == 0
    answer = studioops("evidence", "show", "--json", **settings)
    (subject,) = answer.json("evidence-show")["subjects"]
    assert (subject["status"], subject["kind"], subject["target"]) == ("passed", "scan", "shop")
    assert subject["passed_at"] == subject["looked_at"]
    sql("SET session_replication_role = replica; INSERT INTO c VALUES (2, 7)")
    assert studioops("scan", "--target", "shop", **settings).code == 1
    answer = studioops("evidence", "show", "--json", **settings)
    assert answer.code == 1
    (after,) = answer.json("evidence-show")["subjects"]
    assert (after["status"], after["passed_at"]) == ("failed", subject["passed_at"])
    text = studioops("evidence", "show", "--target", "shop", **settings)
    assert "public.c(p) → public.p(id)" in text.out
    full = studioops("evidence", "show", "--report", str(after["report_id"]), **settings)
    assert "orphans: 1 in 1 relationships (0 malformed, 1 behind a valid constraint)" in full.lines


def test_a_database_given_by_dsn_is_never_taken_for_a_target(studioops, sql, ledger_url, tmp_path):
    file = tmp_path / "c.yaml"
    file.write_text("target: shop\nrelationships:\n- {child: c.p, parent: p.id}\n")
    answer = studioops("scan", "--dsn", sql(*SOUND), "--contract", str(file), LEDGER_URL=ledger_url)
    assert answer.code == 0
    shown = studioops("evidence", "show", "--json", LEDGER_URL=ledger_url)
    (subject,) = shown.json("evidence-show")["subjects"]
    assert subject["target"] != "shop"
    assert "127.0.0.1" in subject["target"]


def test_an_empty_ledger_is_not_called_well(studioops, ledger_url):
    answer = studioops("evidence", "show", LEDGER_URL=ledger_url)
    assert answer.code == 3
    assert "nothing has been looked at yet" in answer.out


def test_no_ledger_and_no_such_report(studioops, ledger_url):
    answer = studioops("evidence", "show")
    assert (answer.code, "no ledger is configured" in answer.err) == (2, True)
    answer = studioops("evidence", "show", "--report", "77", LEDGER_URL=ledger_url)
    assert (answer.code, "no report 77" in answer.err) == (2, True)


def test_a_ledger_without_tables_says_what_to_run(studioops, cluster):
    name = cluster.clone("template0")
    answer = studioops("evidence", "show", LEDGER_URL=cluster.dsn(name))
    assert answer.code == 3
    assert "; next: " in answer.err
    cluster.drop(name)


def test_nothing_of_the_password_lands_in_the_ledger(studioops, sql, ledger_url, cluster):
    studioops("scan", "--dsn", sql(*SOUND), LEDGER_URL=ledger_url)
    with psycopg.connect(ledger_url) as connection:
        rows = connection.execute("SELECT document::text FROM ledger.reports").fetchall()
    assert rows
    assert cluster.server.password not in str(rows)
