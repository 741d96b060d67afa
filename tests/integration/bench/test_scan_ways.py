"""The benchmark's ways agree on what is planted: nobody is measured who does not look."""

from __future__ import annotations

import psycopg
import pytest

from bench.scan.cases import Case, databases
from bench.scan.measuring import measure
from bench.scan.page import page
from bench.scan.references import read_references
from bench.scan.ways import COMMAND, GX_ONE, NOT_EXISTS, OURS, PLANNING, VALIDATE, WAYS

TABLES = 6
# As a restore leaves them: no trigger has seen these rows.
PLANTED = (
    "SET session_replication_role = replica;"
    "UPDATE t0 SET a_id = 1000 WHERE id <= 3;"
    "UPDATE t3 SET c_id = -1 WHERE id = 5;"
    "UPDATE t3 SET b_id = NULL;"
    "DELETE FROM t5 WHERE id = 7"
)


@pytest.fixture(scope="module")
def many(cluster):
    ((case, dsn),) = databases(cluster.dsn(), [], TABLES)
    yield case, dsn
    cluster.drop("bench")


def planted(dsn) -> dict[str, int]:
    """What is broken, counted by a join that no way uses."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(PLANTED)
        return {
            one.place: connection.execute(
                f"SELECT count(c.{one.column}) FROM {one.child} AS c"
                f" LEFT JOIN {one.parent} AS p ON p.id = c.{one.column} WHERE p.id IS NULL"
            ).fetchone()[0]
            for one in read_references(dsn)
        }


def test_they_are_measured_where_nothing_is_broken(many):
    case, dsn = many
    told = []
    ways = [OURS, VALIDATE, NOT_EXISTS, PLANNING, COMMAND]
    measured = measure(case, dsn, ways, 2, told.append)
    assert {way: len(seconds) for way, seconds in measured.seconds.items()} == dict.fromkeys(
        ways, 2
    )
    assert measured.peaks[COMMAND] > 20
    assert len(told) == 10
    text = page([measured], 2)
    assert "| 6 tables, 18 foreign keys |" in text
    assert "| planning of many tables | < 3 s | 0." in text
    assert (
        "| time / that of VALIDATE, all sizes, references indexed | ≤ 0.45, better 0.35 | – |"
        in text
    )


def test_they_find_the_same(many, tmp_path):
    case, dsn = many
    expected = planted(dsn)
    assert len(expected) == case.references == 18
    assert expected["public.t0(a_id)"] >= 3
    assert expected["public.t3(c_id)"] >= 1
    assert expected["public.t3(b_id)"] == 0
    for way in (OURS, NOT_EXISTS, COMMAND, GX_ONE):
        directory = tmp_path / way
        directory.mkdir()
        assert WAYS[way].prepare(dsn, directory)().found == expected, way
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        WAYS[VALIDATE].prepare(dsn, tmp_path)()
    with pytest.raises(RuntimeError, match="not what was planted"):
        measure(case, dsn, [OURS], 1, print)


def test_the_large_case_is_whole(cluster):
    cases = databases(cluster.dsn(), [1000], TABLES)
    for indexed in (False, True):
        case, dsn = next(cases)
        assert case == Case(rows=1000, indexed=indexed)
        measured = measure(case, dsn, [OURS, VALIDATE, NOT_EXISTS], 1, print)
        assert set(measured.seconds) == {OURS, VALIDATE, NOT_EXISTS}
        with psycopg.connect(dsn) as connection:
            (indexes,) = connection.execute(
                "SELECT count(*) FROM pg_indexes WHERE tablename = 'events'"
            ).fetchone()
        assert indexes == (6 if indexed else 1)
    cluster.drop("bench")
