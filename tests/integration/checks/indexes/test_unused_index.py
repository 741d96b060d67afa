"""An index that no query uses."""

import psycopg
import pytest

from studioops.checks import choose_checks
from studioops.model import Status

NAME = "unused_index"
SHOP = (
    "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p SELECT generate_series(1, 10000)",
    'CREATE TABLE "T t" (id int PRIMARY KEY, a int, b int, p int REFERENCES p, c int UNIQUE)',
    'CREATE INDEX "I i" ON "T t" (a)',
    'CREATE INDEX used ON "T t" (b)',
    'CREATE INDEX covers ON "T t" (p)',
    'INSERT INTO "T t" SELECT n, n, n, n, n FROM generate_series(1, 10000) AS n',
    'ANALYZE "T t"',
)
READ = 'SELECT count(*) FROM "T t" WHERE b = 7'


def busy(checked, statement: str = READ) -> None:
    """The table is read, and one of its indexes is used."""
    with psycopg.connect(checked.dsn, autocommit=True) as connection:
        connection.execute("SET enable_seqscan = off")
        for _ in range(20):
            connection.execute(statement)
        new = connection.info.server_version >= 150000
        connection.execute("SELECT pg_stat_force_next_flush()" if new else "SELECT pg_sleep(1)")
        connection.execute("SELECT 1")


@pytest.fixture(autouse=True)
def _smaller(monkeypatch):
    (check,) = choose_checks([NAME])
    monkeypatch.setitem(check.parameters, "least_reads", 20)
    monkeypatch.setitem(check.parameters, "least_bytes", 100_000)


@pytest.fixture
def old_enough(monkeypatch):
    """Statistics of this minute count as old: nobody can wait for thirty days here."""
    (check,) = choose_checks([NAME])
    monkeypatch.setitem(check.parameters, "days", 0)


def test_an_index_that_nothing_scans_is_found_and_dropped(checked, old_enough):
    busy(checked.sql(*SHOP))
    checked.prove(NAME, {'public."I i"': 'not used on public."T t"'})


def test_an_index_younger_than_the_statistics_is_left_out(checked, old_enough):
    checked.sql(*SHOP, 'CREATE INDEX young ON "T t" (a, b)')
    busy(checked)
    checked.prove(NAME, ['public."I i"'])


def test_partitions_are_told_of_once_at_the_root_and_when_no_part_is_used(checked, old_enough):
    checked.sql(
        "CREATE TABLE r (a int, b int, c int) PARTITION BY RANGE (a)",
        "CREATE TABLE r1 PARTITION OF r FOR VALUES FROM (0) TO (5000)",
        "CREATE TABLE r2 PARTITION OF r DEFAULT",
        "CREATE INDEX in_part ON r (b); CREATE INDEX nowhere ON r (c)",
        "INSERT INTO r SELECT n, n, n FROM generate_series(1, 10000) AS n",
        "ANALYZE r",
    )
    busy(checked, "SELECT count(*) FROM r WHERE a < 100 AND b = 7")
    checked.prove(NAME, ["public.nowhere"])


def test_a_partial_index_is_held_against_its_own_rows(checked, old_enough):
    checked.sql(
        "CREATE TABLE q (a int, b int, c int)",
        "CREATE INDEX part ON q (a) WHERE c = 1; CREATE INDEX used ON q (b)",
        "INSERT INTO q SELECT n, n, n % 2 FROM generate_series(1, 20000) AS n",
        "ANALYZE q",
    )
    busy(checked, "SELECT count(*) FROM q WHERE b = 7")
    checked.prove(NAME, ["public.part"])


@pytest.mark.parametrize(
    ("indexes", "kept", "other"),
    [
        ("CREATE INDEX one ON q (a); CREATE INDEX two ON q (a)", "one", "duplicated_index"),
        ("CREATE INDEX long ON q (a, b); CREATE INDEX two ON q (a)", "long", "intersecting_index"),
    ],
)
def test_the_idle_one_may_be_the_one_that_another_check_wants_kept(
    checked, old_enough, indexes, kept, other
):
    # Which of them serves is the planner's choice: the mark takes it away from it meanwhile.
    mark = f"UPDATE pg_index SET indisvalid = {{}} WHERE indexrelid = '{kept}'::regclass"
    checked.sql(
        "CREATE TABLE q (a int, b int)",
        indexes,
        "INSERT INTO q SELECT n, n FROM generate_series(1, 10000) AS n",
        "ANALYZE q",
        mark.format("false"),
    )
    busy(checked, "SELECT count(*) FROM q WHERE a = 7")
    checked.sql(mark.format("true"))
    assert [one.object for one in checked.find(other)] == ["public.two"]
    assert checked.find(NAME) == []


def test_young_statistics_are_told_of_and_nothing_is_offered_to_run(checked):
    busy(checked.sql(*SHOP))
    (finding,) = checked.find(NAME)
    assert finding.object == 'public."I i"'
    assert "for 0 days" in finding.message
    assert "too young to tell" in finding.message
    assert finding.repair.startswith("-- ask again in 30 days")
    assert all(line.startswith("--") for line in finding.repair.splitlines())


def test_small_ones_are_not_worth_a_word(checked, old_enough, monkeypatch):
    (check,) = choose_checks([NAME])
    monkeypatch.setitem(check.parameters, "least_bytes", 1_000_000)
    busy(checked.sql(*SHOP))
    assert checked.find(NAME) == []


def test_a_table_that_nobody_reads_tells_nothing(checked, old_enough):
    checked.sql(
        "CREATE TABLE t (a int); CREATE INDEX ON t (a)",
        "INSERT INTO t SELECT generate_series(1, 10000)",
    )
    assert checked.find(NAME) == []


def test_nothing_is_well_where_nothing_is_counted(checked):
    checked.sql(
        "DO $$ BEGIN EXECUTE format("
        "'ALTER DATABASE %I SET track_counts = off', current_database()); END $$",
    )
    report = checked.report(NAME)
    assert report.status is Status.NOT_CHECKED
    assert "next: ALTER SYSTEM SET track_counts = on" in report.subjects[0].reason
