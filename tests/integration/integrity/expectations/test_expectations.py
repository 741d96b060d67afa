"""Expectations on a real database: a planted fault is found, mended and found no more."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from studioops.integrity import load_contract
from studioops.integrity.expectations import (
    check_expectations,
    expectations_not_checked,
    publish_docs,
)
from studioops.model import Status
from studioops.objectstore import open_object_store
from studioops.postgres import Limits, open_database, parse_dsn
from studioops.settings.declarations import SHIPPED_CONTRACT
from tests.integration.integrity.expectations.conftest import only

KINDS = [
    ("{column: items.status, values: [open, \"it's\", ':x', '%s']}", "UPDATE items SET status = 'lost' WHERE id IN (2, 5)", 2, "status", "lost", "UPDATE items SET status = ':x' WHERE id IN (2, 5)"),
    ("{column: items.code, not_null: true}", "UPDATE items SET code = NULL WHERE id = 3", 1, "code", None, "UPDATE items SET code = '' WHERE id = 3"),
    ("{column: items.code, unique: true}", "UPDATE items SET code = 'c1' WHERE id = 3", 2, "code", "c1", "UPDATE items SET code = 'x' WHERE id = 3"),
    ("{column: 'items(status, code)', unique: true}", "UPDATE items SET code = 'c1' WHERE id = 3", 2, "code", "c1", "UPDATE items SET code = NULL WHERE id = 3"),
    ("{column: items.price, min: 1, max: 9.5}", "UPDATE items SET price = 10 WHERE id = 9", 1, "price", "10", "UPDATE items SET price = NULL WHERE id = 9"),
    ("{column: items.sold, min: 2026-01-01}", "UPDATE items SET sold = '2025-12-31' WHERE id = 1", 1, "sold", "2025-12-31", "UPDATE items SET sold = '2026-01-01' WHERE id = 1"),
    ("{column: items.code, matches: '^c[0-9]{1,3}$'}", "UPDATE items SET code = 'C1' WHERE id = 1", 1, "code", "C1", "UPDATE items SET code = 'c111' WHERE id = 1"),
    ("{column: items.vendor, references: vendors.id}", "UPDATE items SET vendor = 7 WHERE id = 4", 1, "vendor", "7", "UPDATE items SET vendor = NULL WHERE id = 4"),
]  # fmt: skip


@pytest.mark.parametrize("case", KINDS, ids=lambda case: case[0])
def test_each_kind_finds_exactly_what_was_planted(shop, case):
    entry, plant, count, column, value, mend = case
    assert shop.expect(entry).status is Status.PASSED
    shop.sql(plant)
    report = shop.expect(entry)
    seen = only(report)
    assert (seen["status"], seen["unexpected"]) == ("failed", count)
    assert seen["sample"][0][column] == value
    (finding,) = report.findings
    assert (finding.check, finding.severity) == (seen["expectation"], "error")
    assert finding.message.startswith(f"{count} ")
    listing = finding.repair.splitlines()[-1]
    assert shop.rows(listing)
    shop.sql(mend)
    assert shop.expect(entry).findings == ()
    assert shop.rows(listing) == []


def test_a_warning_is_told_and_fails_nothing(shop):
    shop.sql("UPDATE items SET code = NULL WHERE id = 3")
    report = shop.expect("{column: items.code, not_null: true, severity: warning}")
    assert report.status is Status.PASSED
    assert [(one.check, one.severity) for one in report.findings] == [("not_null", "warning")]
    assert only(report)["unexpected"] == 1


def test_mostly_is_the_share_that_must_be_right(shop):
    shop.sql("UPDATE items SET code = NULL WHERE id <= 2")
    assert shop.expect("{column: items.code, not_null: true, mostly: 0.7}").status is Status.PASSED
    assert shop.expect("{column: items.code, not_null: true, mostly: 0.8}").status is Status.FAILED


def test_text_ids_are_compared_as_what_they_are(shop):
    shop.sql(
        "ALTER TABLE items ALTER vendor TYPE text; UPDATE items SET vendor = ' 1 ' WHERE id = 1"
    )
    assert shop.expect("{column: items.vendor, references: vendors.id}").status is Status.PASSED
    shop.sql("UPDATE items SET vendor = 'nobody' WHERE id = 1")
    seen = only(shop.expect("{column: items.vendor, references: vendors.id, type: integer}"))
    assert (seen["unexpected"], seen["sample"]) == (1, [{"id": "1", "vendor": "nobody"}])


def test_composite_references_and_nulls(shop):
    shop.sql(
        "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b)); INSERT INTO p VALUES (1, 1)",
        "CREATE TABLE c (a int, b int); INSERT INTO c VALUES (1, 1), (1, NULL), (NULL, NULL)",
    )
    assert shop.expect("{column: 'c(a, b)', references: 'p(a, b)'}").status is Status.PASSED
    shop.sql("INSERT INTO c VALUES (1, 2)")
    assert only(shop.expect("{column: 'c(a, b)', references: 'p(a, b)'}"))["unexpected"] == 1


def test_strange_names_partitions_and_views(shop):
    shop.sql(
        'CREATE SCHEMA "S:s"; CREATE TABLE "S:s"."T {x} t" ("C:c %s {y}" text) PARTITION BY LIST ("C:c %s {y}")',
        'CREATE TABLE part PARTITION OF "S:s"."T {x} t" DEFAULT',
        "INSERT INTO part VALUES ('a'), (NULL)",
        'CREATE VIEW seen AS SELECT "C:c %s {y}" AS c FROM part',
        "CREATE TABLE up (id text PRIMARY KEY); INSERT INTO up VALUES ('b')",
    )
    column = '''"S:s"."T {x} t"."C:c %s {y}"'''
    report = shop.expect(
        f"{{column: '{column}', not_null: true}}",
        f"{{column: '{column}', references: up.id}}",
        "{column: seen.c, values: [a]}",
    )
    counts = [one["unexpected"] for one in report.evidence["expectations"]]
    assert counts == [1, 1, 0], [one.reason for one in report.subjects]
    for finding in report.findings:
        assert shop.rows(finding.repair.splitlines()[-1])


def test_an_empty_table_breaks_no_expectation(shop):
    shop.sql("TRUNCATE items")
    entries = [entry for entry, *_ in KINDS]
    assert shop.expect(*entries).status is Status.PASSED


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("{column: nothing.a, not_null: true}", "table public.nothing is absent"),
        ("{column: items.nothing, unique: true}", "column public.items.nothing is absent"),
        ("{column: items.vendor, references: nothing.id}", "table public.nothing is absent"),
        ("{column: items.status, min: 3}", "operator does not exist"),
        ("{column: items.price, matches: x}", "operator does not exist"),
        ("{column: items.code, matches: '(?P<x>c)'}", "invalid regular expression"),
    ],
)
def test_a_query_that_breaks_is_not_checked_and_the_others_go_on(shop, entry, reason):
    report = shop.expect(entry, "{column: items.id, not_null: true}")
    broken, well = report.evidence["expectations"]
    assert broken["status"] == "not_checked"
    assert reason in broken["reason"]
    assert "next: " in broken["reason"]
    assert "Traceback" not in broken["reason"]
    assert well["status"] == "passed"
    assert report.status is Status.NOT_CHECKED
    assert report.findings == ()


def test_a_role_without_the_right_is_not_checked(shop, cluster):
    shop.sql("DROP ROLE IF EXISTS stranger", "CREATE ROLE stranger LOGIN PASSWORD 'sesame'")
    name = parse_dsn(shop.dsn).database
    seen = only(
        shop.expect(
            "{column: items.id, not_null: true}", dsn=cluster.dsn(name, "stranger", "sesame")
        )
    )
    shop.sql("DROP ROLE stranger")
    assert seen["status"] == "not_checked"
    assert "permission denied for table items" in seen["reason"]
    assert "sesame" not in str(seen)


def test_a_query_that_takes_too_long_is_not_checked(shop):
    shop.sql("CREATE VIEW slow AS SELECT pg_sleep(5)::text AS c, 1 AS n")
    seen = only(
        shop.expect("{column: slow.c, not_null: true}", limits=Limits(statement_timeout=0.4))
    )
    assert seen["status"] == "not_checked"
    assert "statement timeout" in seen["reason"]


def test_nothing_can_be_written_through_it(shop):
    shop.sql("CREATE SEQUENCE s; CREATE VIEW sly AS SELECT nextval('public.s') AS c")
    seen = only(shop.expect("{column: sly.c, not_null: true}"))
    assert seen["status"] == "not_checked"
    assert "read-only transaction" in seen["reason"]


def test_rows_that_a_policy_hides_are_not_checked(shop, cluster):
    shop.sql(
        "DROP ROLE IF EXISTS half", "CREATE ROLE half LOGIN PASSWORD 'sesame'",
        "GRANT SELECT ON items TO half", "ALTER TABLE items ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY p ON items USING (id < 3)",
    )  # fmt: skip
    name = parse_dsn(shop.dsn).database
    seen = only(
        shop.expect("{column: items.id, not_null: true}", dsn=cluster.dsn(name, "half", "sesame"))
    )
    shop.sql("DROP OWNED BY half; DROP ROLE half")
    assert seen["status"] == "not_checked"
    assert "row-level security" in seen["reason"]


def test_a_database_that_is_away_leaves_all_not_checked(shop):
    report = shop.expect(
        "{column: items.id, not_null: true, unique: true}",
        dsn="postgresql://u:sesame@127.0.0.1:1/x",
    )
    assert [one.status for one in report.subjects] == [Status.NOT_CHECKED] * 2
    assert all("no connection" in one.reason for one in report.subjects)
    assert "sesame" not in str(report)


def test_where_nobody_could_ask_each_says_why(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text(
        "expectations:\n- {column: a.b, not_null: true, unique: true}\n", encoding="utf-8"
    )
    report = expectations_not_checked(load_contract(path), "away; next: wait", "t")
    assert {one.reason for one in report.subjects} == {"away; next: wait"}
    assert report.status is Status.NOT_CHECKED


def test_data_docs_stand_by_themselves_and_hold_no_secret(shop, tmp_path):
    docs = tmp_path / "docs"
    docs.mkdir()
    shop.sql("UPDATE items SET status = 'lost' WHERE id = 2")
    shop.expect(
        "{column: items.status, values: [open]}",
        "{column: items.vendor, references: vendors.id}",
        docs=docs,
    )
    pages = {
        path.relative_to(docs).as_posix(): path.read_text(encoding="utf-8")
        for path in docs.rglob("*.html")
    }
    assert "index.html" in pages
    assert len(pages) >= 3
    password = parse_dsn(shop.dsn).params["password"]
    for text in pages.values():
        assert "<script" not in text
        assert "<link" not in text
        assert "src='http" not in text
        assert 'src="http' not in text
        assert password not in text
    (validation,) = [text for name, text in pages.items() if name.startswith("validations/")]
    assert "lost" in validation
    assert "must be found in" in validation
    assert sum(path.stat().st_size for path in docs.rglob("*") if path.is_file()) < 500_000


def test_no_value_of_a_row_is_a_part_of_the_pages(shop, tmp_path):
    docs = tmp_path / "docs"
    docs.mkdir()
    shop.sql(
        "UPDATE items SET status = '<script>alert(1)' WHERE id = 2",
        "UPDATE items SET status = '</script><img src=x onerror=alert(2)>' WHERE id = 3",
    )
    shop.expect("{column: items.status, values: [open]}", docs=docs)
    (page,) = (docs / "validations").rglob("*.html")
    text = page.read_text(encoding="utf-8")
    assert "&lt;img src=x" in text
    assert "<script" not in text
    assert "<img" not in text
    (link,) = re.findall('href="(validations/[^"]+)"', (docs / "index.html").read_text())
    assert (docs / link).samefile(page)


def test_data_docs_are_stored_page_by_page(shop, tmp_path, object_store_server):
    docs = tmp_path / "docs"
    docs.mkdir()
    shop.expect("{column: items.id, unique: true}", docs=docs)
    server = object_store_server
    with open_object_store(server.endpoint, server.access_key, server.secret_key) as store:
        store.ensure_buckets(["evidence"])
        key = publish_docs(store, "evidence", "data-docs/shop/run", docs)
        assert key == "data-docs/shop/run/index.html"
        found = store.client.get_object(Bucket="evidence", Key=key)
        assert found["ContentType"] == "text/html"
        listed = [
            one.key for page in store.pages("evidence", "data-docs/shop/run/") for one in page
        ]
    assert sorted(listed) == sorted(
        f"data-docs/shop/run/{path.relative_to(docs).as_posix()}"
        for path in docs.rglob("*")
        if path.is_file()
    )


ALONE = """
import sys
from studioops.integrity import load_contract
from studioops.integrity.expectations import check_expectations
from studioops.postgres import open_database
assert "great_expectations" not in sys.modules
contract = load_contract("contract.yaml")
with open_database(sys.argv[1]) as database:
    print(check_expectations(database, contract, target="t").status)
"""


def test_it_writes_nowhere_says_nothing_and_calls_nobody(shop, tmp_path):
    """In a process of its own: no file in the directory or in the home, no word on stderr."""
    home = tmp_path / "home"
    work = tmp_path / "work"
    home.mkdir()
    work.mkdir()
    (work / "contract.yaml").write_text(
        "expectations:\n- {column: items.vendor, references: vendors.id}\n- {column: items.price, max: 5}\n",
        encoding="utf-8",
    )
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home)}
    # Any name that is looked up would fail: there is no resolver for it.
    environment["RES_OPTIONS"] = "attempts:1 timeout:1"
    done = subprocess.run(
        [sys.executable, "-c", ALONE, shop.dsn], cwd=work, env=environment,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("failed\n", "")
    assert [path.name for path in work.iterdir()] == ["contract.yaml"]
    assert [path for path in Path(home).rglob("*") if path.is_file()] == []


def test_the_shipped_contract_speaks_the_truth_of_the_legacy_database(legacy_dsn):
    contract = load_contract(SHIPPED_CONTRACT)
    assert len(contract.expectations) >= 6
    with open_database(legacy_dsn) as database:
        report = check_expectations(database, contract, target="studioops")
    assert report.findings == ()
    assert report.status is Status.PASSED, [one for one in report.subjects if one.reason]
