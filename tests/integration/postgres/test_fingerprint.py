from __future__ import annotations

import threading
from contextlib import suppress

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studioops.errors import DatabaseError, DatabaseUnreachable
from studioops.postgres import Limits, open_database, parse_dsn
from studioops.postgres.fingerprint import fingerprint_tables, hash_probe, list_tables
from studioops.postgres.snapshot import shared_snapshot

TYPES = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN positive AS int CHECK (value > 0);
CREATE TABLE every_type (
    id serial PRIMARY KEY, b boolean, i2 smallint, i8 bigint, n numeric, f4 real, f8 float8,
    t text, v varchar(9), ch char(5), na name, qc "char", by bytea, d date, tm time, tz timetz,
    ts timestamp, tsz timestamptz, iv interval, u uuid, j json, jb jsonb, mo money, m mood,
    p pair, dm positive, arr int[], tarr text[][], r int4range, o oid, rc regclass, bt bit(3),
    vb varbit, ine inet, ci cidr, ma macaddr, pt point, po polygon, tv tsvector, tq tsquery, x xml,
    stored bigint GENERATED ALWAYS AS (i8 * 2) STORED
);
INSERT INTO every_type (b, i2, i8, n, f4, f8, t, v, ch, na, qc, by, d, tm, tz, ts, tsz, iv, u, j,
    jb, mo, m, p, dm, arr, tarr, r, o, rc, bt, vb, ine, ci, ma, pt, po, tv, tq, x)
VALUES (true, -1, 9e15, 1.50, 0.1, 'NaN', 'a''b\\c|', 'x', 'y', 'z', 'q', '\\x00ff', 'infinity',
    '12:00', '12:00+02', '-infinity', '0044-03-15 12:00+00 BC', '1 mon 2 days', gen_random_uuid(),
    '{"a" : 1}', '{"a": 1.0}', 12.30, 'ok', (1, 'x"y'), 7, '{1,NULL}', '{{a,b},{"",NULL}}', '[1,5)',
    7, 'pg_class', '101', '', '::1/128', '10.0.0.0/8', '08:00:2b:01:02:03', '(1,2)', '((0,0),(1,1))',
    'a:1 b', 'a & b', NULL),
    (NULL, NULL, NULL, 'NaN', '-0', '-Infinity', '', '', '', '', '', '', NULL, NULL, NULL, NULL,
    NULL, NULL, NULL, 'null', NULL, NULL, NULL, NULL, NULL, '{}', NULL, 'empty', NULL, NULL, NULL,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
"""


def look(dsn, **words):
    with open_database(dsn) as database:
        with database.transaction() as connection:
            tables = list_tables(connection)
        return fingerprint_tables(database, tables.counted, **words)


def digest(dsn, table="public.t"):
    return look(dsn)[table].digest


def test_an_empty_database_has_nothing(database_dsn):
    assert look(database_dsn) == {}


def test_every_type_survives_a_dump_whatever_the_settings_of_the_database(
    cluster, every_type, restore
):
    copy, said = restore(every_type)
    assert said == ""
    name = parse_dsn(copy).database
    for setting in (
        "datestyle = 'SQL, DMY'",
        "intervalstyle = 'iso_8601'",
        "timezone = 'Asia/Tokyo'",
        "extra_float_digits = -3",
        "bytea_output = 'escape'",
        "xmlbinary = 'hex'",
        "search_path = 'public'",
        "quote_all_identifiers = on",
    ):
        cluster.run(f"ALTER DATABASE {{}} SET {setting}", name)
    first, second = look(every_type), look(copy)
    assert first == second
    assert first["public.every_type"].rows == 2


def test_every_column_counts(every_type):
    before = digest(every_type, "public.every_type")
    with psycopg.connect(every_type, autocommit=True) as connection:
        columns = connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'every_type'::regclass "
            "AND attnum > 0 AND attgenerated = '' AND attname NOT IN ('id', 'x')"
        ).fetchall()
        seen = {before}
        for (column,) in columns:
            connection.execute(f"UPDATE every_type SET {column} = NULL")
            seen.add(digest(every_type, "public.every_type"))
    assert len(seen) == len(columns) + 1


def test_the_position_of_a_column_does_not_matter_and_dropped_ones_are_out(database_dsn, run):
    run(
        database_dsn,
        "CREATE TABLE t (gone int, b text, a int)",
        "INSERT INTO t VALUES (1, 'x', 5), (2, NULL, 6)",
        "CREATE TABLE u (a int, b text)",
        "INSERT INTO u SELECT a, b FROM t",
        "ALTER TABLE t DROP COLUMN gone",
    )
    found = look(database_dsn)
    assert found["public.t"] == found["public.u"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("NULL, 'x'", "'', 'x'"),
        ("NULL, 'x'", "'NULL', 'x'"),
        ("'a', 'b'", "'a,b', ''"),
        ("'a|b', 'c'", "'a', 'b|c'"),
        ("'a''|''b', 'c'", "'a', 'b''|''c'"),
        ("'x', NULL", "NULL, 'x'"),
        ("E'\\\\', 'x'", "E'\\\\\\\\', 'x'"),
    ],
)
def test_no_two_rows_have_one_text(database_dsn, one, other, run):
    run(
        database_dsn,
        "CREATE TABLE t (a text, b text)",
        f"INSERT INTO t VALUES ({one})",
        "CREATE TABLE u (a text, b text)",
        f"INSERT INTO u VALUES ({other})",
    )
    found = look(database_dsn)
    assert found["public.t"].digest != found["public.u"].digest


VALUE = st.one_of(st.none(), st.text(st.characters(codec="utf-8", exclude_characters="\0")))
ROWS = st.lists(st.tuples(st.one_of(st.none(), st.integers(-9, 9)), VALUE, VALUE), max_size=6)


@pytest.fixture
def every_type(database_dsn, run):
    """One table with a column of every type, two rows, and as much in it as the server knows."""
    run(database_dsn, TYPES)
    with suppress(psycopg.errors.FeatureNotSupported):
        run(database_dsn, "UPDATE every_type SET x = '<a>1</a>' WHERE id = 1")
    return database_dsn


@pytest.fixture(scope="module")
def pair_of_tables(cluster):
    name = cluster.clone("template0")
    with psycopg.connect(cluster.dsn(name)) as connection:
        connection.execute("CREATE TABLE t (a int, b text, c text); CREATE TABLE u (LIKE t)")
    with open_database(cluster.dsn(name)) as database:
        yield database
    cluster.drop(name)


def fill_and_look(database, first, second):
    with psycopg.connect(**database.dsn.params, autocommit=True) as connection:
        connection.execute("TRUNCATE t, u")
        for table, rows in (("t", first), ("u", second)):
            for row in rows:
                connection.execute(f"INSERT INTO {table} VALUES (%s, %s, %s)", row)
    with database.transaction() as connection:
        tables = list_tables(connection)
    found = fingerprint_tables(database, tables.counted)
    return found["public.t"], found["public.u"]


@settings(max_examples=40)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_same_rows_in_any_order_have_one_digest(pair_of_tables, rows, random):
    shuffled = random.sample(rows, len(rows))
    first, second = fill_and_look(pair_of_tables, rows, shuffled)
    assert first == second


def same(one, other):
    key = repr
    return sorted(one, key=key) == sorted(other, key=key)


@settings(max_examples=40)
@given(ROWS, ROWS)
def test_other_rows_have_another_digest(pair_of_tables, rows, others):
    first, second = fill_and_look(pair_of_tables, rows, others)
    assert (first == second) is same(rows, others)


@settings(max_examples=40)
@given(ROWS.filter(lambda rows: len(rows) > 1), st.integers(0, 2), st.randoms())
def test_two_values_swapped_between_rows_are_seen(pair_of_tables, rows, column, random):
    one, other = random.sample(range(len(rows)), 2)
    changed = [list(row) for row in rows]
    changed[one][column], changed[other][column] = rows[other][column], rows[one][column]
    swapped = [tuple(row) for row in changed]
    first, second = fill_and_look(pair_of_tables, rows, swapped)
    assert (first == second) is same(rows, swapped)


@settings(max_examples=25)
@given(ROWS.filter(bool), st.integers(1, 3))
def test_duplicates_count(pair_of_tables, rows, times):
    first, second = fill_and_look(pair_of_tables, rows, rows + rows[:1] * times)
    assert first.rows + times == second.rows
    assert first.digest != second.digest


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


def test_what_cannot_be_read_says_so_and_the_rest_goes_on(cluster, database_dsn, run):
    run(
        database_dsn,
        "CREATE TABLE ours AS SELECT 1 AS a",
        "CREATE TABLE denied AS SELECT 1 AS a",
        "CREATE TABLE hidden AS SELECT 1 AS a",
        "ALTER TABLE hidden ENABLE ROW LEVEL SECURITY",
        "CREATE TABLE huge AS SELECT repeat('x', 540000000)::bytea AS a",
        "CREATE ROLE weak_reader LOGIN PASSWORD 'weak-secret'",
        "GRANT SELECT ON ours, hidden, huge TO weak_reader",
    )
    weak = cluster.dsn(parse_dsn(database_dsn).database, "weak_reader", "weak-secret")
    found = look(weak)
    assert found["public.ours"].rows == 1
    assert found["public.ours"].unread == ""
    for name, word in (("denied", "permission"), ("hidden", "row-level"), ("huge", "")):
        one = found[f"public.{name}"]
        assert (one.rows, one.digest) == (0, "")
        assert word in one.unread
        assert "; next: " in one.unread
    run(database_dsn, "DROP TABLE ours, denied, hidden, huge", "DROP ROLE weak_reader")


def test_a_locked_table_does_not_stop_the_rest(database_dsn, run):
    run(database_dsn, "CREATE TABLE locked (a int)", "CREATE TABLE t (a int)")
    with psycopg.connect(database_dsn) as holder:
        holder.execute("LOCK TABLE locked")
        with open_database(database_dsn, limits=Limits(lock_timeout=0.2)) as database:
            with database.transaction() as connection:
                tables = list_tables(connection)
            found = fingerprint_tables(database, tables.counted)
    assert "lock" in found["public.locked"].unread
    assert found["public.t"].unread == ""


def test_the_snapshot_is_seen_by_every_connection(database_dsn, run):
    run(database_dsn, *(f"CREATE TABLE t{n} AS SELECT 1 AS a" for n in range(8)))
    told = []
    with open_database(database_dsn) as database, shared_snapshot(database) as snapshot:
        run(database_dsn, *(f"INSERT INTO t{n} VALUES (2)" for n in range(8)))
        with database.transaction(snapshot=snapshot.name) as connection:
            tables = list_tables(connection)
        found = fingerprint_tables(
            database,
            tables.counted,
            snapshot=snapshot.name,
            connections=3,
            progress=lambda *words: told.append(words),
        )
        assert {one.rows for one in found.values()} == {1}
    assert [done for _, done, _ in told] == list(range(1, 9))
    assert {total for _, _, total in told} == {8}
    assert {name for name, _, _ in told} == set(found)


def test_a_snapshot_that_is_gone_raises(database_dsn, run):
    run(database_dsn, "CREATE TABLE t (a int)")
    with open_database(database_dsn) as database:
        with shared_snapshot(database) as snapshot:
            pass
        with database.transaction() as connection:
            tables = list_tables(connection)
        with pytest.raises(DatabaseError):
            fingerprint_tables(database, tables.counted, snapshot=snapshot.name, connections=2)


def test_a_lost_connection_raises(database_dsn, run):
    run(
        database_dsn,
        "CREATE TABLE t (a int)",
        "INSERT INTO t VALUES (1)",
        "ALTER TABLE t ADD COLUMN b int",
        "CREATE TABLE slow (a text)",
        "INSERT INTO slow SELECT repeat('x', 1000) FROM generate_series(1, 200000)",
    )

    def kill():
        with psycopg.connect(database_dsn, autocommit=True) as connection:
            for _ in range(400):
                ended = connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE application_name = 'studioops victim' AND state = 'active' "
                    "AND query LIKE '%hashtextextended%'"
                ).fetchall()
                if ended:
                    return

    with open_database(database_dsn, application="victim") as database:
        with database.transaction() as connection:
            tables = list_tables(connection)
        killer = threading.Thread(target=kill)
        killer.start()
        with pytest.raises(DatabaseUnreachable):
            fingerprint_tables(database, tables.counted, connections=2)
        killer.join()


def test_a_caller_that_gives_up_does_not_wait_for_the_rest(database_dsn, run):
    run(database_dsn, *(f"CREATE TABLE t{n} AS SELECT 1 AS a" for n in range(50)))
    seen = []

    def stop(name, _done, _total):
        seen.append(name)
        raise RuntimeError("enough")

    with open_database(database_dsn) as database:
        with database.transaction() as connection:
            tables = list_tables(connection)
        with pytest.raises(RuntimeError, match="enough"):
            fingerprint_tables(database, tables.counted, connections=2, progress=stop)
    assert len(seen) == 1


def test_two_databases_of_a_server_hash_alike_unless_their_encoding_differs(
    cluster, database_dsn, run
):
    def probe(dsn):
        with open_database(dsn) as database, database.transaction() as connection:
            return hash_probe(connection)

    cluster.run(
        "CREATE DATABASE {} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'", "other_encoding"
    )
    assert probe(database_dsn) == probe(cluster.dsn("postgres"))
    assert probe(database_dsn) != probe(cluster.dsn("other_encoding"))
    assert probe(database_dsn)["probe"] == "f2541990183ebaa0"
    cluster.drop("other_encoding")
