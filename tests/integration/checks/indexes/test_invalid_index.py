"""An index that nobody can use."""

import re
from contextlib import contextmanager
from threading import Thread
from time import monotonic, sleep

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from studioops.model import Severity

NAME = "invalid_index"


@contextmanager
def writer(checked, table: str):
    """A transaction that whoever makes an index of the table has to wait for."""
    with psycopg.connect(checked.dsn) as connection:
        connection.execute(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE")
        yield


def cut_off(checked, statement: str, table: str) -> None:
    """Make an index while somebody writes, and lose patience."""
    with writer(checked, table), pytest.raises(psycopg.errors.LockNotAvailable):
        checked.sql("SET lock_timeout = '300ms'", statement)


def test_what_a_failed_concurrently_left_is_found_and_dropped(checked):
    checked.sql('CREATE TABLE "T t" (a int); INSERT INTO "T t" VALUES (1), (1)')
    with pytest.raises(psycopg.errors.UniqueViolation):
        checked.sql('CREATE UNIQUE INDEX CONCURRENTLY "I i" ON "T t" (a)')
    (found,) = checked.prove(NAME, {'public."I i"': 'not valid on public."T t"'})
    assert found.severity is Severity.ERROR
    assert "there twice" in found.repair


def test_what_reindex_left_is_dropped_and_the_index_in_use_stays(checked):
    checked.sql('CREATE TABLE "T t" (a int PRIMARY KEY, b text)')
    cut_off(checked, 'REINDEX TABLE CONCURRENTLY "T t"', '"T t"')
    with psycopg.connect(checked.dsn) as connection:
        (toast,) = connection.execute(
            """SELECT reltoastrelid::regclass::text FROM pg_class WHERE relname = 'T t'"""
        ).fetchone()
    checked.prove(
        NAME,
        {
            'public."T t_pkey_ccnew"': "REINDEX CONCURRENTLY was cut off",
            f"{toast}_index_ccnew": 'not valid on public."T t"',
        },
    )


def test_an_index_on_a_root_alone_is_found_until_each_partition_has_it(checked):
    def finish(findings):
        assert "partitions without it: public.t1\n" in findings[0].repair
        checked.sql("CREATE INDEX CONCURRENTLY i1 ON t1 (a)", "ALTER INDEX i ATTACH PARTITION i1")

    checked.sql(
        "CREATE TABLE t (a int) PARTITION BY LIST (a)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)",
        "CREATE TABLE t2 PARTITION OF t FOR VALUES IN (2)",
        "CREATE INDEX i ON ONLY t (a)",
        "CREATE INDEX i2 ON t2 (a)",
        "ALTER INDEX i ATTACH PARTITION i2",
    )
    (found,) = checked.prove(NAME, {"public.i": "not every partition"}, mend=finish)
    assert found.severity is Severity.WARNING


def test_one_that_could_not_be_finished_is_no_warning_where_it_should_be_unique(checked):
    checked.sql(
        "CREATE TABLE t (a int) PARTITION BY LIST (a)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)",
        "CREATE UNIQUE INDEX i ON ONLY t (a)",
    )
    (found,) = checked.find(NAME)
    assert found.severity is Severity.ERROR
    (rid,) = re.findall("DROP INDEX .*;", found.repair)
    checked.sql(rid)
    assert checked.find(NAME) == []


def test_a_part_of_a_partitioned_index_cannot_be_dropped_and_is_made_anew(checked):
    checked.sql(
        "CREATE TABLE t (a int) PARTITION BY LIST (a)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)",
        "CREATE INDEX i ON t (a)",
        # The way there leads over a race that no test can win: only the mark is written here.
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 't1_a_idx'::regclass",
    )
    checked.prove(NAME, {"public.t1_a_idx": "not valid on public.t1"})


def test_a_valid_index_is_none(checked):
    checked.sql("CREATE TABLE t (a int PRIMARY KEY)", "CREATE INDEX CONCURRENTLY ON t (a)")
    assert checked.find(NAME) == []


@pytest.mark.parametrize(
    "statement", ["CREATE INDEX CONCURRENTLY i ON t (b)", "REINDEX TABLE CONCURRENTLY t"]
)
@pytest.mark.parametrize("role", ["superuser", "onlooker"])
def test_what_is_being_made_at_this_moment_is_left_out(checked, statement, role):
    checked.sql(
        "CREATE TABLE t (a int PRIMARY KEY, b text)", "CREATE ROLE onlooker LOGIN PASSWORD 'sesame'"
    )
    dsn = checked.dsn
    if role == "onlooker":
        dsn = make_conninfo(dsn, user=role, password="sesame")
    making = Thread(target=checked.sql, args=[statement])
    try:
        with writer(checked, "t"):
            making.start()
            wait_until_invalid(checked)
            report = checked.report(NAME, dsn=dsn)
    finally:
        making.join()
        checked.sql("DROP ROLE onlooker")
    assert report.findings == ()
    assert checked.find(NAME) == []


def wait_until_invalid(checked) -> None:
    """Until the server waits for the writer, with the new index half made."""
    end = monotonic() + 20
    with psycopg.connect(checked.dsn, autocommit=True) as connection:
        while monotonic() < end:
            (found,) = connection.execute(
                "SELECT count(*) FROM pg_index WHERE NOT indisvalid"
            ).fetchone()
            if found:
                return
            sleep(0.05)
    raise AssertionError("nobody makes an index")
