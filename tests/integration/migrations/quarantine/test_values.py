"""Values of every kind come back as they were, to the last bit of their text."""

from __future__ import annotations

import psycopg
import pytest

from studioops.migrations.operations import QuarantineOrphans, Reference, TableName
from tests.integration.migrations.driving import drive, run

REFERENCE = Reference(
    TableName("public", "child"), ("parent",), TableName("public", "parent"), ("id",)
)
TYPES = {
    "boolean": ["true", "false"],
    "uuid": ["'0B51EE22-7DE7-4D2B-A98A-7B34A2B41A4A'"],
    "varchar(5)": ["'a b  '", "''", "'NULL'", "'\"\\'"],
    "char(4)": ["'a'", "''"],
    "bpchar": ["'a   '"],
    '"char"': ["'x'", "''"],
    "name": ["'Some Name'"],
    "text": ["'  lines\n\tand {\"quotes\"}, %s \\ ''  '", "'NULL'"],
    "numeric": ["'NaN'", "1.000", "-0.00001", "1e40"],
    "numeric(6,2)": ["1234.50"],
    "float8": ["'-Infinity'", "0.1::float8 + 0.2", "'-0'", "1e-320", "'NaN'"],
    "real": ["0.1", "16777217"],
    "timestamptz": ["'infinity'", "'0044-03-15 12:00:00.123456+02 BC'", "'2025-09-08 01:02:03+5'"],
    "timestamp(0)": ["'2025-09-08 01:02:03'"],
    "date": ["'-infinity'", "'0001-01-01 BC'"],
    "timetz": ["'01:02:03.4+05:30'"],
    "interval": ["'-1 mons +2 days -03:04:05.6'", "'1 year'"],
    "interval day to minute": ["'3 days 4:05'"],
    "bytea": [r"'\x00ff5c27'", "''"],
    "json": ['\'{"a" :  1, "a":2 }\'', "'null'", "'\"text\"'", "' [1 , 2]'"],
    "jsonb": ['\'{"a": [1, null, "\\\\u00e9"]}\'', "'null'", "'\"text\"'"],
    "text[]": ["ARRAY['a \"b\"', NULL, 'NULL', '', '{}', '\\']", "'{}'", "'[0:1]={x,y}'"],
    "integer[][]": ["'{{1,NULL},{3,4}}'"],
    "varchar(3)[]": ["ARRAY['abc', 'd']"],
    "json[]": ["ARRAY['{\"a\" : 1}'::json]"],
    "mood": ["'so so'", "'\"well\"'"],
    "mood[]": ["ARRAY['so so', NULL]::mood[]"],
    "short": ["'abc'"],
    "numbers": ["'{1,2}'"],
    "document": ["'{\"a\" :1}'"],
    "pair": ["ROW(NULL, NULL)::pair", "ROW('a,\"b\"', '{1,2}')::pair", "ROW('', NULL)::pair"],
    "pair[]": ["ARRAY[ROW('a', '{1}')::pair, NULL]"],
    "int4range": ["'[1,5)'", "'empty'"],
    "tstzrange": ["'[2025-01-01 00:00+01,)'"],
    "inet": ["'10.0.0.1/8'", "'::1'"],
    "cidr": ["'10.0.0.0/8'"],
    "macaddr": ["'08:00:2b:01:02:03'"],
    "bit(3)": ["B'101'"],
    "bit varying": ["B'10110'", "B''"],
    "tsvector": ["$$'a b':1A,3 'c''d':2$$"],
    "tsquery": ["'fat & ! rat'"],
    "oid": ["4294967295"],
    "regclass": ["'public.parent'", "'-'", "'pg_class'"],
    "regtype": ["'mood'"],
    "money": ["'-1234.56'"],
    "point": ["'(0.1,1e-7)'"],
    "box": ["'(2,2),(1,1)'"],
    "box[]": ["'{(2,2),(1,1);(4,4),(3,3)}'"],
    "pg_lsn": ["'16/B374D848'"],
    "oidvector": ["'1 2 3'"],
}


def values(dsn: str) -> list[tuple[str, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute("SELECT concat(c) FROM child AS c ORDER BY id").fetchall()


def test_there_and_back(database_dsn: str) -> None:
    names = {kind: f"c{number}" for number, kind in enumerate(TYPES)}
    columns = ", ".join(f"{name} {kind}" for kind, name in names.items())
    inserts = [
        f"INSERT INTO child (parent, {names[kind]}) VALUES (9, {value})"
        for kind, listed in TYPES.items()
        for value in listed
    ]
    run(
        database_dsn,
        "SET lc_monetary = 'C'",
        "CREATE TYPE mood AS ENUM ('so so', '\"well\"')",
        "CREATE DOMAIN short AS varchar(3) NOT NULL DEFAULT 'x' CHECK (value <> 'y')",
        "CREATE DOMAIN numbers AS int[] CHECK (array_length(value, 1) = 2)",
        "CREATE DOMAIN document AS json",
        "CREATE TYPE pair AS (a text, b int[])",
        "CREATE TABLE parent (id int PRIMARY KEY)",
        f"CREATE TABLE child (id serial PRIMARY KEY, parent int, {columns})",
        *inserts,
        "INSERT INTO child (parent) VALUES (9)",
    )
    before = values(database_dsn)
    drive(database_dsn, QuarantineOrphans(REFERENCE), stay=True)
    assert values(database_dsn) == []
    with psycopg.connect(database_dsn) as connection:
        kept = connection.execute("SELECT count(*) FROM studioops.quarantine").fetchone()
    assert kept == (3 * len(before),)


@pytest.mark.postgres(14)
def test_multiranges(database_dsn: str) -> None:
    run(
        database_dsn,
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE child (id serial, parent int, many int4multirange, each int4multirange[])",
        "INSERT INTO child VALUES (1, 9, '{[1,3),[5,7)}', ARRAY['{[1,3)}', '{}', NULL]::int4multirange[])",
    )
    drive(database_dsn, QuarantineOrphans(REFERENCE))
