from __future__ import annotations

from contextlib import suppress

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studioops.postgres import open_database, parse_dsn
from studioops.postgres.fingerprint import fingerprint_tables, list_tables

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


def test_a_digest_is_what_format_makes_of_the_rows(database_dsn, run):
    """Backups that were taken earlier are compared with it: no way of reading may change it."""
    run(
        database_dsn,
        "CREATE TABLE t (b bigint NOT NULL, a int, d text, c timestamptz, e bool)",
        "CREATE TABLE texts (a text, b text)",
        "INSERT INTO t VALUES (1, 2, 'x|y', '2026-01-01 12:00+00', true),"
        " (3, NULL, 'z', NULL, NULL), (4, 5, NULL, '2026-01-01 12:00+00', false), (6, NULL, NULL, NULL, true)",
        "INSERT INTO texts VALUES ('a', NULL), (NULL, 'it''s')",
    )
    found = look(database_dsn)
    rows = {"t": "format('%s|%s|%s|%L|%s', a, b, c, d, e)", "texts": "format('%L|%L', a, b)"}
    with psycopg.connect(database_dsn, options="-c timezone=UTC") as connection:
        for table, row in rows.items():
            text = f'SELECT sum(hashtextextended({row} COLLATE "C", 8103)) FROM {table}'
            (total,) = connection.execute(text).fetchone()
            assert found[f"public.{table}"].digest == f"{int(total) % 2**64:016x}"
    assert found["public.t"].digest == "9b2cd595887f2bda"


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
