"""Many small references in one statement: what each of them is told."""

from __future__ import annotations

import pytest

TABLES = (
    "CREATE TABLE p (id int PRIMARY KEY)",
    "INSERT INTO p SELECT generate_series(1, 9)",
    "CREATE TABLE c (id int PRIMARY KEY, j json, a int, b int)",
    "CREATE TABLE d (id int PRIMARY KEY, a int REFERENCES p, b int REFERENCES p)",
    "INSERT INTO c SELECT n, '1', n, 10 FROM generate_series(1, 12) AS n",
    "INSERT INTO d SELECT n, n, NULL FROM generate_series(1, 7) AS n",
)
CONTRACT = """
relationships:
- {child: c.j, parent: p.id, type: json}
- {child: c.a, parent: p.id}
- {child: c.b, parent: p.id}
"""


@pytest.fixture
def found(planted):
    scanned = planted.sql(*TABLES).scan(CONTRACT)
    return {one["child"]: (one["orphans"], one["rows"]) for one in scanned.entries}


def test_each_is_told_the_rows_of_its_own_table(found):
    assert {child: seen for child, seen in found.items() if child != "public.c(j)"} == {
        "public.c(a)": (3, 12),
        "public.c(b)": (12, 12),
        "public.d(a)": (0, 7),
        "public.d(b)": (0, 7),
    }


def test_one_that_cannot_be_compared_takes_no_count_from_the_others(found):
    """It would have been the first of its table, which counts the rows."""
    assert found["public.c(j)"] == (None, None)
    assert found["public.c(a)"][1] == 12
