"""An index that is mostly empty space."""

import pytest
from psycopg.conninfo import make_conninfo

from studioops.checks import choose_checks
from studioops.model import Status

NAME = "bloated_index"
FILLED = (
    'CREATE TABLE "T t" (a int, b int); ALTER TABLE "T t" SET (autovacuum_enabled = off)',
    'INSERT INTO "T t" SELECT n, n % 5 FROM generate_series(1, 60000) AS n',
)
EMPTIED = ('DELETE FROM "T t" WHERE a % 10 <> 0', "CHECKPOINT", 'VACUUM ANALYZE "T t"')


@pytest.fixture(autouse=True)
def _smaller(monkeypatch):
    (check,) = choose_checks([NAME])
    monkeypatch.setitem(check.parameters, "least_bytes", 200_000)


def test_an_index_that_was_emptied_is_found_and_made_anew(checked):
    checked.sql(*FILLED, 'CREATE INDEX "I i" ON "T t" (a)', *EMPTIED)
    checked.prove(NAME, {'public."I i"': 'on public."T t", of which about'})


def test_one_of_few_keys_is_reckoned_with_as_it_is_stored(checked):
    checked.sql(
        *FILLED,
        'CREATE INDEX few ON "T t" (b)',
        'DELETE FROM "T t" WHERE a % 4 <> 0',
        *EMPTIED[1:],
    )
    checked.prove(NAME, ["public.few"])


def test_each_part_of_a_partitioned_index_is_a_tree_of_its_own(checked):
    checked.sql(
        "CREATE TABLE p (a int) PARTITION BY RANGE (a)",
        "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (60001)",
        "CREATE TABLE p2 PARTITION OF p DEFAULT",
        "CREATE INDEX i ON p (a)",
        "INSERT INTO p SELECT generate_series(1, 120000)",
        "DELETE FROM p1 WHERE a % 10 <> 0",
        "CHECKPOINT",
        "VACUUM ANALYZE p1",
        "VACUUM ANALYZE p2",
    )
    checked.prove(NAME, {"public.p1_a_idx": "on public.p1"})


def test_what_only_looks_large_is_not_bloated(checked):
    checked.sql(
        *FILLED,
        'CREATE INDEX ON "T t" (a)',
        'CREATE INDEX ON "T t" (b)',
        'CREATE INDEX ON "T t" (b) WITH (deduplicate_items = off)',
        'CREATE INDEX ON "T t" (a) WITH (fillfactor = 30)',
        "CREATE TABLE w (a text, b uuid, c int, d int)",
        "INSERT INTO w SELECT 'some longer text ' || n, gen_random_uuid(), n % 7,"
        " CASE WHEN n % 9 = 0 THEN n END FROM generate_series(1, 20000) AS n",
        "CREATE INDEX ON w (a); CREATE INDEX ON w (b); CREATE INDEX ON w (c)",
        "CREATE INDEX ON w (a, b); CREATE INDEX ON w (d); CREATE INDEX ON w (c, d)",
        "ANALYZE",
    )
    assert checked.find(NAME) == []


def test_what_was_loaded_since_the_last_analysis_is_no_bloat(checked):
    checked.sql(
        *FILLED,
        "ANALYZE",
        'CREATE INDEX ON "T t" (a)',
        'INSERT INTO "T t" SELECT n, n FROM generate_series(60001, 600000) AS n',
    )
    assert checked.find(NAME) == []


def test_without_statistics_nobody_can_tell(checked):
    report = checked.sql(*FILLED, 'CREATE INDEX "I i" ON "T t" (a)').report(NAME)
    assert report.status is Status.NOT_CHECKED
    assert 'next: ANALYZE public."T t"' in report.subjects[0].reason


def test_who_may_not_see_the_statistics_is_told_so(checked):
    checked.sql(*FILLED, 'CREATE INDEX "I i" ON "T t" (a)', *EMPTIED)
    checked.sql("CREATE ROLE no_reader LOGIN PASSWORD 'sesame'")
    try:
        dsn = make_conninfo(checked.dsn, user="no_reader", password="sesame")
        report = checked.report(NAME, dsn=dsn)
    finally:
        checked.sql("DROP ROLE no_reader")
    assert report.status is Status.NOT_CHECKED
    assert 'next: ask as a role that may read all of public."T t"' in report.subjects[0].reason
