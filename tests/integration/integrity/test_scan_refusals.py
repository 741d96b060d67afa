"""Where nobody can look: the reason, the next step, no secret, and nothing passed."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from studioops.errors import DatabaseUnreachable
from studioops.integrity import plan_scan, scan
from studioops.integrity.contract import Contract, DeclaredRelationship
from studioops.integrity.contract.names import parse_columns
from studioops.integrity.scan import small
from studioops.integrity.scan.looker import Looker
from studioops.postgres import Limits, open_database

TWO = (
    "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1)",
    "CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p); INSERT INTO c VALUES (1, 1)",
    "CREATE TABLE d (id int PRIMARY KEY, p int REFERENCES p); INSERT INTO d VALUES (1, 1)",
)
NEXT = "; next: "
# A view whose column takes its time.
SLOW_VIEW = (
    "CREATE FUNCTION slow(int) RETURNS int LANGUAGE plpgsql STABLE AS"
    " 'BEGIN PERFORM pg_catalog.pg_sleep(30); RETURN $1; END'",
    "CREATE VIEW v AS SELECT slow(p) AS p FROM c",
)
SLOW = Contract(
    Path("slow.yaml"),
    "test",
    (
        DeclaredRelationship(
            parse_columns("v.p"), parse_columns("p.id"), None, None, None, None, "report", 1
        ),
    ),
    (),
    (),
)


@pytest.fixture
def reader(cluster, planted):
    """A role that may connect and nothing else; its connection string."""
    name = f"reader_{time.monotonic_ns()}"
    cluster.run(f"CREATE ROLE {name} LOGIN PASSWORD 'geheim'")
    yield name, make_conninfo(planted.dsn, user=name, password="geheim")
    planted.sql(f"DROP OWNED BY {name}")
    cluster.run(f"DROP ROLE {name}")


def test_no_select_right(planted, reader):
    seen = planted.sql(*TWO).scan(dsn=reader[1])
    assert [one["status"] for one in seen.entries] == ["not_checked", "not_checked"]
    assert seen.report.status == "not_checked"
    for one in seen.entries:
        assert "permission denied for table" in one["reason"]
        assert "GRANT" in one["reason"].partition(NEXT)[2]
        assert "geheim" not in one["reason"]


def test_one_table_that_may_not_be_read_does_not_spoil_the_others(planted, reader):
    planted.sql(*TWO, f"GRANT SELECT ON p, d TO {reader[0]}")
    seen = planted.scan(dsn=reader[1])
    assert seen.one("public.c(p)")["status"] == "not_checked"
    assert seen.one("public.d(p)")["status"] == "passed"
    assert seen.report.status == "not_checked"


def test_no_right_on_the_schema(planted, reader):
    planted.sql("CREATE SCHEMA s; CREATE TABLE s.p (id int PRIMARY KEY)")
    planted.sql("CREATE TABLE s.c (p int REFERENCES s.p)")
    seen = planted.scan(dsn=reader[1])
    assert "permission denied for schema s" in seen.one()["reason"]


def test_a_policy_that_would_hide_rows_is_no_answer(planted, reader):
    planted.sql(
        *TWO,
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader[0]}",
        "ALTER TABLE c ENABLE ROW LEVEL SECURITY; CREATE POLICY none ON c USING (false)",
    )
    planted.orphaned("INSERT INTO c VALUES (2, 99)")
    seen = planted.scan(dsn=reader[1])
    entry = seen.one("public.c(p)")
    assert (entry["status"], entry["orphans"]) == ("not_checked", None)
    assert "BYPASSRLS" in entry["reason"]
    assert seen.one("public.d(p)")["status"] == "passed"


def test_a_policy_on_the_parent_too(planted, reader):
    planted.sql(
        *TWO,
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader[0]}",
        "ALTER TABLE p ENABLE ROW LEVEL SECURITY; CREATE POLICY none ON p USING (false)",
    )
    seen = planted.scan(dsn=reader[1])
    assert {one["status"] for one in seen.entries} == {"not_checked"}


def test_a_statement_that_runs_into_its_limit(planted):
    planted.sql(
        *TWO,
        *SLOW_VIEW,
    )
    limits = Limits(statement_timeout=0.5)
    with open_database(planted.dsn, limits=limits) as database:
        report = scan(database, SLOW, target="test")
    entries = {one["child"]: one for one in report.evidence["relationships"]}
    assert "statement timeout" in entries["public.v(p)"]["reason"]
    assert "--timeout" in entries["public.v(p)"]["reason"].partition(NEXT)[2]
    assert entries["public.c(p)"]["status"] == "passed"
    assert report.status == "not_checked"


def test_a_table_locked_by_somebody_else_is_waited_for_no_longer_than_the_limit(planted):
    planted.sql(*TWO)
    limits = Limits(lock_timeout=0.3)
    with psycopg.connect(planted.dsn) as holder, open_database(planted.dsn, limits=limits) as db:
        holder.execute("LOCK TABLE c IN ACCESS EXCLUSIVE MODE")
        report = scan(db, None, target="test")
    entries = {one["child"]: one for one in report.evidence["relationships"]}
    assert "lock" in entries["public.c(p)"]["reason"]
    assert entries["public.c(p)"]["status"] == "not_checked"
    assert entries["public.d(p)"]["status"] == "passed"


def test_a_connection_lost_midway_leaves_the_rest_not_checked(planted, cluster, monkeypatch):
    monkeypatch.setattr(small, "PORTION", 1)
    planted.sql(*TWO)
    name = psycopg.conninfo.conninfo_to_dict(planted.dsn)["dbname"]

    def cut(child: str, done: int, total: int) -> None:
        cluster.run("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
        with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )

    with open_database(planted.dsn) as database:
        report = scan(database, None, target="test", progress=cut)
    statuses = [one["status"] for one in report.evidence["relationships"]]
    assert statuses == ["passed", "not_checked"]
    assert report.status == "not_checked"


def test_a_backend_killed_in_the_middle_of_a_statement(planted, cluster):
    planted.sql(
        *TWO,
        *SLOW_VIEW,
    )
    name = psycopg.conninfo.conninfo_to_dict(planted.dsn)["dbname"]

    def kill() -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with psycopg.connect(cluster.dsn()) as connection:
                killed = connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
                    " AND query LIKE '%%NOT EXISTS%%' AND state = 'active'",
                    [name],
                ).fetchall()
            if killed:
                return
            time.sleep(0.05)

    thread = threading.Thread(target=kill)
    thread.start()
    with open_database(planted.dsn) as database:
        report = scan(database, SLOW, target="test")
    thread.join()
    entries = {one["child"]: one for one in report.evidence["relationships"]}
    assert entries["public.v(p)"]["status"] == "not_checked"
    assert report.status == "not_checked"
    assert entries["public.v(p)"]["orphans"] is None


@pytest.mark.parametrize("small_rows", [0, 20_000])
def test_after_the_connection_is_lost_nobody_knocks_again(planted, monkeypatch, small_rows):
    monkeypatch.setattr(small, "SMALL_ROWS", small_rows)
    monkeypatch.setattr(small, "PORTION", 2)
    tables = [f"CREATE TABLE c{n} (id int PRIMARY KEY, p int REFERENCES p)" for n in range(9)]
    planted.sql("CREATE TABLE p (id int PRIMARY KEY)", *tables)
    with open_database(planted.dsn) as database:
        planned = plan_scan(database, None)
    knocks = 0

    class Gone:
        def transaction(self, **_):
            nonlocal knocks
            knocks += 1
            raise DatabaseUnreachable("gone", "look")

    looks = Looker(Gone(), 180000).look(planned)
    assert knocks == 1
    assert len(looks) == 9
    assert {look.reason for look in looks.values()} == {"gone; next: look"}


def test_one_unreadable_table_in_a_batch_spoils_only_itself(planted, reader):
    tables = [f"CREATE TABLE c{n} (id int PRIMARY KEY, p int REFERENCES p)" for n in range(5)]
    grants = [f"GRANT SELECT ON c{n}, p TO {reader[0]}" for n in range(5) if n != 3]
    seen = planted.sql("CREATE TABLE p (id int PRIMARY KEY)", *tables, *grants).scan(dsn=reader[1])
    statuses = {one["child"]: one["status"] for one in seen.entries}
    assert statuses.pop("public.c3(p)") == "not_checked"
    assert set(statuses.values()) == {"passed"}
