from __future__ import annotations

import psycopg
import pytest

from studioops.postgres import open_database
from studioops.postgres.fingerprint import fingerprint_tables, list_tables


def look(dsn, **words):
    with open_database(dsn) as database:
        with database.transaction() as connection:
            tables = list_tables(connection)
        return fingerprint_tables(database, tables.counted, **words)


def digest(dsn, table="public.t"):
    return look(dsn)[table].digest


def test_shapes_of_tables(database_dsn, run):
    wide = ", ".join(f"c{n} boolean" for n in range(1600))
    run(
        database_dsn,
        "CREATE TABLE empty (id int)",
        "CREATE TABLE no_columns ()",
        "INSERT INTO no_columns DEFAULT VALUES",
        "INSERT INTO no_columns DEFAULT VALUES",
        f"CREATE TABLE wide ({wide})",
        "INSERT INTO wide (c0) VALUES (true)",
        "INSERT INTO wide (c1599) VALUES (true)",
        "CREATE TABLE parent (id int)",
        "INSERT INTO parent VALUES (1)",
        "CREATE TABLE child () INHERITS (parent)",
        "INSERT INTO child VALUES (2), (3)",
        "CREATE TABLE parts (id int) PARTITION BY RANGE (id)",
        "CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (10)",
        "INSERT INTO parts VALUES (4)",
        "CREATE UNLOGGED TABLE quick (id int)",
        "INSERT INTO quick VALUES (1)",
        'CREATE SCHEMA "S %s s"',
        'CREATE TABLE "S %s s"."T ""%t" ("c %s" int)',
        'INSERT INTO "S %s s"."T ""%t" VALUES (1)',
    )
    rows = {name: found.rows for name, found in look(database_dsn).items()}
    assert rows == {
        "public.empty": 0,
        "public.no_columns": 2,
        "public.wide": 2,
        "public.parent": 1,
        "public.child": 2,
        "public.part": 1,
        "public.quick": 1,
        '"S %s s"."T ""%t"': 1,
    }
    before = digest(database_dsn, "public.wide")
    run(database_dsn, "UPDATE wide SET c1599 = NULL, c1598 = true WHERE c1599")
    assert digest(database_dsn, "public.wide") != before


def test_counts_alone(database_dsn, run):
    run(database_dsn, "CREATE TABLE t AS SELECT 1 AS a", "SELECT lo_create(0)")
    found = look(database_dsn, contents=False)
    assert {name: (one.rows, one.digest) for name, one in found.items()} == {
        "public.t": (1, ""),
        "large objects": (1, ""),
    }


@pytest.mark.postgres(18)
def test_virtual_columns_are_out_and_stored_ones_in(database_dsn, run):
    run(
        database_dsn,
        "CREATE TABLE t (a int, v int GENERATED ALWAYS AS (a + 1) VIRTUAL, s int GENERATED ALWAYS AS (a) STORED)",
        "INSERT INTO t VALUES (1)",
        "CREATE TABLE u (a int, s int)",
        "INSERT INTO u VALUES (1, 1)",
    )
    found = look(database_dsn)
    assert found["public.t"] == found["public.u"]


def test_foreign_temporary_and_materialised_are_left_out(database_dsn, run):
    run(
        database_dsn,
        "CREATE FOREIGN DATA WRAPPER w",
        "CREATE SERVER s FOREIGN DATA WRAPPER w",
        "CREATE FOREIGN TABLE far (a int) SERVER s",
        "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a",
    )
    with psycopg.connect(database_dsn) as other, open_database(database_dsn) as database:
        other.execute("CREATE TEMP TABLE mine (a int)")
        other.commit()
        with database.transaction() as connection:
            tables = list_tables(connection)
    assert tables.counted == ()
    assert list(tables.left_out) == ["public.far"]


def test_of_an_extension_the_rows_that_a_dump_carries(database_dsn, run):
    run(
        database_dsn,
        "CREATE TABLE filled (a int)",
        "CREATE TABLE own (a int, standard boolean)",
        "INSERT INTO own VALUES (1, true), (2, false)",
        "ALTER EXTENSION plpgsql ADD TABLE filled",
        "ALTER EXTENSION plpgsql ADD TABLE own",
        "UPDATE pg_extension SET extconfig = ARRAY['own'::regclass::oid], "
        "extcondition = ARRAY['WHERE NOT standard'] WHERE extname = 'plpgsql'",
    )
    with open_database(database_dsn) as database, database.transaction() as connection:
        tables = list_tables(connection)
    assert tables.left_out == {"public.filled": "belongs to the extension plpgsql, which fills it"}
    assert look(database_dsn)["public.own"].rows == 1


def test_large_objects_of_any_size(database_dsn, run, restore):
    run(
        database_dsn,
        "SELECT lo_from_bytea(7001, '\\x00ff'), lo_create(7002)",
        "SELECT lo_from_bytea(7003, decode(repeat('ab', 2 * 1048576), 'hex'))",
    )
    before = look(database_dsn)["large objects"]
    assert before.rows == 3
    copy, said = restore(database_dsn)
    assert said == ""
    assert look(copy)["large objects"] == before
    run(copy, "SELECT lo_put(7003, 2097151, '\\xcd')")
    after = look(copy)["large objects"]
    assert (after.rows, after.digest != before.digest) == (3, True)


def test_the_legacy_database_survives_a_dump(legacy_dsn, restore):
    copy, _ = restore(legacy_dsn)
    first = look(legacy_dsn, connections=3)
    assert first == look(copy)
    assert sum(one.rows for one in first.values()) > 100
