"""The questions that can be put to a standby, and those whose answer the primary has."""

import psycopg
import pytest

from studioops.checks import choose_checks
from studioops.model import Status


@pytest.fixture(scope="module")
def standby(spare, stack_dir):
    spare.start()
    copy = type(spare)(spare.server, stack_dir / "standby")
    copy.server.home.mkdir(mode=0o700)
    spare.server.user.own(copy.server.home, 0o700)
    with psycopg.connect(spare.dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE t (a int, b int); CREATE INDEX idle ON t (a)")
        connection.execute("INSERT INTO t SELECT n, n FROM generate_series(1, 60000) AS n")
        connection.execute("ANALYZE; CREATE UNLOGGED TABLE u (a int)")
    spare.tool("pg_basebackup", "-d", spare.dsn, "-D", str(copy.server.data), "-R", "-c", "fast")
    copy.start()
    try:
        yield copy
    finally:
        copy.stop()


def read(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        for _ in range(10):
            connection.execute("SELECT count(*) FROM t")
        new = connection.info.server_version >= 150000
        connection.execute("SELECT pg_stat_force_next_flush()" if new else "SELECT pg_sleep(1)")
        connection.execute("SELECT 1")


def test_each_question_can_be_put_to_a_standby(standby, checked_at, monkeypatch):
    named = {one.name: one for one in choose_checks(["indexes", "server"])}
    monkeypatch.setitem(named["unused_index"].parameters, "least_reads", 5)
    monkeypatch.setitem(named["unused_index"].parameters, "days", 0)
    monkeypatch.setitem(named["inactive_slot"].parameters, "minutes", 0)
    monkeypatch.setitem(named["inactive_slot"].parameters, "least_bytes", 0)
    read(standby.dsn)
    checked = checked_at(standby.dsn).sql("SELECT pg_create_physical_replication_slot('s', true)")
    report = checked.report("indexes", "server")
    unseen = {one.name: one.reason for one in report.subjects if one.status is Status.NOT_CHECKED}
    assert unseen == {
        "unused_index": "a standby knows of its own reads alone; next: ask the primary"
    }
    found = {(one.check, one.object) for one in report.findings}
    assert found >= {("inactive_slot", "s"), ("unlogged_table", "public.u")}
    assert not [one for one in found if one[0] == "unused_index"]
