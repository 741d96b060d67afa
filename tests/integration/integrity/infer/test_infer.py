"""What is inferred from databases whose relationships are known."""

from __future__ import annotations

import uuid

import pytest

from studioops.integrity import load_contract
from studioops.integrity.infer.proposal import written
from studioops.settings.declarations import SHIPPED_CONTRACT

CUSTOMERS = (
    "CREATE TABLE customers (id int PRIMARY KEY)",
    "INSERT INTO customers SELECT generate_series(1, 20)",
)
FILL = "SELECT n, 1 + n % 20 FROM generate_series(1, 40) AS n"


def test_the_legacy_database(legacy):
    made = legacy.infer()
    shipped = {
        f"{written(one.child)} > {written(one.parent)}"
        for one in load_contract(SHIPPED_CONTRACT).relationships
    }
    present = {pair for pair in shipped if pair in made.pairs}
    assert len(present) == 21
    # 42 of its 58 values are no session at all: the data speak against the name, and the file says
    # so in a comment that can be uncommented.
    sessions = "chat_messages.session_id > chat_sessions.id"
    assert made.outcome(sessions) == "contradicted"
    assert (made.one(sessions).evidence.matched, made.one(sessions).evidence.orphans) == (16, 42)
    # Beyond the contract: somebody's report, whose constraint and whose project are both real.
    beyond = {
        "reporting.plan_notes(project_id, version) > plans(project_id, version)",
        "reporting.plan_notes.project_id > projects.id",
    }
    assert made.proposed == present - {sessions} | beyond
    assert made.made.status == "passed"


def test_the_legacy_database_always_gives_the_same_file_and_it_scans_alike(legacy):
    first = legacy.contract()
    text = legacy.file.read_text(encoding="utf-8")
    assert first.relationships == legacy.contract().relationships
    assert legacy.file.read_text(encoding="utf-8") == text
    assert len(first.relationships) == 22
    unbacked = [one for one in first.relationships if one.on_delete is None]
    assert len(unbacked) == 12
    assert {one.orphans for one in unbacked} == {"report"}
    differing = legacy.diff(first).findings
    assert {one.check for one in differing} == {"missing_foreign_key"}
    assert len(differing) == 12
    assert "# - child: chat_messages.session_id" in text


@pytest.mark.parametrize(
    ("column", "values", "outcome"),
    [
        ("customer_id int", FILL, "confirmed"),
        ("customer_id bigint", FILL, "confirmed"),
        ("customer_id text", FILL, "confirmed"),
        ("customer_id numeric", FILL, "confirmed"),
        ("billing_customer_id int", FILL, "confirmed"),
        (
            "customer_id int",
            "SELECT n, CASE WHEN n < 39 THEN 1 + n % 20 ELSE 99 END FROM generate_series(1, 40) AS n",
            "confirmed",
        ),
        ("customer_id int", "SELECT n, n FROM generate_series(1, 40) AS n", "contradicted"),
        ("customer_id int", "SELECT n, NULL::int FROM generate_series(1, 40) AS n", "unconfirmed"),
        ("customer_id int", "SELECT 1, 1 WHERE false", "unconfirmed"),
        ("customer int", "SELECT n, 1 FROM generate_series(1, 40) AS n", "unconfirmed"),
        (
            "customer text",
            "SELECT n, 'Miller ' || n FROM generate_series(1, 40) AS n",
            "contradicted",
        ),
    ],
)
def test_the_data_decide(subject, column, values, outcome):
    subject.sql(*CUSTOMERS, f"CREATE TABLE orders (id int PRIMARY KEY, {column})")
    made = subject.sql(f"INSERT INTO orders {values}").infer()
    name = column.split()[0]
    (pair,) = made.pairs
    assert pair == f"orders.{name} > customers.id"
    assert made.outcome(pair) == outcome
    assert made.made.status == ("passed" if outcome == "confirmed" else "not_checked")


def test_a_reference_kept_as_text_on_either_side(subject):
    ids = [uuid.UUID(int=n) for n in range(1, 9)]
    subject.sql(
        "CREATE TABLE customers (id uuid PRIMARY KEY); CREATE TABLE vendors (id text PRIMARY KEY)",
        "CREATE TABLE orders (customer_id text, vendor_id uuid)",
        *(f"INSERT INTO customers VALUES ('{one}')" for one in ids),
        *(f"INSERT INTO vendors VALUES (upper('{one}'))" for one in ids),
        *(f"INSERT INTO orders VALUES (upper('{one}'), '{one}')" for one in ids[:6]),
        "INSERT INTO orders VALUES ('demo-customer', NULL)",
    )
    made = subject.infer()
    assert made.proposed == {"orders.customer_id > customers.id", "orders.vendor_id > vendors.id"}
    evidence = made.one("orders.customer_id > customers.id").evidence
    assert (evidence.rows, evidence.filled, evidence.matched, evidence.malformed) == (7, 7, 6, 1)
    types = {one.child.columns[0]: one.types for one in subject.contract().relationships}
    assert types == {"customer_id": None, "vendor_id": ("uuid",)}


def test_trees_shared_names_and_keys_without_a_constraint(subject):
    made = subject.sql(
        "CREATE TABLE categories (id int PRIMARY KEY, parent_id int)",
        "INSERT INTO categories SELECT n, nullif(n / 2, 0) FROM generate_series(1, 20) AS n",
        "CREATE TABLE books (isbn text PRIMARY KEY, title text)",
        "INSERT INTO books SELECT 'x' || n, 't' FROM generate_series(1, 20) AS n",
        "CREATE TABLE loans (isbn text, member_id int, title text)",
        "INSERT INTO loans SELECT 'x' || n, n, 't' FROM generate_series(1, 20) AS n",
        "CREATE TABLE members (id int)",
        "INSERT INTO members SELECT generate_series(1, 20)",
    ).infer()
    assert made.proposed == {
        "categories.parent_id > categories.id",
        "loans.isbn > books.isbn",
        "loans.member_id > members.id",
    }


def test_composite_keys(subject):
    made = subject.sql(
        "CREATE TABLE orders (tenant_id int, id int, PRIMARY KEY (tenant_id, id))",
        "INSERT INTO orders SELECT n % 4, n FROM generate_series(1, 40) AS n",
        "CREATE TABLE lines (id int PRIMARY KEY, tenant_id int, order_id int)",
        "INSERT INTO lines SELECT n, n % 4, n FROM generate_series(1, 40) AS n",
        "CREATE TABLE notes (tenant_id int, order_id int)",
        "INSERT INTO notes SELECT n % 3, n FROM generate_series(1, 40) AS n",
        "CREATE TABLE places (region text, zone text, UNIQUE (zone, region))",
        "INSERT INTO places SELECT 'r' || n, 'z' || n FROM generate_series(1, 40) AS n",
        "CREATE TABLE visits (zone text, region text)",
        "INSERT INTO visits SELECT 'z' || n, 'r' || n FROM generate_series(1, 40) AS n",
        "INSERT INTO visits VALUES ('z', NULL)",
    ).infer()
    assert made.proposed == {
        "lines(tenant_id, order_id) > orders(tenant_id, id)",
        "visits(zone, region) > places(zone, region)",
    }
    assert made.outcome("notes(tenant_id, order_id) > orders(tenant_id, id)") == "contradicted"
    assert made.one("visits(zone, region) > places(zone, region)").evidence.filled == 40


def test_two_tables_that_would_do_are_left_to_people_unless_one_is_surer(subject):
    subject.sql(
        "CREATE TABLE chat_sessions (id int PRIMARY KEY); CREATE TABLE web_sessions (id int PRIMARY KEY)",
        "CREATE TABLE hits (session_id int)",
        *(
            f"INSERT INTO {name} SELECT generate_series(1, 20)"
            for name in ("chat_sessions", "web_sessions", "hits")
        ),
    )
    made = subject.infer()
    assert made.proposed == set()
    assert set(map(made.outcome, made.pairs)) == {"ambiguous"}
    subject.sql("CREATE TABLE sessions (id int PRIMARY KEY); INSERT INTO sessions TABLE hits")
    made = subject.infer()
    assert made.proposed == {"hits.session_id > sessions.id"}
    assert sorted(map(made.outcome, made.pairs)) == ["confirmed", "outranked", "outranked"]


def test_false_friends_and_what_a_constraint_says_already(subject):
    made = subject.sql(
        *CUSTOMERS,
        "CREATE TABLE orders (id int PRIMARY KEY, status_id int, valid boolean, grid int, paid int,"
        " customer_id int REFERENCES customers, customers jsonb, customer_name text)",
        "INSERT INTO orders SELECT n, 1, true, n, n, n, '{}', 'x' FROM generate_series(1, 20) AS n",
        "CREATE TABLE customer_details (customer_id int PRIMARY KEY, customer_count int)",
        "INSERT INTO customer_details SELECT n, n FROM generate_series(1, 20) AS n",
        "CREATE VIEW recent_customers AS SELECT id, id AS customer_id FROM customers",
        "CREATE TABLE events (id int, customer_id int) PARTITION BY RANGE (id)",
        "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1) TO (100)",
        "INSERT INTO events SELECT n, n FROM generate_series(1, 20) AS n",
    ).infer()
    assert made.proposed == {
        "orders.customer_id > customers.id",
        "customer_details.customer_id > customers.id",
        "events.customer_id > customers.id",
    }
    (key,) = made.one("orders.customer_id > customers.id").constraints
    assert key.name == "orders_customer_id_fkey"


def test_names_that_need_quotes_come_back(subject):
    subject.sql(
        'CREATE SCHEMA "My Shop"; CREATE TABLE "My Shop"."Customers" ("Id" int PRIMARY KEY)',
        'CREATE TABLE "My Shop"."Or.der" ("CustomerId" int, "select" int, "a\nb" int)',
        'INSERT INTO "My Shop"."Customers" SELECT generate_series(1, 20)',
        'INSERT INTO "My Shop"."Or.der" SELECT n, n, n FROM generate_series(1, 20) AS n',
        'CREATE TABLE "größen%s" ("a""b" int UNIQUE, "{x}" int REFERENCES "My Shop"."Customers")',
        'ALTER TABLE "My Shop"."Or.der" ADD FOREIGN KEY ("a\nb") REFERENCES "größen%s" ("a""b") NOT VALID',
    )
    contract = subject.contract()
    assert {(str(one.child), str(one.parent)) for one in contract.relationships} == {
        ('"My Shop"."Or.der"("CustomerId")', '"My Shop"."Customers"("Id")'),
        ('"My Shop"."Or.der"("a\nb")', 'public."größen%s"("a""b")'),
        ('public."größen%s"("{x}")', '"My Shop"."Customers"("Id")'),
    }
    assert {one.check for one in subject.diff(contract).findings} == {
        "missing_foreign_key",
        "not_valid",
    }


def test_an_empty_database_proposes_nothing_and_is_not_called_well(subject):
    made = subject.infer()
    assert (made.pairs, str(made.made.status)) == ({}, "not_checked")
    assert "nothing to propose" in made.made.trouble[0]
    assert subject.contract().relationships == ()


def test_one_table_that_may_not_be_read_spoils_only_itself(subject, reader):
    name, dsn = reader
    subject.sql(*CUSTOMERS)
    for table in ("orders", "secrets"):
        subject.sql(f"CREATE TABLE {table} (id int PRIMARY KEY, customer_id int)")
        subject.sql(f"INSERT INTO {table} {FILL}")
    subject.sql("CREATE TABLE hidden (customer_id int REFERENCES customers)")
    made = subject.sql(f"GRANT SELECT ON customers, orders TO {name}").infer(dsn)
    # A constraint is known without reading a row; that nobody looked at its rows is said.
    assert made.proposed == {
        "orders.customer_id > customers.id",
        "hidden.customer_id > customers.id",
    }
    unseen = made.one("secrets.customer_id > customers.id")
    assert (str(unseen.outcome), unseen.evidence.matched) == ("not_checked", None)
    assert "permission denied for table secrets" in unseen.reason
    assert (
        "permission denied for table hidden" in made.one("hidden.customer_id > customers.id").reason
    )
    assert made.made.status == "not_checked"
    said, step = made.made.trouble
    assert "2 of 3 not checked" in said
    assert step.startswith("GRANT")
    assert "geheim" not in said + step + str(made.made.as_json())


def test_a_thousand_keys_of_one_name_are_no_million_suspicions(subject):
    made = subject.sql(
        "DO $$ BEGIN FOR i IN 1..200 LOOP"
        " EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, tenant_id int, name text,"
        " t%s_id int, UNIQUE (tenant_id, name), UNIQUE (tenant_id, id))', i, i - 1);"
        " EXECUTE format('INSERT INTO t%s SELECT n, n, n, n FROM generate_series(1, 9) AS n', i);"
        " END LOOP; END $$"
    ).infer()
    single = {f"t{n}.t{n - 1}_id > t{n - 1}.id" for n in range(2, 201)}
    double = {f"t{n}(tenant_id, t{n - 1}_id) > t{n - 1}(tenant_id, id)" for n in range(2, 201)}
    assert set(made.pairs) == made.proposed == single | double
