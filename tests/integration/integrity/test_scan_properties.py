"""Random data against a model in Python: the same rows, with and without indexes and constraints."""

from __future__ import annotations

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studioops.integrity import load_contract, scan
from studioops.postgres import open_database

VALUES = st.one_of(st.none(), st.integers(0, 4))
ROWS = st.lists(st.tuples(VALUES, VALUES), max_size=30)
PARENTS = st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12)
SETTINGS = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def orphans(rows, parents, match) -> list[str]:
    """What the SQL standard calls a broken reference."""
    found = []
    for n, row in enumerate(rows):
        nulls = row.count(None)
        partly_null = match == "full" and 0 < nulls < len(row)
        if partly_null or (nulls == 0 and row not in parents):
            found.append(str(n))
    return found


def fill(dsn, rows, parents, extra) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS c; DROP TABLE IF EXISTS p")
        connection.execute("CREATE TABLE p (a int, b int, PRIMARY KEY (a, b))")
        connection.execute("CREATE TABLE c (n int PRIMARY KEY, a int, b int)")
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO p VALUES (%s, %s)", list(parents))
            numbered = [(n, *row) for n, row in enumerate(rows)]
            cursor.executemany("INSERT INTO c VALUES (%s, %s, %s)", numbered)
        for statement in extra:
            connection.execute(statement)


@pytest.mark.parametrize("match", ["simple", "full"])
@given(rows=ROWS, parents=PARENTS)
@SETTINGS
def test_the_scan_finds_exactly_what_the_model_finds(database_dsn, tmp_path, match, rows, parents):
    path = tmp_path / "contract.yaml"
    path.write_text(
        f'relationships:\n- {{child: "c(a, b)", parent: "p(a, b)", match: {match}}}\n',
        encoding="utf-8",
    )
    contract = load_contract(path)
    expected = orphans(rows, parents, match)
    key = f"ADD CONSTRAINT k FOREIGN KEY (a, b) REFERENCES p (a, b) MATCH {match} NOT VALID"
    variants = (
        [],
        ["CREATE INDEX ON c (a, b)", "ANALYZE c"],
        [f"ALTER TABLE c {key}"],
        [f"ALTER TABLE c {key}", "CREATE INDEX ON c (b, a)"],
    )
    for extra in variants:
        fill(database_dsn, rows, parents, extra)
        with open_database(database_dsn) as database:
            (entry,) = scan(database, contract, target="t").evidence["relationships"]
        assert entry["orphans"] == len(expected), extra
        assert [one["row"]["n"] for one in entry["sample"]] == expected[:5], extra


TEXTS = st.one_of(
    st.uuids().map(str),
    st.uuids().map(lambda one: str(one).upper()),
    st.uuids().map(lambda one: one.hex),
    st.uuids().map(lambda one: f"{{{one}}}"),
    st.text("0123456789abcdefABCDEF-{} ", max_size=40),
    st.uuids().map(lambda one: str(one)[:-1]),
    st.uuids().map(lambda one: f" {one}"),
    st.uuids().map(lambda one: f"{one}\n"),
    st.integers(-(2**66), 2**66).map(str),
    st.integers(-40000, 40000).map(lambda n: f" \t{n:+d}\n "),
    st.sampled_from(["", " ", "+", "- 1", "1.0", "1e3", "0", "-0", "٣"]),
)


@pytest.mark.postgres(16)
@pytest.mark.parametrize("kind", ["uuid", "smallint", "integer", "bigint"])
@given(texts=st.lists(TEXTS, min_size=1, max_size=40))
@SETTINGS
def test_servers_before_16_call_the_same_texts_malformed(database_dsn, kind, texts):
    """Their substitute for pg_input_is_valid is held against the original."""
    from psycopg.sql import SQL

    from studioops.integrity.scan.compare import _valid
    from studioops.postgres.catalog import ColumnType

    asked = ColumnType(0, kind, "X", ("pg_catalog", "="))
    old, new = (_valid(SQL("t"), asked, version) for version in (150000, 160000))
    statement = SQL("SELECT t, {} AS old, {} AS new FROM unnest(%s::text[]) AS t").format(old, new)
    # From 16 on integers may be written 0x1f and 1_000: what older servers refuse is left out.
    taken = [text for text in texts if "x" not in text and "_" not in text]
    with psycopg.connect(database_dsn) as connection:
        for text, before, after in connection.execute(statement.as_string(), [taken]):
            assert before == after, text
