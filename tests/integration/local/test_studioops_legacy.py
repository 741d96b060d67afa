"""The legacy database against what was found on 2025-09-08, by SQL of the test's own."""

from __future__ import annotations

import csv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from studioops.errors import PermissionDenied, Refused
from studioops.local.studioops_legacy import (
    legacy_is_loaded,
    legacy_objects,
    load_legacy,
    rows,
)

COLUMNS = Path(__file__).with_name("legacy_columns.tsv")
COUNTS = {
    "chat_messages": 58,
    "chat_sessions": 8,
    "doc_chunks": 7,
    "documents": 8,
    "extracted_items": 12,
    "generated_documents": 3,
    "ingest_events": 6,
    "material_aliases": 4,
    "materials": 27,
    "outbox": 0,
    "plan_items": 18,
    "plans": 6,
    "project_knowledge": 5,
    "projects": 14,
    "purchases": 9,
    "rag_documents": 5,
    "rate_cards": 0,
    "shipping_quotes": 0,
    "vendor_aliases": 4,
    "vendor_prices": 10,
    "vendors": 34,
}
ORPHANS = {
    ("chat_messages", "session_id", "chat_sessions"): (42, 42),
    ("chat_sessions", "project_id", "projects"): (3, 1),
    ("extracted_items", "project_id", "projects"): (3, 0),
    ("extracted_items", "document_id", "documents"): (2, 0),
    ("extracted_items", "vendor_id", "vendors"): (1, 0),
    ("extracted_items", "material_id", "materials"): (1, 0),
    ("generated_documents", "project_id", "projects"): (1, 0),
    ("project_knowledge", "project_id", "projects"): (2, 0),
    ("doc_chunks", "document_id", "documents"): (2, 0),
    ("ingest_events", "document_id", "documents"): (1, 0),
    ("vendor_aliases", "vendor_id", "vendors"): (1, 0),
    ("material_aliases", "material_id", "materials"): (1, 1),
    ("plan_items", "vendor_id", "vendors"): (1, 0),
    ("plan_items", "plan_id", "plans"): (0, 0),
    ("plans", "project_id", "projects"): (0, 0),
    ("documents", "project_id", "projects"): (0, 0),
    ("purchases", "project_id", "projects"): (0, 0),
    ("purchases", "vendor_id", "vendors"): (0, 0),
    ("purchases", "material_id", "materials"): (0, 0),
    ("vendor_prices", "vendor_id", "vendors"): (0, 0),
    ("vendor_prices", "material_id", "materials"): (0, 0),
}
UUID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


@pytest.fixture
def ask(legacy_dsn):
    with psycopg.connect(legacy_dsn) as connection:
        yield lambda statement, *values: connection.execute(statement, values or None).fetchall()


def test_twenty_one_tables_with_their_rows(ask):
    tables = [
        name for (name,) in ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    ]
    counts = {name: ask(f"SELECT count(*) FROM {name}")[0][0] for name in tables}
    assert counts == COUNTS
    assert len(counts) == 21


def test_every_column_as_it_was_found(ask):
    with COLUMNS.open(encoding="utf-8") as lines:
        wanted = {
            (row["table"], row["column"], row["legacy_type"])
            for row in csv.DictReader(lines, delimiter="\t")
        }
    found = ask(
        "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)"
        " || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END"
        " || coalesce(' = ' || pg_get_expr(d.adbin, d.adrelid), '')"
        " FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid"
        " LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0"
    )
    assert set(found) == wanted


@pytest.mark.parametrize(
    ("reference", "expected"), ORPHANS.items(), ids=lambda x: ".".join(map(str, x))
)
def test_the_orphans_of_each_relationship(ask, reference, expected):
    child, column, parent = reference
    ((orphans, malformed),) = ask(
        f"SELECT count(*), count(*) FILTER (WHERE lower({column}::text) !~ %s) FROM {child} AS c"
        f" WHERE {column} IS NOT NULL"
        f" AND lower({column}::text) NOT IN (SELECT lower(id::text) FROM {parent})",
        UUID,
    )
    assert (orphans, malformed) == expected


def test_sixty_one_orphans_in_thirteen_relationships():
    broken = [counts for counts in ORPHANS.values() if counts[0]]
    assert (len(broken), sum(a for a, _ in broken), sum(b for _, b in broken)) == (13, 61, 44)


def test_nine_foreign_keys_with_the_actions_they_had(ask):
    found = ask(
        "SELECT conrelid::regclass::text || '.' || a.attname, confrelid::regclass::text,"
        " confdeltype::text, confupdtype::text, convalidated"
        " FROM pg_constraint AS k JOIN pg_attribute AS a"
        " ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]"
        " WHERE contype = 'f' AND conrelid::regclass::text NOT LIKE 'reporting.%'"
    )
    assert {row[:3] for row in found} == {
        ("plans.project_id", "projects", "c"),
        ("plan_items.plan_id", "plans", "c"),
        ("documents.project_id", "projects", "a"),
        ("purchases.project_id", "projects", "a"),
        ("purchases.vendor_id", "vendors", "a"),
        ("purchases.material_id", "materials", "a"),
        ("plan_items.vendor_id", "vendors", "a"),
        ("vendor_prices.vendor_id", "vendors", "a"),
        ("vendor_prices.material_id", "materials", "a"),
    }
    assert all(row[3:] == ("a", True) for row in found)
    assert len(found) == 9


def test_six_secondary_indexes(ask):
    found = ask(
        "SELECT substring(indexdef FROM 'ON (.*)$') FROM pg_indexes WHERE schemaname = 'public'"
        " AND indexname LIKE 'idx%'"
    )
    assert {one.replace("public.", "").replace(" USING btree", "") for (one,) in found} == {
        "plan_items (plan_id)",
        "vendor_prices (material_id, fetched_at DESC)",
        "chat_messages (session_id)",
        "chat_sessions (project_id)",
        "chat_sessions (user_id)",
        "project_knowledge (project_id)",
    }


def test_the_three_traps(ask):
    ((behind,),) = ask(
        "SELECT count(*) FROM plan_items WHERE vendor_id NOT IN (SELECT id FROM vendors)"
    )
    assert behind == 1
    ((upper,),) = ask(
        "SELECT count(*) FROM chat_sessions AS c JOIN projects AS p"
        " ON upper(p.id::text) = c.project_id AND c.project_id <> lower(c.project_id)"
    )
    assert upper == 1
    notes = ask("SELECT project_id IS NULL, version IS NULL FROM reporting.plan_notes ORDER BY id")
    assert notes == [(False, False), (False, False), (False, True)]


def test_sequences_are_owned_and_ahead(ask):
    ((name, last),) = ask(
        "SELECT s.name, pg_sequence_last_value(s.name::regclass)"
        " FROM pg_get_serial_sequence('ingest_events', 'id') AS s(name)"
    )
    assert (name, last) == ("public.ingest_events_id_seq", 6)


def test_every_document_names_an_object(ask):
    paths = {path for (path,) in ask("SELECT path FROM documents")}
    objects = dict(legacy_objects())
    assert set(objects) == paths
    assert all(objects.values())
    assert dict(legacy_objects()) == objects


def test_two_loads_make_the_same_rows(ask, cluster, legacy_template):
    name = cluster.clone("template0")
    with psycopg.connect(cluster.dsn(name)) as other:
        assert not legacy_is_loaded(other)
        load_legacy(other, "studioops")
        assert legacy_is_loaded(other)
        for table in (*COUNTS, "reporting.plan_notes"):
            statement = f'SELECT t::text FROM {table} AS t ORDER BY t::text COLLATE "C"'
            assert ask(statement) == other.execute(statement).fetchall()
    cluster.drop(name)


def test_triggers_are_on_again_in_a_callers_open_transaction(database_dsn, legacy_template):
    with psycopg.connect(database_dsn) as connection:
        assert not legacy_is_loaded(connection)
        load_legacy(connection, "studioops")
        assert connection.execute("SHOW session_replication_role").fetchone() == ("origin",)


def test_everything_belongs_to_the_application(ask):
    owners = ask(
        "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class"
        " WHERE relnamespace IN ('public'::regnamespace, 'reporting'::regnamespace)"
    )
    assert owners == [("studioops",)]


@pytest.mark.parametrize(
    ("planted", "named"),
    [
        ("CREATE SCHEMA mine; CREATE TABLE mine.precious (id int)", r"table mine\.precious"),
        ("CREATE TYPE projects AS ENUM ('a')", "type projects"),
        ("CREATE SEQUENCE outbox_id_seq", "sequence outbox_id_seq"),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", r"function f\(\)"),
        ("CREATE SCHEMA reporting", "schema reporting"),
    ],
)
def test_a_database_that_is_not_empty_is_left_alone(database_dsn, legacy_template, planted, named):
    with psycopg.connect(database_dsn, autocommit=True) as connection:
        connection.execute(planted)
        with pytest.raises(Refused, match=f"not empty: it has {named}"):
            load_legacy(connection, "studioops")
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert found.fetchone() == (0,)


def test_an_owner_that_is_absent_is_refused(database_dsn):
    with (
        psycopg.connect(database_dsn) as connection,
        pytest.raises(Refused, match="no role 'nobody_there'"),
    ):
        load_legacy(connection, "nobody_there")


def test_only_a_superuser_may_load(database_dsn, legacy_template):
    with psycopg.connect(database_dsn) as connection:
        connection.execute("SET ROLE studioops")
        with pytest.raises(PermissionDenied, match="no superuser"):
            load_legacy(connection, "studioops")


def test_of_two_loads_at_once_one_is_refused(database_dsn, legacy_template):
    def load(_):
        try:
            with psycopg.connect(database_dsn) as connection:
                load_legacy(connection, "studioops")
        except Refused as refused:
            return refused.message.split(":")[-1]
        return "loaded"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(load, range(2))) == [" it has table projects", "loaded"]


def test_a_load_that_breaks_in_the_middle_leaves_nothing(
    database_dsn, legacy_template, monkeypatch
):
    def broken(n):
        raise RuntimeError("the lights went out")

    monkeypatch.setitem(rows.TABLES, "chat_messages", (1, broken))
    with psycopg.connect(database_dsn, autocommit=True) as connection:
        with pytest.raises(RuntimeError):
            load_legacy(connection, "studioops")
        assert not legacy_is_loaded(connection)
        assert connection.execute("SELECT to_regnamespace('reporting')").fetchone() == (None,)
