"""The contract's smoke queries."""

from __future__ import annotations

import pytest

from studioops.model import Status

TABLE = "CREATE TABLE t (id int PRIMARY KEY, a text); INSERT INTO t VALUES (1, 'marked-value'), (2, 'b%')"


def smoke(copy, *lines: str):
    return copy.contract("smoke:\n- name: one\n" + "".join(f"  {line}\n" for line in lines))


@pytest.mark.parametrize(
    "lines",
    [
        ("query: SELECT 1 FROM t",),
        ("query: SELECT 1 FROM t WHERE a LIKE 'b%';",),
        ("query: SELECT count(*) FROM public.t", "equals: 2"),
        ("query: SELECT 2.50::numeric", "equals: 2.5"),
        ("query: SELECT true", "equals: true"),
        ("query: SELECT DATE '2026-01-02'", "equals: 2026-01-02"),
        ("query: SELECT a FROM t WHERE id = 1", "equals: marked-value"),
        ("query: SELECT id FROM t", "min_rows: 2"),
        ("query: SELECT id FROM t WHERE false", "min_rows: 0"),
        ("query: 'WITH x AS (SELECT 1) SELECT * FROM x -- all of it'",),
        ("query: VALUES (1)",),
    ],
)
def test_the_right_answer(copy, named, lines):
    copy.sql(TABLE)
    (one,) = named(copy.well(contract=smoke(copy, *lines)), "smoke ")
    assert (one.name, one.status) == ("smoke one", Status.PASSED)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("query: SELECT 1 FROM t WHERE false",), "gives 0 of at least 1 rows"),
        (("query: SELECT id FROM t", "min_rows: 3"), "gives 2 of at least 3 rows"),
        (("query: SELECT a FROM t WHERE id = 1", "equals: other"), "another value than"),
        (("query: SELECT 1", "equals: true"), "another value than"),
        (("query: SELECT a FROM t WHERE id = 1", "equals: 5"), "another value than"),
        (("query: SELECT a FROM t WHERE id = 9", "equals: 5"), "gives no row"),
        (("query: SELECT id FROM t", "equals: 1"), "more than one value"),
        (("query: SELECT 1, 2", "equals: 1"), "more than one value"),
        (("query: SELECT a::int FROM t WHERE id = 1",), "raises InvalidTextRepresentation (22P02)"),
        (("query: SELECT 1 FROM gone",), '(42P01): relation "gone" does not exist'),
        (("query: WITH x AS (DELETE FROM t RETURNING 1) SELECT * FROM x",), "raises"),
        (("query: SELECT nextval('s')",), "read-only transaction"),
    ],
)
def test_the_wrong_answer(copy, lines, said):
    copy.sql(TABLE, "CREATE SEQUENCE s")
    seen = copy.only_fault("smoke_failed", contract=smoke(copy, *lines))
    (found,) = seen.findings
    assert said in found.message
    assert "marked-value" not in found.message
    assert copy.value("SELECT count(*) FROM t") == 2


def test_a_timeout_is_not_checked(copy, named):
    seen = copy.see(smoke(copy, "query: SELECT pg_sleep(5)"), timeout=0.3)
    (one,) = named(seen, "smoke ")
    assert (one.status, "; next: raise --timeout" in one.reason) == (Status.NOT_CHECKED, True)


def test_one_that_raises_keeps_no_other_from_its_answer(copy, named):
    contract = copy.contract(
        "smoke:\n- {name: a, query: SELECT 1/0}\n- {name: b, query: SELECT 1}\n"
    )
    told = named(copy.see(contract), "smoke ")
    assert [one.status for one in told] == [Status.FAILED, Status.PASSED]
