"""Columns of unequal types: what the constraint says where there is one, else what values mean."""

from __future__ import annotations

import pytest

from studioops.integrity import merge_scans, plan_scan, scan
from studioops.integrity.scan import small
from studioops.postgres import open_database

CONTRACT = "relationships:\n- {child: c.p, parent: p.id}\n"


def offenders(seen) -> list[str]:
    entry = seen.one("public.c(p)")
    assert entry["orphans"] is not None, entry["reason"]
    assert len(entry["sample"]) == entry["orphans"]
    return [one["row"]["n"] for one in entry["sample"]]


@pytest.mark.parametrize(
    ("types", "there", "values", "lost"),
    [
        # The bare names of these two types mean one character and one bit.
        (("char(5)", "text"), "'abc'", "(1, 'abc'), (2, 'a'), (3, 'abcd')", ["2", "3"]),
        (("text", "char(5)"), "'abc'", "(1, 'abc'), (2, 'a')", ["2"]),
        pytest.param(
            ("bit(4)", "varbit"), "B'1010'", "(1, B'1010'), (2, B'1')", ["2"],
            marks=pytest.mark.postgres(16),
        ),
        (("numeric", "bigint"), "1.0", "(1, 1), (2, 2)", ["2"]),
        (('text COLLATE "C"', 'text COLLATE "POSIX"'), "'a'", "(1, 'a'), (2, 'b')", ["2"]),
        (('citext COLLATE "C"', 'citext COLLATE "POSIX"'), "'a'", "(1, 'A'), (2, 'b')", ["2"]),
        (("uuid", 'text COLLATE "C"'), f"'{'0' * 32}'", f"(1, '{'0' * 32}'), (2, 'b')", ["2"]),
        (('text COLLATE "C"', "uuid"), "'b'", f"(1, '{'0' * 32}')", ["1"]),
        (("code", "text"), "'abc'", "(1, 'abc'), (2, 'a')", ["2"]),
    ],
)  # fmt: skip
def test_without_a_constraint_values_are_compared_whole(planted, types, there, values, lost):
    planted.sql(
        "CREATE DOMAIN code AS char(5); CREATE EXTENSION citext",
        f"CREATE TABLE p (id {types[0]} PRIMARY KEY); INSERT INTO p VALUES ({there})",
        f"CREATE TABLE c (n int PRIMARY KEY, p {types[1]}); INSERT INTO c VALUES {values}",
    )
    assert offenders(planted.scan(CONTRACT)) == lost


@pytest.mark.parametrize(
    ("types", "there", "values", "lost"),
    [
        (
            ("date", "timestamp"),
            "'2026-01-01'",
            "(1, '2026-01-01'), (2, '2026-01-01 10:00')",
            ["2"],
        ),
        (("real", "double precision"), "0.1), (0.5", "(1, 0.5), (2, 0.1), (3, 1e300)", ["2", "3"]),
        (("numeric", "int"), "1.0", "(1, 1), (2, 2)", ["2"]),
        (("code", "char(5)"), "'abc'", "(1, 'abc'), (2, 'a')", ["2"]),
        (("char(5)", "code"), "'abc'", "(1, 'abc'), (2, 'a')", ["2"]),
        (("code", "code"), "'abc'", "(1, 'abc'), (2, 'a')", ["2"]),
    ],
)
def test_a_constraint_rules_by_its_own_operator(planted, types, there, values, lost):
    """VALIDATE would refuse exactly these rows, on every version."""
    planted.sql(
        "CREATE DOMAIN code AS char(5)",
        f"CREATE TABLE p (id {types[0]} PRIMARY KEY); INSERT INTO p VALUES ({there})",
        f"CREATE TABLE c (n int PRIMARY KEY, p {types[1]} REFERENCES p)",
    ).orphaned(f"INSERT INTO c VALUES {values}")
    assert offenders(planted.scan()) == lost


def test_the_repair_of_unequal_types_cuts_no_value_short(planted):
    planted.sql(
        "CREATE TABLE p (id char(5) PRIMARY KEY); INSERT INTO p VALUES ('abc')",
        "CREATE TABLE c (n int PRIMARY KEY, p text); INSERT INTO c VALUES (1, 'abc')",
    )
    repair = next(
        f.repair for f in planted.scan(CONTRACT).report.findings if f.check == "unequal_types"
    )
    planted.sql(repair)
    assert "unequal_types" not in planted.scan(CONTRACT).checks()
    assert offenders(planted.scan(CONTRACT)) == []


def test_an_index_made_after_the_ranges_were_planned_counts_no_row_twice(planted, monkeypatch):
    """A task plans ranges; until the next one looks at them, somebody adds the index."""
    monkeypatch.setattr(small, "SMALL_ROWS", 0)
    planted.sql(
        "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1)",
        "CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p)",
        "INSERT INTO c SELECT n, 1 FROM generate_series(1, 3000) AS n; ANALYZE",
    ).orphaned("UPDATE c SET p = 2 WHERE id IN (1, 1500, 3000)")
    with open_database(planted.dsn) as database:
        keys = [one.key for one in plan_scan(database, None, range_rows=500)]
        assert len(keys) > 1
        planted.sql("CREATE INDEX ON c (p)", "CHECKPOINT", "VACUUM ANALYZE c", "VACUUM ANALYZE p")
        whole = scan(database, None, target="t")
        parts = [scan(database, None, target="t", keys=[key]) for key in keys]
    assert whole.evidence["relationships"][0]["strategy"] == "key_walk"
    (entry,) = merge_scans("t", parts, keys, "").evidence["relationships"]
    assert (entry["orphans"], entry["rows"]) == (3, 3000)
