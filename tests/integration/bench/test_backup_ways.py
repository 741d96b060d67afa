"""The benchmark of backups: every way does all of its work, on a few rows."""

from __future__ import annotations

import psycopg
import pytest

from bench.apart import in_a_process
from bench.backup import database, measuring
from bench.backup.measuring import MODULE, UNTOLD, measure
from bench.backup.page import page
from bench.backup.ways import DRILL, DUMP, RESTORE, TAKE, TAKE_BARE, WAYS

ROWS = 2000


@pytest.fixture
def places(cluster, object_store_server):
    server = object_store_server
    return {
        "server": cluster.dsn(),
        "endpoint": server.endpoint,
        "keys": [server.access_key, server.secret_key],
    }


def names(cluster) -> set[str]:
    with psycopg.connect(cluster.dsn()) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}


@pytest.mark.thorough
def test_they_are_measured_and_leave_nothing(cluster, places, store, monkeypatch):
    monkeypatch.setattr(measuring, "rest", lambda _: None)
    there, buckets, told = names(cluster), store.buckets(), []
    with database(cluster.dsn(), ROWS, told.append) as (dsn, measured):
        measure(measured, {**places, "dsn": dsn}, store, 2, told.append)
    assert (names(cluster), store.buckets()) == (there, buckets)
    assert {way: len(answers) for way, answers in measured.answers.items()} == dict.fromkeys(
        WAYS, 2
    )
    assert len(told) == 1 + 2 * len(WAYS)
    assert set(measured.steps(DUMP)) == {"pg_dump", "copying to the store", UNTOLD}
    assert set(measured.steps(RESTORE)) == {"createdb", "pg_restore", "dropdb", UNTOLD}
    assert "waiting for fingerprints" in measured.steps(TAKE)
    drill = measured.steps(DRILL)
    assert {"fetch", "restore", "rows compared", "amcheck", "references", "sequences"} <= set(drill)
    # What nobody accounts for is no more than the start and the end of it.
    assert 0 <= drill[UNTOLD] < 1
    assert measured.answers[TAKE][0].size > measured.answers[DUMP][0].size
    assert measured.peak(DRILL) > measured.grown(DRILL) > 0
    text = page([measured], 2)
    assert "| take without fingerprints / pg_dump and copying | ≤ 1.1 | " in text
    assert "### drill" in text


def test_a_drill_that_proves_less_is_an_error(cluster, places, store, bucket, tmp_path):
    with database(cluster.dsn(), ROWS, lambda _: None) as (dsn, _):
        asked = {**places, "dsn": dsn, "bucket": bucket, "directory": str(tmp_path / "dump")}
        taken = in_a_process(MODULE, TAKE_BARE, asked)
        with pytest.raises(RuntimeError, match="without fingerprints"):
            in_a_process(MODULE, DRILL, {**asked, "backup": taken["backup"]})
