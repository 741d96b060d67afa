"""No secret and no plain row leaves a target but encrypted: marked values are looked for."""

from __future__ import annotations

import base64
import gzip
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from studioops.objectstore import ObjectStore, open_object_store
from studioops.postgres import parse_dsn

SHOP = """
CREATE TABLE customers (id int PRIMARY KEY, name text, more jsonb, raw bytea, state text);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customers, note text);
CREATE TABLE receipts (path text PRIMARY KEY);
CREATE INDEX ON orders (customer_id);
INSERT INTO customers VALUES
    (1, '{text}', '{{"a": ["{jsonb}"]}}', convert_to('{bytea}', 'UTF8'), 'lost');
INSERT INTO orders VALUES (1, 1, '{text}');
INSERT INTO receipts VALUES ('{object}');
SET session_replication_role = replica;
INSERT INTO orders VALUES (2, 77, '{orphan}');
COMMENT ON TABLE customers IS '{comment}';
CREATE FUNCTION told() RETURNS text LANGUAGE sql AS $$ SELECT '{body}' $$;
CREATE ROLE {reader} PASSWORD '{role}';
CREATE ROLE {keeper} SUPERUSER LOGIN PASSWORD '{password}';
GRANT SELECT ON customers TO {reader};
"""
READER, KEEPER = "reader_of_the_leak_test", "keeper_of_the_leak_test"
CONTRACT = """
target: shop
relationships:
  - {child: orders.customer_id, parent: customers.id}
objects:
  - {column: receipts.path, bucket: documents}
expectations:
  - {column: customers.state, values: [open, paid]}
"""
PLACES = ("text", "jsonb", "bytea", "orphan", "comment", "body", "role", "password",
          "object", "content", "openai", "trello_key", "trello_token", "langfuse", "address")  # fmt: skip
# Nobody listens there: what an error of a service tells is looked through too.
NOBODY = "http://127.0.0.1:1"
DOCUMENTS = "documents"
GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Marked:
    """A target with marked values everywhere, and each as it must be nowhere else."""

    name: str
    marks: dict[str, str]
    secrets: dict[str, bytes]

    def seen_in(self, text: bytes) -> set[str]:
        """Which of the marked values stand in a text, in whatever form."""
        found = {name for name, one in self.secrets.items() if any(f in text for f in forms(one))}
        return found if not text.startswith(GZIP) else found | self.seen_in(gzip.decompress(text))


def forms(secret: bytes) -> Iterator[bytes]:
    """As it is, in hexadecimal digits, and in base64 wherever in the text it begins."""
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    for before in range(3):
        # What stands around it decides on the first and the last digits.
        begin = (before * 8 + 5) // 6
        end = ((before + len(secret)) * 8) // 6
        yield base64.b64encode(bytes(before) + secret)[begin:end]


@pytest.fixture
def store(object_store_server: Any) -> Iterator[ObjectStore]:
    """The object store itself."""
    server = object_store_server
    with open_object_store(server.endpoint, server.access_key, server.secret_key) as opened:
        yield opened


@pytest.fixture
def marked(
    *, airflow: Any, cluster: Any, database_dsn: str, contract: Any, store: Any, tmp_path: Path
) -> Iterator[Marked]:
    """The target, with a connection, a key and a contract of its own."""
    marks = {name: f"mark{secrets.token_hex(12)}" for name in PLACES}
    name, key = f"leak_{tmp_path.parent.name}".replace("-", "_"), secrets.token_bytes(32)
    with psycopg.connect(database_dsn, autocommit=True) as connection:
        connection.execute(SHOP.format(**marks, reader=READER, keeper=KEEPER))
        verifiers = connection.execute(
            "SELECT rolname, convert_to(rolpassword, 'UTF8') FROM pg_authid"
            " WHERE rolname IN (%s, %s)",
            [READER, KEEPER],
        ).fetchall()
    database = parse_dsn(database_dsn).database
    airflow.connect_database(name, cluster.dsn(database, KEEPER, marks["password"]))
    text = base64.b64encode(key).decode()
    airflow.connect("studioops_backup_keys", conn_type="generic", login="leak", password=text)
    contract(name, CONTRACT)
    keys_of_services(airflow, marks)
    store.put(DOCUMENTS, marks["object"], marks["content"].encode())
    texts = {place: mark.encode() for place, mark in marks.items()}
    yield Marked(name, marks, texts | dict(verifiers) | {"key": key})
    store.client.delete_object(Bucket=DOCUMENTS, Key=marks["object"])
    with psycopg.connect(database_dsn, autocommit=True) as connection:
        connection.execute(f"DROP OWNED BY {READER}; DROP ROLE {READER}, {KEEPER}")


def keys_of_services(airflow: Any, marks: dict[str, str]) -> None:
    """A marked key for each service that takes one, by connection or by the environment."""
    openai, trello = {"password": marks["openai"]}, {"login": marks["trello_key"]}
    airflow.connect("studioops_openai", conn_type="generic", host=NOBODY, **openai)
    trello["password"] = marks["trello_token"]
    airflow.connect("studioops_trello", conn_type="generic", host=NOBODY, **trello)
    airflow.environment |= {
        "LANGFUSE_HOST": NOBODY,
        "LANGFUSE_SECRET_KEY": marks["langfuse"],
        "STUDIOOPS_SERVICES__SHOP__KIND": "http",
        "STUDIOOPS_SERVICES__SHOP__URL": f"http://keeper:{marks['address']}@127.0.0.1:1/x",
    }


def in_the_store(store: ObjectStore, marked: Marked, buckets: list[str]) -> set[tuple[str, str]]:
    """Each marked value that a bucket holds, in a name or in the bytes."""
    return {
        (what, f"{bucket}/{one.key}")
        for bucket in buckets
        for page in store.pages(bucket)
        for one in page
        for what in marked.seen_in(one.key.encode()) | marked.seen_in(store.get(bucket, one.key))
    }


def on_disk(directory: Path, marked: Marked) -> set[tuple[str, str]]:
    """Each marked value in the files below a directory, or in their names."""
    return {
        (what, str(path))
        for path in directory.rglob("*")
        if path.is_file()
        for what in marked.seen_in(str(path).encode()) | marked.seen_in(path.read_bytes())
    }


def in_the_ledger(dsn: str, marked: Marked) -> tuple[set[tuple[str, str]], int]:
    """Each marked value in a row of any table, and how many rows there are."""
    with psycopg.connect(dsn) as connection:
        tables = connection.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname !~ '^(pg_|information_schema)'"
        ).fetchall()
        rows = [
            (table, row)
            for (table,) in tables
            for (row,) in connection.execute(f"SELECT t::text FROM {table} AS t").fetchall()
        ]
    return {(what, table) for table, row in rows for what in marked.seen_in(row.encode())}, len(
        rows
    )


def test_a_marked_value_is_found_in_each_form_that_it_is_looked_for_in() -> None:
    mark = secrets.token_hex(12).encode()
    look = Marked("", {}, {"mark": mark}).seen_in
    for before in range(6):
        around = b"x" * before + mark + b"yz"
        for text in (
            around,
            around.hex().encode(),
            base64.b64encode(around),
            gzip.compress(around),
        ):
            assert look(text) == {"mark"}
    assert look(mark[:-1]) == set()


def test_no_marked_value_is_in_the_store_a_log_an_xcom_the_ledger_or_a_file(
    *, airflow: Any, cluster: Any, ledger: Any, marked: Marked, store: ObjectStore, recorded: Any,
    tmp_path: Path,
) -> None:  # fmt: skip
    spool = tmp_path / "spool"
    airflow.environment |= {"STUDIOOPS_SPOOL_DIR": str(spool), "STUDIOOPS_STORE_WAIT": "0"}
    there = airflow.environment["AIRFLOW_CONN_STUDIOOPS_OBJECT_STORE"]
    airflow.connect("studioops_object_store", conn_type="generic", host="127.0.0.1", port=1)
    spooled = airflow.run("backup", target=marked.name)
    assert len([one for one in spool.rglob("*") if one.is_file()]) > 3
    assert on_disk(spool, marked) == set()
    airflow.environment["AIRFLOW_CONN_STUDIOOPS_OBJECT_STORE"] = there
    runs = [
        spooled,
        airflow.run("backup_delivery"),
        airflow.run("service_health"),
        airflow.run("credential_validation"),
        airflow.run("maintenance", target=marked.name),
    ]
    # All of it was really done, the samples of faults too: those show keys, and the one value that
    # breaks an expectation, and nothing else of a row.
    asked = recorded(runs[-3])["services"].evidence["services"]
    tried = {one["service"] for one in asked if one["cause"] == "refused"}
    assert tried == {"openai", "trello", "langfuse", "shop"}, asked
    kept = recorded(runs[-1])
    assert kept["drill"].evidence["faithful"] == "passed", runs[-1].log[-3000:]
    assert kept["backup"].evidence["buckets"][0]["objects"] > 0
    assert {one.check for one in kept["scan"].findings} >= {
        "accepted_values",
        "orphan_behind_valid_constraint",
    }

    others = [one for one in store.buckets() if one != DOCUMENTS]
    assert in_the_store(store, marked, others) == set()
    # The look itself finds what is there.
    assert {what for what, _ in in_the_store(store, marked, [DOCUMENTS])} == {"content", "object"}
    for ran in runs:
        told = ran.log + json.dumps(list(ran.xcoms.values()))
        # A run that did nothing would leak nothing.
        assert marked.name in told or "studioops is " in told
        assert marked.seen_in(ran.log.encode()) == set()
        assert marked.seen_in(repr(ran.xcoms).encode()) == set()
    found, rows = in_the_ledger(cluster.dsn(ledger.database.dsn.database), marked)
    assert (found, rows > 50) == (set(), True)
    # Airflow's own database, its logs and what the tasks wrote to a disk.
    home = Path(airflow.home["AIRFLOW_HOME"])
    assert on_disk(home, marked) == set()
    assert list(home.rglob("studioops-work-*")) == []
