from __future__ import annotations

import psycopg
import pytest

from studioops.postgres import open_database
from studioops.postgres.catalog import read_catalog


@pytest.fixture
def read(database_dsn):
    def of(*statements: str, types=()):
        with psycopg.connect(database_dsn, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)
        with open_database(database_dsn) as database, database.transaction() as connection:
            return read_catalog(connection, types)

    return of


def test_the_number_of_queries_does_not_grow_with_the_tables(database_dsn, monkeypatch):
    from studioops.postgres.catalog import read as module

    asked = []
    real = module.fetch
    monkeypatch.setattr(module, "fetch", lambda *words: asked.append(1) or real(*words))
    with psycopg.connect(database_dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE p (id int PRIMARY KEY)")
        for n in range(60):
            connection.execute(f"CREATE TABLE t{n} (id int PRIMARY KEY, p int REFERENCES p)")
    with open_database(database_dsn) as database, database.transaction() as connection:
        catalog = read_catalog(connection)
    assert len(catalog.relations) == 61
    assert len(catalog.foreign_keys) == 60
    assert len(asked) <= 7


def test_a_table_locked_by_somebody_else_does_not_stop_the_reading(database_dsn):
    with psycopg.connect(database_dsn) as holder:
        holder.execute("CREATE TABLE p (id int PRIMARY KEY)")
        holder.commit()
        holder.execute("LOCK TABLE p IN ACCESS EXCLUSIVE MODE")
        with open_database(database_dsn) as database, database.transaction() as connection:
            assert read_catalog(connection).find("public", "p") is not None


def test_temporary_tables_of_others_and_system_tables_are_left_out(database_dsn, read):
    with psycopg.connect(database_dsn) as other:
        other.execute(
            "CREATE TEMP TABLE a (id int PRIMARY KEY); CREATE TEMP TABLE b (x int REFERENCES a)"
        )
        other.commit()
        catalog = read("CREATE TABLE t (id int)")
    assert [one.display for one in catalog.relations.values()] == ["public.t"]
    assert catalog.foreign_keys == ()


def test_what_a_foreign_key_says(read):
    catalog = read(
        "CREATE TABLE p (a int, b text, UNIQUE (b, a))",
        "CREATE TABLE c (x text, y int, CONSTRAINT k FOREIGN KEY (x, y) REFERENCES p (b, a)"
        " MATCH FULL ON DELETE SET NULL ON UPDATE RESTRICT)",
    )
    (key,) = catalog.foreign_keys
    assert (key.name, key.on_delete, key.on_update, key.match) == (
        "k",
        "SET NULL",
        "RESTRICT",
        "full",
    )
    assert [one.name for one in key.child_columns] == ["x", "y"]
    assert [one.name for one in key.parent_columns] == ["b", "a"]
    assert key.definition.startswith("FOREIGN KEY (x, y) REFERENCES public.p(b, a) MATCH FULL")
    assert (key.validated, key.enforced, key.period, key.disabled_on) == (True, True, False, ())


def test_types_with_their_equality(read):
    catalog = read(
        "CREATE SCHEMA odd; CREATE EXTENSION citext SCHEMA odd",
        "CREATE DOMAIN ident AS uuid; CREATE TYPE mood AS ENUM ('a')",
        "CREATE TABLE t (a varchar(9), b ident, c json, d mood[], e odd.citext, f mood)",
        types=["uuid", "odd.citext", "mood", "nope"],
    )
    types = {one.name: one.type for one in catalog.find("public", "t").columns.values()}
    assert [types[name].name for name in "abcdef"] == [
        "character varying",
        "uuid",
        "json",
        "public.mood[]",
        "odd.citext",
        "public.mood",
    ]
    assert types["c"].equality is None
    assert types["e"].equality == ("odd", "=")
    assert all(types[name].equality == ("pg_catalog", "=") for name in "abdf")
    assert catalog.asked_types["nope"] is None
    assert catalog.asked_types["mood"].name == "public.mood"


def test_what_can_be_no_type_s_name_is_an_unknown_type(read):
    no_names = ["no type", "user", "uuid(3)", "numeric(9999,2)", "a.b.c"]
    catalog = read(types=["double precision", *no_names])
    assert catalog.asked_types.pop("double precision").name == "double precision"
    assert catalog.asked_types == dict.fromkeys(no_names)


def test_dropped_columns_do_not_shift_the_others(read):
    catalog = read(
        "CREATE TABLE p (gone int, id int PRIMARY KEY); ALTER TABLE p DROP COLUMN gone",
        "CREATE TABLE c (gone int, p int REFERENCES p); ALTER TABLE c DROP COLUMN gone",
    )
    (key,) = catalog.foreign_keys
    assert (key.child_columns[0].name, key.parent_columns[0].name) == ("p", "id")
    assert [one.name for one in catalog.primary_key(catalog.find("public", "p"))] == ["id"]


def test_a_partitioned_table_that_nobody_counts_as_a_whole_has_the_rows_of_its_parts(read):
    catalog = read(
        "CREATE TABLE t (a int) PARTITION BY RANGE (a)",
        "CREATE TABLE low PARTITION OF t FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE high PARTITION OF t FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (a)",
        "CREATE TABLE higher PARTITION OF high FOR VALUES FROM (10) TO (20)",
        "INSERT INTO t SELECT generate_series(0, 14)",
        "ANALYZE low, higher",
    )
    rows = {one.name: one.rows for one in catalog.relations.values()}
    # The counters may count twice what was written just before ANALYZE, in the parts as well.
    assert rows["t"] == rows["low"] + rows["higher"] >= 15
    assert rows["high"] == rows["higher"] >= 5


def test_an_index_made_invalid_by_a_cancelled_build_does_not_count(database_dsn, read):
    catalog = read(
        "CREATE TABLE t (a int); CREATE INDEX i ON t (a)",
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass",
    )
    (index,) = catalog.indexes[catalog.find("public", "t").oid]
    assert (index.name, index.valid) == ("i", False)
